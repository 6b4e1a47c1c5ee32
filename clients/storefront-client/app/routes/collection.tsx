import { productContract } from '@prognetwork/contracts/product'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { useLoaderData } from 'react-router'
import { useLang } from '../parts/lang.ts'
import { metaOf } from '../parts/meta.ts'
import { ProductPage } from '../parts/product-page.tsx'
import { readList } from '../parts/read-list.server.ts'
import { readerOf } from '../shop.server.ts'

const { listCollections } = productContract.operations

export async function loader({ request, params, context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const reader = readerOf(request)
  const {
    one,
    known: _,
    ...list
  } = await readList(page, {
    ...{ in: 'collection', path: '/collections', slug: params.collection ?? '', reader },
    known: page.call(listCollections, { query: reader }).then(({ items }) => items),
    after: url.searchParams.get('after'),
  })
  return { ...list, name: one.name, locale: one.locale, slug: one.slug }
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
