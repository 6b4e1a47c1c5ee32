import { productContract } from '@prognetwork/contracts/product'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { useLoaderData } from 'react-router'
import { metaOf } from '../parts/meta.ts'
import { ProductPage } from '../parts/product-page.tsx'
import { readList } from '../parts/read-list.server.ts'

const { listCollections } = productContract.operations

export async function loader({ params, context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const {
    one,
    known: _,
    ...list
  } = await readList(page, {
    ...{ in: 'collection', path: '/collections', slug: params.collection ?? '' },
    known: page.call(listCollections, {}).then(({ items }) => items),
    after: url.searchParams.get('after'),
  })
  return { ...list, name: one.name, slug: one.slug }
}

export const meta = metaOf

export default function Collection() {
  const { name, slug, items, next } = useLoaderData<typeof loader>()
  return (
    <main>
      <h1>{name}</h1>
      <ProductPage items={items} next={next} narrow={{ collection: slug }} />
    </main>
  )
}
