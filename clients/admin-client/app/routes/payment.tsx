import { paymentContract } from '@prognetwork/contracts/payment'
import { Amount } from '@prognetwork/ui/amount'
import { FormProblem, Submit, TextField } from '@prognetwork/ui/fields'
import { Moment } from '@prognetwork/ui/moment'
import { type PageArgs, pageRequest } from '@prognetwork/ui/page-request'
import { Form, Link, redirect, useActionData, useLoaderData, useParams } from 'react-router'
import { useTranslations } from 'use-intl'
import { attempt } from '../parts/attempt.server.ts'
import { ifAllowed } from '../parts/if-allowed.server.ts'
import { Live } from '../parts/live.tsx'
import { useMay } from '../parts/may.ts'
import { minorUnits } from '../parts/minor-units.ts'
import { PaymentState } from '../parts/payment-state.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { TracesOf } from '../parts/trace-link.tsx'
import { TransferTable } from '../parts/transfer-table.tsx'
import { useLivePage } from '../parts/use-events.ts'

const { listTransfers, readPayment, refundPayment } = paymentContract.operations

export async function loader({ context, params }: PageArgs) {
  const page = context.get(pageRequest)
  const paymentId = params.paymentId ?? ''
  const [payment, transfers] = await Promise.all([
    page.call(readPayment, { params: { paymentId } }),
    ifAllowed(page.call(listTransfers, { query: { limit: 100, paymentId } })),
  ])
  // Sent twice, the form gives back once.
  return { payment, transfers: transfers?.items ?? [], once: crypto.randomUUID() }
}

export async function action({ request, context, params, url }: PageArgs) {
  const page = context.get(pageRequest)
  const form = await request.formData()
  const text = (name: string) => String(form.get(name) ?? '').trim()
  return attempt(async () => {
    const amount = text('amount')
    const amountMinor = minorUnits(amount, text('currency'))
    await page.call(
      refundPayment,
      {
        params: { paymentId: params.paymentId ?? '' },
        body: { reason: text('reason'), ...(amount !== '' && { amountMinor }) },
      },
      { idempotencyKey: text('once') },
    )
    return redirect(url.pathname, 303)
  })
}

type Payment = Awaited<ReturnType<typeof loader>>['payment']

export default function PaymentPage() {
  const { payment, transfers } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const { tenant = '' } = useParams()
  const isOpen = useLivePage(tenant, 'payment.*')
  const t = useTranslations('payment')
  const left = payment.capturedMinor - payment.refundedMinor
  return (
    <>
      <title>{t('title')}</title>
      <p>
        <Link to={`/t/${tenant}/payments`}>{t('back')}</Link>
      </p>
      <div className="head">
        <h1>
          <Amount of={payment.amount} />
        </h1>
        <PaymentState state={payment.state} />
        <Live isOpen={isOpen} />
      </div>
      <FormProblem problem={answer?.problem} />
      <div className="columns">
        <div className="stack">
          <section>
            <h2>{t('moved')}</h2>
            {transfers.length === 0 ? (
              <p className="quiet">{t('nothingMoved')}</p>
            ) : (
              <TransferTable items={transfers} />
            )}
          </section>
          {payment.refunds.length > 0 && <Refunds payment={payment} />}
        </div>
        <div className="stack">
          <Particulars payment={payment} />
          {left > 0 && <Refund payment={payment} left={left} />}
          <p>
            <TracesOf object={`payment:${payment.id}`}>{t('traces')}</TracesOf>
          </p>
        </div>
      </div>
    </>
  )
}

function Particulars({ payment }: { readonly payment: Payment }) {
  const { tenant = '' } = useParams()
  const t = useTranslations('payment')
  const failures = useTranslations('paymentFailures')
  const { amount, capturedMinor, refundedMinor, card, failure, gateway, orderId } = payment
  return (
    <dl className="facts">
      <dt>{t('captured')}</dt>
      <dd>
        <Amount of={{ ...amount, amountMinor: capturedMinor }} />
      </dd>
      <dt>{t('refunded')}</dt>
      <dd>
        <Amount of={{ ...amount, amountMinor: refundedMinor }} />
      </dd>
      {card && (
        <>
          <dt>{t('card')}</dt>
          <dd>{`${card.brand} ${card.last4}`}</dd>
        </>
      )}
      <dt>{t('gateway')}</dt>
      <dd>{gateway}</dd>
      {failure && (
        <>
          <dt>{t('failure')}</dt>
          <dd>{failures(failure.code)}</dd>
        </>
      )}
      {payment.dispute && (
        <>
          <dt>{t('dispute')}</dt>
          <dd>
            <Link to={`/t/${tenant}/disputes`}>{t(`disputes.${payment.dispute}`)}</Link>
          </dd>
        </>
      )}
      <dt>{t('made')}</dt>
      <dd>
        <Moment at={payment.createdAt} />
      </dd>
      <dt>{t('order')}</dt>
      <dd>
        <Link to={`/t/${tenant}/orders/${orderId}`}>{t('toOrder')}</Link>
      </dd>
    </dl>
  )
}

function Refunds({ payment }: { readonly payment: Payment }) {
  const t = useTranslations('payment')
  return (
    <section>
      <h2>{t('refunds')}</h2>
      <Scroll name={t('refunds')}>
        <table>
          <tbody>
            {payment.refunds.map(({ id, createdAt, reason, amountMinor, state, failure }) => (
              <tr key={id}>
                <td className="quiet">
                  <Moment at={createdAt} />
                </td>
                <td>{reason}</td>
                <td className="wrap">
                  {state === 'failed' && (
                    <span className="state bad">
                      {t('refundFailed', { failure: failure ?? '' })}
                    </span>
                  )}
                </td>
                <td className="number">
                  <Amount of={{ ...payment.amount, amountMinor }} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  )
}

function Refund({ payment, left }: { readonly payment: Payment; readonly left: number }) {
  const { once } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const t = useTranslations('payment')
  if (!useMay()('payment:refund:create')) return null
  const isWrong = answer?.problem.errors?.some(({ pointer }) => pointer === '/body/amountMinor')
  const { currency } = payment.amount
  return (
    <details open={answer !== undefined}>
      <summary>{t('refund')}</summary>
      <Form method="post" className="stack">
        <p className="quiet">
          {t.rich('refundHint', { left: () => <Amount of={{ amountMinor: left, currency }} /> })}
        </p>
        <TextField
          label={t('amount', { currency })}
          hint={t('amountHint')}
          name="amount"
          inputMode="decimal"
          maxLength={20}
          wrong={isWrong ? t('amountWrong') : undefined}
        />
        <TextField label={t('reason')} name="reason" required maxLength={500} />
        <input type="hidden" name="currency" value={currency} />
        <input type="hidden" name="once" value={once} />
        <Submit className="button second">{t('refundNow')}</Submit>
      </Form>
    </details>
  )
}
