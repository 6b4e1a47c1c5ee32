import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Link, useLoaderData } from 'react-router'
import { useTranslations } from 'use-intl'
import { metaOf } from '../parts/meta.ts'
import { ProductPage } from '../parts/product-page.tsx'
import { readList } from '../parts/read-list.server.ts'
import { readCategories } from '../shop.server.ts'

export async function loader({ params, context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const { one, known, ...list } = await readList(page, {
    ...{ in: 'category', path: '/categories', slug: params.category ?? '' },
    known: readCategories(page),
    after: url.searchParams.get('after'),
  })
  const { name, slug } = one
  return { ...list, name, slug, below: known.filter(({ parentId }) => parentId === one.id) }
}

export const meta = metaOf

export default function Category() {
  const { name, slug, below, items, next } = useLoaderData<typeof loader>()
  const t = useTranslations('category')
  return (
    <main>
      <h1>{name}</h1>
      {below.length > 0 && (
        <nav className="below" aria-label={t('below')}>
          {below.map((one) => (
            <Link key={one.id} to={`/categories/${one.slug}`}>
              {one.name}
            </Link>
          ))}
        </nav>
      )}
      <ProductPage items={items} next={next} narrow={{ category: slug }} />
    </main>
  )
}
