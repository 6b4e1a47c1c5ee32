import { productContract } from '@prognetwork/contracts/product'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Link, NavLink, useLoaderData, useOutlet, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { CatalogueViews } from '../parts/catalogue-views.tsx'
import { useMay } from '../parts/may.ts'
import { Scroll } from '../parts/scroll.tsx'

export async function loader({ context }: PageArgs) {
  return context.get(pageRequest).call(productContract.operations.listCustomerGroups, {})
}

export default function CustomerGroups() {
  const { items } = useLoaderData<typeof loader>()
  const { tenant = '' } = useParams()
  const drawer = useOutlet()
  const t = useTranslations('customerGroups')
  const home = `/t/${tenant}/customer-groups`
  return (
    <>
      {!drawer && <title>{t('title')}</title>}
      <div className="head">
        <h1>{t('title')}</h1>
        {useMay()('product:customer_group:create') && (
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
                <th scope="col">{t('key')}</th>
                <th scope="col" className="number">
                  {t('members')}
                </th>
              </tr>
            </thead>
            <tbody>
              {items.map(({ id, key, name, members }) => (
                <tr key={id}>
                  <td>
                    <NavLink to={`${home}/${id}`} prefetch="intent">
                      {name}
                    </NavLink>
                  </td>
                  <td className="mono">{key}</td>
                  <td className="number">{members}</td>
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
