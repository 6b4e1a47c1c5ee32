import { productContract } from '@prognetwork/contracts/product'
import { Amount } from '@prognetwork/ui/amount'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Picture } from '@prognetwork/ui/picture'
import { Link, useLoaderData, useRouteLoaderData } from 'react-router'
import { useTranslations } from 'use-intl'
import { useLang } from '../parts/lang.ts'
import { describe, metaOf } from '../parts/meta.ts'
import { ProductGrid } from '../parts/product-grid.tsx'
import type { RootData } from '../root.tsx'
import { readerOf, readShop, speak } from '../shop.server.ts'

const shown = 13

export async function loader({ request, context }: PageArgs) {
  const page = context.get(pageRequest)
  const reader = readerOf(request)
  const { listCollections, listProducts } = productContract.operations
  const [shop, { items }, { items: collections }] = await Promise.all([
    readShop(page),
    page.call(listProducts, { query: { limit: shown, ...reader } }),
    page.call(listCollections, { query: reader }),
  ])
  const home = page.origin
  const { messages } = speak(request)
  return {
    ...{ items, collections },
    ...describe({
      title: shop.name,
      description: messages.home.description.replace('{shop}', shop.name),
      address: `${home}/`,
      structured: { '@type': 'WebSite', name: shop.name, url: `${home}/` },
    }),
  }
}

export const meta = metaOf

export default function Home() {
  const { items, collections } = useLoaderData<typeof loader>()
  const root = useRouteLoaderData('root') as RootData
  const t = useTranslations('home')
  const langOf = useLang()
  const [lead, ...rest] = items
  return (
    <main>
      <h1 className="unseen">{root.shop.name}</h1>
      {lead ? (
        <Link to={`/products/${lead.slug}`} className="lead" prefetch="intent">
          <Picture
            image={lead.image}
            name={lead.title}
            sizes="(min-width: 60rem) 36rem, 100vw"
            isFirst
          />
          <span className="words">
            <span className="quiet">{t('newest')}</span>
            <span className="title" lang={langOf(lead.locale)}>
              {lead.title}
            </span>
            {lead.price && <Amount of={lead.price.from} />}
          </span>
        </Link>
      ) : (
        <p className="narrow">{t('empty')}</p>
      )}
      {collections.length > 0 && (
        <nav className="collections" aria-label={t('collections')}>
          {collections.map(({ id, slug, name, locale }) => (
            <Link key={id} to={`/collections/${slug}`} prefetch="intent" lang={langOf(locale)}>
              {name}
            </Link>
          ))}
        </nav>
      )}
      {rest.length > 0 && (
        <section aria-labelledby="more">
          <h2 id="more">{t('more')}</h2>
          <ProductGrid items={rest} first={0} />
        </section>
      )}
    </main>
  )
}
