import { orderContract } from '@prognetwork/contracts/order'
import { userContract } from '@prognetwork/contracts/user'
import { Amount } from '@prognetwork/ui/amount'
import { Moment } from '@prognetwork/ui/moment'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Link, redirectDocument, useActionData, useLoaderData } from 'react-router'
import { useTranslations } from 'use-intl'
import { askForReturn } from '../orders/ask-return.server.ts'
import { OrderView } from '../orders/order-view.tsx'
import { describe, metaOf } from '../parts/meta.ts'
import { readShop, speak } from '../shop.server.ts'

export async function loader({ request, context, url }: PageArgs) {
  const page = context.get(pageRequest)
  const asked = url.searchParams
  const [orderId, after] = [asked.get('order'), asked.get('after')]
  if (!page.person) {
    const to = `${url.pathname}${url.search}`
    return redirectDocument(`/sign-in?${new URLSearchParams({ to })}`)
  }
  const { listMyOrders, listMyReturns, readMyOrder } = orderContract.operations
  const [shop, profile, orders, order, returns] = await Promise.all([
    readShop(page),
    page.call(userContract.operations.readProfile, {}),
    page.call(listMyOrders, { query: after === null ? {} : { after } }),
    orderId === null ? null : page.call(readMyOrder, { params: { orderId } }),
    orderId === null ? null : page.call(listMyReturns, { params: { orderId } }),
  ])
  const { messages } = speak(request)
  return {
    ...{ profile, orders, order, accountPages: page.origins['auth-client'] },
    returns: { items: returns?.items ?? [], nextId: crypto.randomUUID() },
    ...describe({ title: `${messages.account.title} – ${shop.name}` }),
  }
}

export async function action({ request, context, url }: PageArgs) {
  const orderId = url.searchParams.get('order') ?? ''
  const back = `/account?${new URLSearchParams({ order: orderId })}#returns`
  return askForReturn(context.get(pageRequest), await request.formData(), { orderId }, back)
}

export const meta = metaOf

export default function Account() {
  const { order, returns } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  if (!order) return <Overview />
  const changes = `/api/v1/me/orders/${order.id}/changes`
  return <OrderView {...{ order, changes, returns, answer }} />
}

function Overview() {
  const { profile, orders, accountPages } = useLoaderData<typeof loader>()
  const t = useTranslations('account')
  const states = useTranslations('order.states')
  return (
    <main className="sheet stack">
      <header>
        <h1>{t('title')}</h1>
        <p className="quiet">
          {profile.displayName} · {profile.email}
        </p>
      </header>
      <section className="stack" aria-labelledby="orders">
        <h2 id="orders">{t('orders')}</h2>
        {orders.items.length === 0 && <p>{t('none')}</p>}
        <ul className="lines">
          {orders.items.map(({ id, reference, state, total, placedAt }) => (
            <li key={id}>
              <Link to={`?${new URLSearchParams({ order: id })}`}>{reference}</Link>
              <span>
                {states(state)}{' '}
                <span className="quiet">
                  <Moment at={placedAt} />
                </span>
              </span>
              <Amount of={total} />
            </li>
          ))}
        </ul>
        {orders.next !== null && (
          <Link className="button second" to={`?${new URLSearchParams({ after: orders.next })}`}>
            {t('earlier')}
          </Link>
        )}
      </section>
      <p>
        <a href={`${accountPages}/account`}>{t('security')}</a>
      </p>
      <form method="post" action="/sign-out">
        <button type="submit" className="button second">
          {t('signOut')}
        </button>
      </form>
    </main>
  )
}
