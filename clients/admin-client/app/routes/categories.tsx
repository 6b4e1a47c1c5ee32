import { productContract } from '@prognetwork/contracts/product'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Link, NavLink, useLoaderData, useOutlet, useParams } from 'react-router'
import { useLocale, useTranslations } from 'use-intl'
import { CatalogueViews } from '../parts/catalogue-views.tsx'
import { inOrder } from '../parts/category-tree.ts'
import { useMay } from '../parts/may.ts'
import { Scroll } from '../parts/scroll.tsx'

export async function loader({ context }: PageArgs) {
  return context.get(pageRequest).call(productContract.operations.listCategories, { query: {} })
}

export default function Categories() {
  const { items } = useLoaderData<typeof loader>()
  const { tenant = '' } = useParams()
  const drawer = useOutlet()
  const locale = useLocale()
  const t = useTranslations('categories')
  const home = `/t/${tenant}/categories`
  return (
    <>
      {!drawer && <title>{t('title')}</title>}
      <div className="head">
        <h1>{t('title')}</h1>
        {useMay()('product:category:create') && (
          <Link className="button" to={`${home}/new`} prefetch="intent">
            {t('new')}
          </Link>
        )}
      </div>
      <CatalogueViews />
      {items.length === 0 ? (
        <p className="quiet">{t('none')}</p>
      ) : (
        <Scroll name={t('title')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('name')}</th>
                <th scope="col">{t('slug')}</th>
                <th scope="col">{t('products')}</th>
              </tr>
            </thead>
            <tbody>
              {inOrder(items, locale).map(({ id, name, slug, depth }) => (
                <tr key={id}>
                  <td style={{ paddingInlineStart: `${0.75 + depth * 1.5}rem` }}>
                    <NavLink to={`${home}/${id}`} prefetch="intent" preventScrollReset>
                      {name}
                    </NavLink>
                  </td>
                  <td className="mono">{slug}</td>
                  <td>
                    <Link
                      to={`/t/${tenant}/products?${new URLSearchParams({ category: slug })}`}
                      aria-label={t('productsOf', { name })}
                    >
                      {t('show')}
                    </Link>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      {drawer}
    </>
  )
}
