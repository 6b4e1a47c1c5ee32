import type { Output } from '@prognetwork/contracts'
import type { orderContract } from '@prognetwork/contracts/order'
import { Amount } from '@prognetwork/ui/amount'
import { Moment } from '@prognetwork/ui/moment'
import { useTranslations } from 'use-intl'
import { Totals } from '../parts/totals.tsx'
import { type ReturnAnswer, Returns, type ReturnsOfOrder } from './returns.tsx'
import { useChanges } from './use-changes.ts'

type Order = Output<typeof orderContract.operations.lookUpOrder>

const looks: Readonly<Record<string, string>> = {
  awaiting_payment: 'warn',
  cancelled: 'bad',
  refunded: 'bad',
}

/** An order as its buyer sees it; it follows the order while it is open. */
export function OrderView({
  order,
  changes,
  returns,
  answer,
}: {
  readonly order: Order
  readonly changes: string
  readonly returns: ReturnsOfOrder
  readonly answer: ReturnAnswer | undefined
}) {
  const t = useTranslations('order')
  const stream = useChanges(changes)
  return (
    <main className="sheet stack">
      <header>
        <h1>{t('title', { reference: order.reference })}</h1>
        <p role="status">
          <span className={`state ${looks[order.state] ?? 'ok'}`}>
            {t(`states.${order.state}`)}
          </span>
        </p>
        {stream !== 'none' && (
          <p className="quiet">{stream === 'open' ? t('live') : t('waiting')}</p>
        )}
      </header>
      <NextStep order={order} />
      <ul className="lines bought">
        {order.lines.map((line) => (
          <li key={line.variantId}>
            <div>
              <strong>{line.title}</strong>
              <p className="quiet">{line.optionValues.join(', ')}</p>
            </div>
            <span className="quiet amount">{line.quantity} ×</span>
            <Amount of={line.total} />
          </li>
        ))}
      </ul>
      <Totals of={order} />
      <Sent order={order} />
      <Returns order={order} returns={returns} answer={answer} />
      <History order={order} />
    </main>
  )
}

function NextStep({ order: { state, actionUrl, reason, refunded } }: { readonly order: Order }) {
  const t = useTranslations('order')
  const challenge = actionUrl?.split('/sandbox/challenges/')[1]
  if (state === 'awaiting_payment' && actionUrl)
    return (
      <p className="notice">
        {t('confirm')}{' '}
        <a href={challenge ? `/bank/${challenge}` : actionUrl}>{t('confirmAction')}</a>
      </p>
    )
  if (refunded.amountMinor > 0)
    return (
      <p className="notice">
        {t('refunded')} <Amount of={refunded} />. {reason}
      </p>
    )
  return reason ? <p className="notice bad">{reason}</p> : null
}

function Sent({ order: { tracking, shippingAddress } }: { readonly order: Order }) {
  const t = useTranslations('order')
  const { name, lines, postalCode, city, country } = shippingAddress
  return (
    <section className="pair" aria-label={t('shipping')}>
      <div>
        <h2>{t('to')}</h2>
        <address>
          {[name, ...lines, [postalCode, city].filter(Boolean).join(' '), country].map((line) => (
            <span key={line}>{line}</span>
          ))}
        </address>
      </div>
      {tracking && (
        <div>
          <h2>{t('parcel')}</h2>
          <p>
            {tracking.carrier} <code>{tracking.number}</code>
          </p>
        </div>
      )}
    </section>
  )
}

function History({ order: { history } }: { readonly order: Order }) {
  const t = useTranslations('order')
  return (
    <section>
      <h2>{t('history')}</h2>
      <ol className="history">
        {history.map(({ state, at }) => (
          <li key={`${at} ${state}`}>
            {t(`states.${state}`)}{' '}
            <span className="quiet">
              <Moment at={at} />
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}
