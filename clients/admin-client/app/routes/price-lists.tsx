import { productContract } from '@prognetwork/contracts/product'
import { Moment } from '@prognetwork/ui/moment'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Link, NavLink, useLoaderData, useOutlet, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { CatalogueViews } from '../parts/catalogue-views.tsx'
import { Live } from '../parts/live.tsx'
import { useMay } from '../parts/may.ts'
import { permissionsOf } from '../parts/permissions.server.ts'
import { PriceListState } from '../parts/price-list-state.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { useLivePage } from '../parts/use-events.ts'

const { listCustomerGroups, listPriceLists } = productContract.operations

export async function loader({ context }: PageArgs) {
  const page = context.get(pageRequest)
  const may = await permissionsOf(page)
  const [lists, groups] = await Promise.all([
    page.call(listPriceLists, {}),
    may.has('product:customer_group:read') ? page.call(listCustomerGroups, {}) : null,
  ])
  return { items: lists.items, groups: groups?.items ?? [], now: page.now }
}

export default function PriceLists() {
  const { items, groups, now } = useLoaderData<typeof loader>()
  const { tenant = '' } = useParams()
  const drawer = useOutlet()
  const isOpen = useLivePage(tenant, 'price_list.*')
  const t = useTranslations('priceLists')
  const home = `/t/${tenant}/price-lists`
  const nameOf = (groupId: string) => groups.find(({ id }) => id === groupId)?.name ?? groupId
  return (
    <>
      {!drawer && <title>{t('title')}</title>}
      <div className="head">
        <h1>{t('title')}</h1>
        <Live isOpen={isOpen} />
        {useMay()('product:price_list:create') && (
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
                <th scope="col">{t('state')}</th>
                <th scope="col">{t('group')}</th>
                <th scope="col">{t('from')}</th>
                <th scope="col">{t('until')}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((list) => (
                <tr key={list.id}>
                  <td>
                    <NavLink to={`${home}/${list.id}`} prefetch="intent">
                      {list.name}
                    </NavLink>
                  </td>
                  <td>
                    <PriceListState of={list} now={now} />
                  </td>
                  <td>{list.groupId === null ? t('everyone') : nameOf(list.groupId)}</td>
                  <td className="quiet">{list.startsAt && <Moment at={list.startsAt} />}</td>
                  <td className="quiet">{list.endsAt && <Moment at={list.endsAt} />}</td>
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
