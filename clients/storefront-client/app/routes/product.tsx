import type { Output, PageRequest } from '@prognetwork/contracts'
import { orderContract } from '@prognetwork/contracts/order'
import { productContract } from '@prognetwork/contracts/product'
import { Amount } from '@prognetwork/ui/amount'
import { FormProblem, Submit } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Picture } from '@prognetwork/ui/picture'
import { problemOf } from '@prognetwork/ui/problem'
import { useState } from 'react'
import { data, Form, Link, redirect, useActionData, useLoaderData } from 'react-router'
import { useTranslations } from 'use-intl'
import { useLang } from '../parts/lang.ts'
import { describe, metaOf } from '../parts/meta.ts'
import { ProductGrid } from '../parts/product-grid.tsx'
import { structuredProduct } from '../parts/structured-product.ts'
import { Average, ReviewList } from '../reviews/reviews.tsx'
import { shownValue } from '../search/search-query.ts'
import { cartToFill, type Reader, readerOf, readShop } from '../shop.server.ts'

const { listReviews, readProduct, readRecommendations } = productContract.operations
const recommended = 4
const reviewsShown = 5

export async function loader({ request, params, context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const named = { product: params.product ?? '' }
  const after = url.searchParams.get('reviews')
  const reader = readerOf(request)
  const [shop, { product, reviews }, besides] = await Promise.all([
    readShop(page),
    withReviews(page, named, { reader, after }),
    page.call(readRecommendations, { params: named, query: { limit: recommended, ...reader } }),
  ])
  const home = page.origin
  const address = `${home}/products/${product.slug}`
  const variants = product.variants.map(({ prices, ...variant }) => {
    return { ...variant, price: prices.find(({ currency }) => currency === shop.currency) ?? null }
  })
  return {
    product: { ...product, variants },
    besides: closest(besides),
    reviews,
    ...describe({
      title: `${product.title} – ${shop.name}`,
      description: textOf(product.description).slice(0, 160),
      address,
      structured: structuredProduct(product, shop.currency, { home, address }),
    }),
  }
}

/** What customers say of it is asked for where somebody has said something. */
async function withReviews(
  page: PageRequest,
  named: { readonly product: string },
  { reader, after }: { readonly reader: Reader; readonly after: string | null },
) {
  const product = await page.call(readProduct, { params: named, query: reader })
  if (!product.rating) return { product, reviews: { items: [], next: null } }
  const query = { limit: reviewsShown, ...(after !== null && { after }) }
  return { product, reviews: await page.call(listReviews, { params: named, query }) }
}

/** What was bought together says more than what is alike, and that more than what others want. */
function closest({ boughtTogether, similar, popular }: Output<typeof readRecommendations>) {
  const all = [...boughtTogether, ...similar, ...popular]
  const first = all.filter((card, at) => all.findIndex(({ id }) => id === card.id) === at)
  return first.slice(0, recommended)
}

/** The description is HTML that is safe to put into a page; this is what it says. */
function textOf(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

export async function action({ request, context }: PageArgs) {
  const page = context.get(pageRequest)
  const form = await request.formData()
  const variantId = String(form.get('variant'))
  try {
    const cartId = await cartToFill(page)
    const cart = await page.call(orderContract.operations.readCart, {
      params: { cartId },
      query: {},
    })
    const already = cart.lines.find((line) => line.variantId === variantId)?.quantity ?? 0
    await page.call(orderContract.operations.setCartLine, {
      params: { cartId, variantId },
      body: { quantity: already + 1 },
    })
  } catch (thrown) {
    const problem = problemOf(thrown)
    return data({ problem }, { status: problem.status })
  }
  return redirect('/cart')
}

export const meta = metaOf

export default function Product() {
  const { product, besides, reviews } = useLoaderData<typeof loader>()
  const t = useTranslations('product')
  const langOf = useLang()
  const first = product.variants.find((one) => one.available && one.price) ?? product.variants[0]
  const [chosen, setChosen] = useState(first?.id)
  return (
    <main className="product">
      <Pictures chosen={chosen} />
      <div className="words stack">
        <nav className="quiet" aria-label={t('trail')}>
          {product.categories.slice(0, 1).map(({ id, slug, name }) => (
            <Link key={id} to={`/categories/${slug}`}>
              {name}
            </Link>
          ))}
        </nav>
        <h1 lang={langOf(product.locale)}>{product.title}</h1>
        {product.rating && (
          <a href="#reviews" className="rating">
            <Average rating={product.rating} />
          </a>
        )}
        <Choice chosen={chosen} onChoose={setChosen} />
        {/* Cleaned by product-service when it was written: elements of text only, no attributes that act. */}
        <div
          className="description"
          lang={langOf(product.descriptionLocale)}
          // biome-ignore lint/security/noDangerouslySetInnerHtml: it is HTML, and safe by its contract
          dangerouslySetInnerHTML={{ __html: product.description }}
        />
        <Attributes />
        {product.vendor && <p className="quiet">{t('by', { vendor: product.vendor })}</p>}
      </div>
      <ReviewList slug={product.slug} rating={product.rating} reviews={reviews} />
      {besides.length > 0 && (
        <section className="besides" aria-labelledby="besides">
          <h2 id="besides">{t('besides')}</h2>
          <ProductGrid items={besides} first={0} />
        </section>
      )}
    </main>
  )
}

/** Those of the chosen variant come first, where there is script to say that it was chosen. */
function Pictures({ chosen }: { readonly chosen: string | undefined }) {
  const { product } = useLoaderData<typeof loader>()
  const own = product.variants.find(({ id }) => id === chosen)?.images ?? []
  const isOwn = (url: string) => own.some((one) => one.url === url)
  const [first, ...others] = [...own, ...product.images.filter(({ url }) => !isOwn(url))]
  return (
    <div className="pictures">
      <Picture
        image={first ?? null}
        name={product.title}
        sizes="(min-width: 60rem) 36rem, 100vw"
        isFirst
      />
      {others.map((image) => (
        <Picture
          key={image.url}
          image={image}
          name={product.title}
          sizes="(min-width: 60rem) 18rem, 50vw"
        />
      ))}
    </div>
  )
}

function Attributes() {
  const { product } = useLoaderData<typeof loader>()
  const t = useTranslations('search')
  if (product.attributes.length === 0) return null
  return (
    <dl className="attributes">
      {product.attributes.map(({ key, label, type, unit, value }) => (
        <div key={key}>
          <dt>{label}</dt>
          <dd>
            {shownValue(type, value, { yes: t('yes'), no: t('no') })} {unit}
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** Which variant; the first that there is stands chosen. */
function Choice({
  chosen,
  onChoose,
}: {
  readonly chosen: string | undefined
  readonly onChoose: (variantId: string) => void
}) {
  const { product } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const t = useTranslations('product')
  const canBuy = product.variants.some(({ available, price }) => available && price)
  const [only] = product.variants
  return (
    <Form method="post" className="stack">
      <FormProblem problem={answer?.problem} />
      {product.variants.length > 1 ? (
        <fieldset className="variants">
          <legend>{product.options.join(', ') || t('variant')}</legend>
          {product.variants.map(({ id, optionValues, price, available, images }) => (
            <label key={id}>
              <input
                type="radio"
                name="variant"
                value={id}
                defaultChecked={id === chosen}
                disabled={!available || !price}
                onChange={() => onChoose(id)}
              />
              {images[0] && (
                <span className="swatch" aria-hidden="true">
                  <Picture image={images[0]} name="" sizes="48px" />
                </span>
              )}
              <span>{optionValues.join(', ')}</span>
              {price && <Amount of={price} />}
              {!available && <span className="quiet">{t('soldOut')}</span>}
            </label>
          ))}
        </fieldset>
      ) : (
        <p className="price">
          <input type="hidden" name="variant" value={only?.id} />
          {only?.price && <Amount of={only.price} />}
        </p>
      )}
      {canBuy ? <Submit className="button wide">{t('buy')}</Submit> : <p>{t('soldOut')}</p>}
    </Form>
  )
}
