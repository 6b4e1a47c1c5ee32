import type { Money } from '@prognetwork/contracts'
import { orderContract } from '@prognetwork/contracts/order'
import { tenantContract } from '@prognetwork/contracts/tenant'
import { Amount } from '@prognetwork/ui/amount'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Link, useLoaderData, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { EventTable } from '../parts/event-table.tsx'
import { ifAllowed } from '../parts/if-allowed.server.ts'
import { Live } from '../parts/live.tsx'
import { OrderTable } from '../parts/order-table.tsx'
import { useEvents, useLivePage } from '../parts/use-events.ts'

const shownOrders = 10
const shownEvents = 12

export async function loader({ context }: PageArgs) {
  const page = context.get(pageRequest)
  if (!page.person) return { name: '', orders: [], unrated: [], owed: [] }
  const [{ name }, { items: orders }, taxes, { items: owed }] = await Promise.all([
    page.call(tenantContract.operations.readTenant, {}),
    page.call(orderContract.operations.listOrders, { query: { limit: shownOrders } }),
    ifAllowed(page.call(orderContract.operations.listTaxRates, {})),
    page.call(orderContract.operations.listOrders, {
      query: { limit: shownOrders, isOwedBack: 'true' },
    }),
  ])
  return { name, orders, owed, unrated: taxes?.unratedClasses ?? [] }
}

export default function Overview() {
  const { name, orders, unrated, owed } = useLoaderData<typeof loader>()
  const { tenant = '' } = useParams()
  const t = useTranslations('overview')
  const { events, isOpen } = useEvents(tenant)
  useLivePage(tenant, 'order.*,payment.refund_failed')
  return (
    <>
      <title>{name}</title>
      <div className="head">
        <h1>{name}</h1>
        <Live isOpen={isOpen} />
      </div>
      {owed.map(({ id, reference, total, refunded }) => (
        <p className="notice warn" key={id}>
          {t.rich('owed', {
            amount: () => <Amount of={left(total, refunded)} />,
            order: () => <Link to={`/t/${tenant}/orders/${id}`}>{reference}</Link>,
          })}
        </p>
      ))}
      {unrated.map(({ taxClass, products }) => (
        <p className="notice warn" key={taxClass}>
          {t('unrated', { taxClass, products })}
        </p>
      ))}
      <section aria-labelledby="newest">
        <h2 id="newest">{t('newest')}</h2>
        {orders.length === 0 ? (
          <p className="quiet">{t('noOrders')}</p>
        ) : (
          <OrderTable items={orders} home={`/t/${tenant}`} />
        )}
      </section>
      <section aria-labelledby="happening">
        <h2 id="happening">{t('happening')}</h2>
        {events.length === 0 ? (
          <p className="quiet">{t('quiet')}</p>
        ) : (
          <EventTable events={events.slice(0, shownEvents)} />
        )}
      </section>
    </>
  )
}

const left = (total: Money, refunded: Money): Money => ({
  ...total,
  amountMinor: total.amountMinor - refunded.amountMinor,
})
