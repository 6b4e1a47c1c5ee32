import { productContract } from '@prognetwork/contracts/product'
import { FormProblem } from '@prognetwork/ui/fields'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import {
  redirect,
  type ShouldRevalidateFunctionArgs,
  useActionData,
  useLoaderData,
  useOutlet,
  useParams,
} from 'react-router'
import { useTranslations } from 'use-intl'
import { useMay } from '../parts/may.ts'
import { Pictures } from '../parts/pictures.tsx'
import { ProductForm } from '../parts/product-form.tsx'
import { ProductState } from '../parts/product-state.tsx'
import { refused, typedIn } from '../parts/refused.server.ts'
import { Translations } from '../parts/translations.tsx'
import { Variants } from '../parts/variants.tsx'

const operations = productContract.operations
const states = ['draft', 'active', 'archived'] as const

export async function loader({ context, params }: PageArgs) {
  const page = context.get(pageRequest)
  const byId = { params: { productId: params.productId ?? '' } }
  const [product, pictures, categories] = await Promise.all([
    page.call(operations.readCatalogueProduct, byId),
    page.call(operations.listPictures, byId),
    page.call(operations.listCategories, { query: {} }),
  ])
  const shop = page.origins['storefront-client']
  return { product, shop, pictures: pictures.items, categories: categories.items }
}

export async function action({ request, context, params, url }: PageArgs) {
  const page = context.get(pageRequest)
  const form = await request.formData()
  const typed = typedIn(form)
  const pictureId = typed.id ?? ''
  try {
    switch (typed.do) {
      case 'product':
        await page.call(operations.changeProduct, {
          params: { productId: params.productId ?? '' },
          body: { version: Number(typed.version), changes: changesIn(form) },
        })
        break
      case 'picture':
        await page.call(operations.changePicture, {
          params: { pictureId },
          body: { alt: typed.alt?.trim() || null, position: Number(typed.position) },
        })
        break
      case 'remove-picture':
        await page.call(operations.removePicture, { params: { pictureId } })
        break
    }
    return redirect(`${url.pathname}?${new URLSearchParams({ done: typed.do ?? '' })}`)
  } catch (thrown) {
    return refused(thrown, typed)
  }
}

function changesIn(form: FormData) {
  const text = (name: string) => String(form.get(name) ?? '').trim()
  const status = states.find((one) => one === text('status'))
  return {
    ...{ title: text('title'), slug: text('slug'), description: text('description') },
    ...{ vendor: text('vendor') || null, type: text('type') || null },
    tags: text('tags')
      .split(',')
      .map((one) => one.trim())
      .filter(Boolean),
    categoryIds: form.getAll('categoryIds').map(String),
    ...(status && { status }),
  }
}

/** What somebody else has changed is read anew, though the form was refused. */
export function shouldRevalidate(asked: ShouldRevalidateFunctionArgs): boolean {
  return asked.defaultShouldRevalidate || asked.actionStatus === 412
}

export default function Product() {
  const { product, pictures, categories, shop } = useLoaderData<typeof loader>()
  const mayChange = useMay()('product:product:update')
  const answer = useActionData<typeof action>()
  const { tenant = '' } = useParams()
  const drawer = useOutlet()
  const t = useTranslations('product')
  const isOfForm = answer?.typed.do === 'product'
  return (
    <>
      {!drawer && <title>{product.title}</title>}
      <div className="head">
        <h1>{product.title}</h1>
        <ProductState state={product.status} />
        {product.status === 'active' && (
          <a className="button second" href={`${shop}/products/${product.slug}`}>
            {t('show')}
          </a>
        )}
      </div>
      {!isOfForm && <FormProblem problem={answer?.problem} />}
      <div className="columns">
        <div className="stack">
          <Variants
            product={product}
            home={`/t/${tenant}/products/${product.id}`}
            mayChange={mayChange}
          />
          <Translations
            product={product}
            home={`/t/${tenant}/products/${product.id}`}
            mayChange={mayChange}
          />
          <Pictures {...{ pictures, mayChange, productId: product.id, tenant }} />
        </div>
        <ProductForm
          key={product.version}
          {...{ product, categories, mayChange }}
          problem={isOfForm ? answer.problem : undefined}
          typed={isOfForm ? answer.typed : {}}
        />
      </div>
      {drawer}
    </>
  )
}
