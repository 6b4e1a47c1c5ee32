import { productContract } from '@prognetwork/contracts/product'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Link, useLoaderData, useSearchParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { describe, metaOf } from '../parts/meta.ts'
import { ProductGrid } from '../parts/product-grid.tsx'
import { ChosenFilters, FacetForm } from '../search/facets.tsx'
import { readSearch } from '../search/search-query.ts'
import { readerOf, readShop } from '../shop.server.ts'

export async function loader({ request, context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const query = readSearch(url.searchParams)
  const [shop, found] = await Promise.all([
    readShop(page),
    page.call(productContract.operations.searchProducts, {
      query: { ...query, ...readerOf(request) },
    }),
  ])
  const title = query.q === '' ? shop.name : `${query.q} – ${shop.name}`
  return { ...found, query, ...describe({ title }) }
}

export const meta = metaOf

export default function Search() {
  const { total, matched, items, query, facets } = useLoaderData<typeof loader>()
  const [parameters] = useSearchParams()
  const t = useTranslations('search')
  const reached = query.skip + items.length
  const next = new URLSearchParams(parameters)
  next.set('skip', String(reached))
  return (
    <main className="found">
      <header className="stack">
        <h1>{query.q === '' ? t('all') : t('title', { words: query.q })}</h1>
        <p className="quiet" role="status">
          {matched === 'similar' ? t('similar') : t('count', { count: total })}
        </p>
        <ChosenFilters facets={facets} />
      </header>
      <FacetForm facets={facets} query={query} />
      {items.length === 0 ? <p>{t('empty')}</p> : <ProductGrid items={items} />}
      {reached < total && (
        <Link className="button second" to={`?${next}`}>
          {t('next')}
        </Link>
      )}
    </main>
  )
}
