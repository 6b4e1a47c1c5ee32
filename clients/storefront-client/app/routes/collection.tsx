import { productContract } from '@prognetwork/contracts/product'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { data, useLoaderData } from 'react-router'
import { useLang } from '../parts/lang.ts'
import { describe, metaOf } from '../parts/meta.ts'
import { ProductPage } from '../parts/product-page.tsx'
import { readerOf, readShop } from '../shop.server.ts'

const { listCollections, listProducts } = productContract.operations
const perPage = 24

export async function loader({ request, params, context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const slug = params.collection ?? ''
  const after = url.searchParams.get('after')
  const reader = readerOf(request)
  const [shop, { items: collections }, products] = await Promise.all([
    readShop(page),
    page.call(listCollections, { query: reader }),
    page.call(listProducts, {
      query: { collection: slug, limit: perPage, ...reader, ...(after !== null && { after }) },
    }),
  ])
  const collection = collections.find((one) => one.slug === slug)
  if (!collection) throw data(null, { status: 404 })
  const { name, locale } = collection
  const address = `${page.origin}/collections/${slug}`
  const titles = products.items.slice(0, 5).map(({ title }) => title)
  return {
    ...products,
    ...{ name, locale, slug },
    ...describe({
      title: `${name} – ${shop.name}`,
      description: `${name}: ${titles.join(', ')}`,
      // Pages after the first are reached by it, and kept by no search engine.
      ...(after === null && { address }),
      structured: { '@type': 'CollectionPage', name, url: address },
    }),
  }
}

export const meta = metaOf

export default function Collection() {
  const { name, locale, slug, items, next } = useLoaderData<typeof loader>()
  const langOf = useLang()
  return (
    <main>
      <h1 lang={langOf(locale)}>{name}</h1>
      <ProductPage items={items} next={next} narrow={{ collection: slug }} />
    </main>
  )
}
