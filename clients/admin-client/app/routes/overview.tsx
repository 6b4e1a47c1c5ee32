import { orderContract } from '@prognetwork/contracts/order'
import { tenantContract } from '@prognetwork/contracts/tenant'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { useLoaderData, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { EventTable } from '../parts/event-table.tsx'
import { Live } from '../parts/live.tsx'
import { OrderTable } from '../parts/order-table.tsx'
import { useEvents, useLivePage } from '../parts/use-events.ts'

const shownOrders = 10
const shownEvents = 12

export async function loader({ context }: PageArgs) {
  const page = context.get(pageRequest)
  if (!page.person) return { name: '', orders: [] }
  const [{ name }, { items: orders }] = await Promise.all([
    page.call(tenantContract.operations.readTenant, {}),
    page.call(orderContract.operations.listOrders, { query: { limit: shownOrders } }),
  ])
  return { name, orders }
}

export default function Overview() {
  const { name, orders } = useLoaderData<typeof loader>()
  const { tenant = '' } = useParams()
  const t = useTranslations('overview')
  const { events, isOpen } = useEvents(tenant)
  useLivePage(tenant, 'order.*')
  return (
    <>
      <title>{name}</title>
      <div className="head">
        <h1>{name}</h1>
        <Live isOpen={isOpen} />
      </div>
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
