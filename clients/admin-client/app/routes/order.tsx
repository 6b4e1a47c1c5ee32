import { orderContract } from '@prognetwork/contracts/order'
import { Amount } from '@prognetwork/ui/amount'
import { FormProblem } from '@prognetwork/ui/fields'
import { Moment } from '@prognetwork/ui/moment'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { problemOf } from '@prognetwork/ui/problem'
import { data, Link, redirect, useActionData, useLoaderData, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { changeReturn } from '../parts/change-return.server.ts'
import { ifAllowed } from '../parts/if-allowed.server.ts'
import { Live } from '../parts/live.tsx'
import { OrderActions } from '../parts/order-actions.tsx'
import { OrderDocuments } from '../parts/order-documents.tsx'
import { OrderReturns } from '../parts/order-returns.tsx'
import { OrderState } from '../parts/order-state.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { TracesOf } from '../parts/trace-link.tsx'
import { useLivePage } from '../parts/use-events.ts'

const operations = orderContract.operations

export async function loader({ context, params }: PageArgs) {
  const page = context.get(pageRequest)
  const orderId = params.orderId ?? ''
  const [order, returns] = await Promise.all([
    page.call(operations.readOrder, { params: { orderId }, query: {} }),
    ifAllowed(page.call(operations.listReturns, { query: { orderId, limit: 100 } })),
  ])
  return { order, returns: returns?.items ?? [] }
}

export async function action({ request, context, params, url }: PageArgs) {
  const page = context.get(pageRequest)
  const form = await request.formData()
  const byOrder = { params: { orderId: params.orderId ?? '' } }
  const text = (name: string) => String(form.get(name) ?? '')
  const reason = { reason: text('reason') }
  try {
    switch (form.get('do')) {
      case 'ship':
        await page.call(operations.shipOrder, {
          ...byOrder,
          body: { carrier: text('carrier'), number: text('number') },
        })
        break
      case 'deliver':
        await page.call(operations.deliverOrder, byOrder)
        break
      case 'cancel':
        await page.call(operations.cancelOrder, { ...byOrder, body: reason })
        break
      case 'refund':
        await page.call(operations.refundOrder, { ...byOrder, body: reason })
        break
      case 'return':
        await changeReturn(page, form)
        break
    }
    return redirect(url.pathname)
  } catch (thrown) {
    const problem = problemOf(thrown)
    return data({ problem }, { status: problem.status })
  }
}

type ShownOrder = Awaited<ReturnType<typeof loader>>['order']

export default function Order() {
  const { order, returns } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const { tenant = '' } = useParams()
  const isOpen = useLivePage(tenant, 'order.*,payment.*')
  const t = useTranslations('order')
  return (
    <>
      <title>{t('title', { reference: order.reference })}</title>
      <div className="head">
        <h1>{t('title', { reference: order.reference })}</h1>
        <OrderState state={order.state} />
        <Live isOpen={isOpen} />
      </div>
      <FormProblem problem={answer?.problem} />
      <OwedBack order={order} />
      <div className="columns">
        <div className="stack">
          <Lines order={order} />
          <OrderReturns
            returns={returns}
            titles={Object.fromEntries(order.lines.map((one) => [one.variantId, one.title]))}
            problem={answer?.problem}
          />
          <History order={order} />
        </div>
        <div className="stack">
          <Customer order={order} />
          <OrderActions state={order.state} />
          <OrderDocuments order={order} />
          <p>
            <TracesOf object={`order:${order.id}`}>{t('traces')}</TracesOf>
          </p>
        </div>
      </div>
    </>
  )
}

/** What nobody can be told is done: money that is to go back and does not. */
function OwedBack({ order: { owedBack, paymentId } }: { readonly order: ShownOrder }) {
  const { tenant = '' } = useParams()
  const t = useTranslations('order')
  if (!owedBack?.problem || paymentId === null) return null
  return (
    <p className="notice warn">
      {t('owed', { attempts: owedBack.attempts })} <code>{owedBack.problem}</code>{' '}
      <span className="quiet">
        {t('owedNext')} <Moment at={owedBack.nextAt} />
      </span>{' '}
      <Link to={`/t/${tenant}/payments/${paymentId}`}>{t('owedPayment')}</Link>
    </p>
  )
}

function Lines({ order }: { readonly order: ShownOrder }) {
  const t = useTranslations('order')
  return (
    <section>
      <h2>{t('lines')}</h2>
      <Scroll name={t('lines')}>
        <table>
          <tbody>
            {order.lines.map(({ variantId, title, sku, quantity, total }) => (
              <tr key={variantId}>
                <td>{title}</td>
                <td className="mono quiet">{sku}</td>
                <td className="number">{quantity} ×</td>
                <td className="number">
                  <Amount of={total} />
                </td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            {order.shipping && (
              <tr>
                <td colSpan={3}>{order.shipping.name}</td>
                <td className="number">
                  <Amount of={order.shipping.amount} />
                </td>
              </tr>
            )}
            <tr>
              <th scope="row" colSpan={3}>
                {t('total')}
              </th>
              <td className="number">
                <Amount of={order.total} />
              </td>
            </tr>
            {order.refunded.amountMinor > 0 && (
              <tr>
                <th scope="row" colSpan={3}>
                  {t('refunded')}
                </th>
                <td className="number">
                  <Amount of={order.refunded} />
                </td>
              </tr>
            )}
          </tfoot>
        </table>
      </Scroll>
    </section>
  )
}

function Customer({ order }: { readonly order: ShownOrder }) {
  const t = useTranslations('order')
  const { name, lines, postalCode, city, country } = order.shippingAddress
  return (
    <section aria-labelledby="customer">
      <h2 id="customer">{t('customer')}</h2>
      <p>{order.email}</p>
      <address>
        {[name, ...lines, [postalCode, city].filter(Boolean).join(' '), country].map((line) => (
          <span key={line}>{line}</span>
        ))}
      </address>
      {order.tracking && (
        <p>
          {order.tracking.carrier} <code>{order.tracking.number}</code>
        </p>
      )}
    </section>
  )
}

function History({ order }: { readonly order: ShownOrder }) {
  const t = useTranslations('order')
  return (
    <section aria-labelledby="history">
      <h2 id="history">{t('history')}</h2>
      <ol className="history">
        {order.history.map(({ state, at, by, note }) => (
          <li key={`${at} ${state}`}>
            <OrderState state={state} />{' '}
            <span className="quiet">
              <Moment at={at} /> · {by}
            </span>
            {note && <p>{note}</p>}
          </li>
        ))}
      </ol>
    </section>
  )
}
