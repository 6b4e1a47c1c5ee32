import { productContract } from '@prognetwork/contracts/product'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { data, Link, useLoaderData } from 'react-router'
import { useTranslations } from 'use-intl'
import { useLang } from '../parts/lang.ts'
import { describe, metaOf } from '../parts/meta.ts'
import { ProductPage } from '../parts/product-page.tsx'
import { readerOf, readShop } from '../shop.server.ts'

const perPage = 24

export async function loader({ request, params, context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const slug = params.category ?? ''
  const after = url.searchParams.get('after')
  const { listCategories, listProducts } = productContract.operations
  const reader = readerOf(request)
  const [shop, { items: categories }, products] = await Promise.all([
    readShop(page),
    page.call(listCategories, { query: reader }),
    page.call(listProducts, {
      query: { category: slug, limit: perPage, ...reader, ...(after !== null && { after }) },
    }),
  ])
  const category = categories.find((one) => one.slug === slug)
  if (!category) throw data(null, { status: 404 })
  const address = `${page.origin}/categories/${category.slug}`
  return {
    ...products,
    ...{ name: category.name, locale: category.locale, slug },
    below: categories
      .filter(({ parentId }) => parentId === category.id)
      .map(({ id, slug, name, locale }) => ({ id, slug, name, locale })),
    ...describe({
      title: `${category.name} – ${shop.name}`,
      description: `${category.name}: ${products.items
        .slice(0, 5)
        .map(({ title }) => title)
        .join(', ')}`,
      // Pages after the first are reached by it, and kept by no search engine.
      ...(after === null && { address }),
      structured: { '@type': 'CollectionPage', name: category.name, url: address },
    }),
  }
}

export const meta = metaOf

export default function Category() {
  const { name, locale, slug, below, items, next } = useLoaderData<typeof loader>()
  const t = useTranslations('category')
  const langOf = useLang()
  return (
    <main>
      <h1 lang={langOf(locale)}>{name}</h1>
      {below.length > 0 && (
        <nav className="below" aria-label={t('below')}>
          {below.map((one) => (
            <Link key={one.id} to={`/categories/${one.slug}`} lang={langOf(one.locale)}>
              {one.name}
            </Link>
          ))}
        </nav>
      )}
      <ProductPage items={items} next={next} narrow={{ category: slug }} />
    </main>
  )
}
