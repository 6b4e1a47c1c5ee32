import type { Output, ProblemDetails } from '@prognetwork/contracts'
import type { orderContract } from '@prognetwork/contracts/order'
import { Amount } from '@prognetwork/ui/amount'
import { Submit, TextField } from '@prognetwork/ui/fields'
import { Moment } from '@prognetwork/ui/moment'
import type { ReactNode } from 'react'
import { Form } from 'react-router'
import { useTranslations } from 'use-intl'
import { useMay } from './may.ts'
import { Scroll } from './scroll.tsx'

type Return = Output<typeof orderContract.operations.listReturns>['items'][number]

const looks: Readonly<Record<string, string>> = {
  requested: 'warn',
  approved: 'warn',
  received: 'warn',
  refused: 'bad',
}

/** What is to come back of an order, and what is to be done about it. */
export function OrderReturns({
  returns,
  titles,
  problem,
}: {
  readonly returns: readonly Return[]
  /** What the goods are called, by variant. */
  readonly titles: Readonly<Record<string, string>>
  readonly problem: ProblemDetails | undefined
}) {
  const t = useTranslations('returns')
  const states = useTranslations('returnStates')
  if (returns.length === 0) return null
  return (
    <section aria-labelledby="returns">
      <h2 id="returns">{t('title')}</h2>
      {returns.map((one) => (
        <article key={one.id} className="return stack">
          <div className="head">
            <span className={`state ${looks[one.state] ?? 'ok'}`}>{states(one.state)}</span>
            <span className="quiet">
              <Moment at={one.requestedAt} />
            </span>
          </div>
          <p>{one.reason}</p>
          <Goods of={one} titles={titles} />
          <Steps of={one} titles={titles} problem={problem} />
        </article>
      ))}
    </section>
  )
}

interface Shown {
  readonly of: Return
  readonly titles: Readonly<Record<string, string>>
}

function Goods({ of, titles }: Shown) {
  const t = useTranslations('returns')
  return (
    <Scroll name={t('goods')}>
      <table>
        <tbody>
          {of.lines.map(({ variantId, quantity, received, amount, restocked }) => (
            <tr key={variantId}>
              <td>{titles[variantId]}</td>
              <td className="number">
                {received === null || received === quantity
                  ? t('number', { quantity })
                  : t('numberOf', { received, quantity })}
              </td>
              <td className="quiet">
                {restocked !== null && (restocked ? t('restocked') : t('kept'))}
              </td>
              <td className="number">
                <Amount of={amount} />
              </td>
            </tr>
          ))}
        </tbody>
        {of.refunded && (
          <tfoot>
            <tr>
              <th scope="row" colSpan={3}>
                {t('refunded')}
              </th>
              <td className="number">
                <Amount of={of.refunded} />
              </td>
            </tr>
          </tfoot>
        )}
      </table>
    </Scroll>
  )
}

function Steps({ of, titles, problem }: Shown & { readonly problem: ProblemDetails | undefined }) {
  const t = useTranslations('returns')
  const may = useMay()
  const canUpdate = may('order:return:update')
  if (of.state === 'requested' && canUpdate)
    return (
      <div className="asked">
        <Step of={of} step="approve">
          <Submit>{t('approve')}</Submit>
        </Step>
        <Refuse of={of} />
      </div>
    )
  if (of.state === 'approved' && canUpdate)
    return (
      <div className="asked">
        <Step of={of} step="receive">
          <fieldset className="ticks">
            <legend>{t('restock')}</legend>
            {of.lines.map(({ variantId }) => (
              <label key={variantId} className="tick">
                <input type="checkbox" name="restock" value={variantId} defaultChecked />{' '}
                {titles[variantId]}
                <input type="hidden" name="variant" value={variantId} />
              </label>
            ))}
          </fieldset>
          <details open={problem?.code === 'order.receipt_unfit'}>
            <summary>{t('partly')}</summary>
            <p className="hint">{t('partlyHint')}</p>
            <div className="beside">
              {of.lines.map(({ variantId, quantity }) => (
                <TextField
                  key={variantId}
                  label={t('came', { title: titles[variantId] ?? '', quantity })}
                  name={`quantity-${variantId}`}
                  type="number"
                  min={0}
                  max={quantity}
                  defaultValue={quantity}
                />
              ))}
            </div>
          </details>
          <Submit>{t('receive')}</Submit>
        </Step>
        <Refuse of={of} />
      </div>
    )
  if (of.state === 'received' && may('order:return:refund')) {
    const { currency } = of.amount
    const isWrong =
      problem?.code === 'order.deduction_exceeded' ||
      problem?.errors?.some(({ pointer }) => pointer === '/body/deductionMinor')
    return (
      <Asked of={of} step="refund">
        <TextField
          label={t('deduction', { currency })}
          hint={t('deductionHint')}
          name="deduction"
          inputMode="decimal"
          maxLength={20}
          wrong={isWrong ? t('deductionWrong') : undefined}
        />
        <input type="hidden" name="currency" value={currency} />
      </Asked>
    )
  }
  return null
}

function Step({
  of,
  step,
  children,
}: {
  readonly of: Return
  readonly step: string
  readonly children: ReactNode
}) {
  return (
    <Form method="post" className="stack">
      <input type="hidden" name="do" value="return" />
      <input type="hidden" name="step" value={step} />
      <input type="hidden" name="return" value={of.id} />
      {children}
    </Form>
  )
}

function Refuse({ of }: { readonly of: Return }) {
  const t = useTranslations('returns')
  return (
    <Asked of={of} step="refuse">
      <TextField label={t('reason')} name="reason" required maxLength={500} />
    </Asked>
  )
}

/** What cannot be undone is opened first. */
function Asked({
  of,
  step,
  children,
}: {
  readonly of: Return
  readonly step: 'refuse' | 'refund'
  readonly children: ReactNode
}) {
  const t = useTranslations('returns')
  return (
    <details>
      <summary>{t(step)}</summary>
      <Step of={of} step={step}>
        <p className="quiet">{t(`${step}Hint`)}</p>
        {children}
        <Submit className="button second">{t(`${step}Now`)}</Submit>
      </Step>
    </details>
  )
}
