import { productContract } from '@prognetwork/contracts/product'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Form, Link, useLoaderData, useSearchParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { describe, metaOf } from '../parts/meta.ts'
import { ProductGrid } from '../parts/product-grid.tsx'
import { readShop } from '../shop.server.ts'

const perPage = 24
const sorts = ['relevance', 'price', '-price', 'newest'] as const
type Sort = (typeof sorts)[number]

export async function loader({ context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const asked = url.searchParams
  const q = asked.get('q')?.trim().slice(0, 200) ?? ''
  const category = asked.get('category')
  const skip = Number(asked.get('skip') ?? 0)
  const query = {
    ...{ q, limit: perPage, vendor: asked.getAll('vendor'), type: asked.getAll('type') },
    ...(category && { category }),
    ...(asked.has('available') && { available: 'true' as const }),
    sort: sorts.find((one) => one === asked.get('sort')) ?? ('relevance' satisfies Sort),
    skip: Number.isSafeInteger(skip) && skip > 0 ? skip : 0,
  }
  const [shop, found] = await Promise.all([
    readShop(page),
    page.call(productContract.operations.searchProducts, { query }),
  ])
  const title = q === '' ? shop.name : `${q} – ${shop.name}`
  return { ...found, query, ...describe({ title }) }
}

export const meta = metaOf

export default function Search() {
  const { total, matched, items, query } = useLoaderData<typeof loader>()
  const [parameters] = useSearchParams()
  const t = useTranslations('search')
  const reached = query.skip + items.length
  const next = new URLSearchParams(parameters)
  next.set('skip', String(reached))
  return (
    <main className="found">
      <header>
        <h1>{query.q === '' ? t('all') : t('title', { words: query.q })}</h1>
        <p className="quiet" role="status">
          {matched === 'similar' ? t('similar') : t('count', { count: total })}
        </p>
      </header>
      <Facets />
      {items.length === 0 ? <p>{t('empty')}</p> : <ProductGrid items={items} />}
      {reached < total && (
        <Link className="button second" to={`?${next}`}>
          {t('next')}
        </Link>
      )}
    </main>
  )
}

function Facets() {
  const { facets, query } = useLoaderData<typeof loader>()
  const t = useTranslations('search')
  const many = [
    { name: 'type', values: facets.types, chosen: query.type },
    { name: 'vendor', values: facets.vendors, chosen: query.vendor },
  ] as const
  return (
    <Form className="facets" aria-label={t('narrow')}>
      <input type="hidden" name="q" value={query.q} />
      {many.map(
        ({ name, values, chosen }) =>
          values.length > 1 && (
            <fieldset key={name}>
              <legend>{t(name)}</legend>
              {values.slice(0, 8).map(({ value, count }) => (
                <label key={value}>
                  <input
                    type="checkbox"
                    name={name}
                    value={value}
                    defaultChecked={chosen.includes(value)}
                  />
                  {value} <span className="quiet">{count}</span>
                </label>
              ))}
            </fieldset>
          ),
      )}
      <fieldset>
        <legend>{t('order')}</legend>
        <select name="sort" defaultValue={query.sort} aria-label={t('order')}>
          {sorts.map((sort) => (
            <option key={sort} value={sort}>
              {t(`sorts.${sort === '-price' ? 'priceDown' : sort}`)}
            </option>
          ))}
        </select>
        <label>
          <input
            type="checkbox"
            name="available"
            value="true"
            defaultChecked={'available' in query}
          />
          {t('available')}
        </label>
      </fieldset>
      <button type="submit" className="button second">
        {t('apply')}
      </button>
    </Form>
  )
}
