import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Link, useLoaderData } from 'react-router'
import { useTranslations } from 'use-intl'
import { useLang } from '../parts/lang.ts'
import { metaOf } from '../parts/meta.ts'
import { ProductPage } from '../parts/product-page.tsx'
import { readList } from '../parts/read-list.server.ts'
import { readCategories, readerOf } from '../shop.server.ts'

export async function loader({ request, params, context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const reader = readerOf(request)
  const { one, known, ...list } = await readList(page, {
    ...{ in: 'category', path: '/categories', slug: params.category ?? '', reader },
    known: readCategories(page, reader),
    after: url.searchParams.get('after'),
  })
  const { name, locale, slug } = one
  const below = known
    .filter(({ parentId }) => parentId === one.id)
    .map(({ id, slug, name, locale }) => ({ id, slug, name, locale }))
  return { ...list, name, locale, slug, below }
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
