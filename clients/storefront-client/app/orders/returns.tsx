import type { Output, ProblemDetails } from '@prognetwork/contracts'
import type { orderContract } from '@prognetwork/contracts/order'
import { Amount } from '@prognetwork/ui/amount'
import { FormProblem, SelectField, Submit, TextField } from '@prognetwork/ui/fields'
import { Moment } from '@prognetwork/ui/moment'
import { expectedAt } from '@prognetwork/ui/problem'
import { Form } from 'react-router'
import { useTranslations } from 'use-intl'

type Order = Output<typeof orderContract.operations.lookUpOrder>
type Return = Output<typeof orderContract.operations.lookUpReturns>['items'][number]

export interface ReturnsOfOrder {
  readonly items: readonly Return[]
  /** The id of the next one: sent twice, the form asks once. */
  readonly nextId: string
}

export interface ReturnAnswer {
  readonly problem: ProblemDetails
  readonly reason: string
}

const sentStates: readonly Order['state'][] = ['fulfilling', 'shipped', 'delivered', 'returned']

/** What of an order goes back, and the form to ask for more of it. */
export function Returns({
  order,
  returns,
  answer,
}: {
  readonly order: Order
  readonly returns: ReturnsOfOrder
  readonly answer: ReturnAnswer | undefined
}) {
  const t = useTranslations('returns')
  const left = linesLeft(order, returns.items)
  const canAsk = sentStates.includes(order.state) && left.length > 0
  if (returns.items.length === 0 && !canAsk) return null
  return (
    <section aria-labelledby="returns">
      <h2 id="returns">{t('title')}</h2>
      {returns.items.map((one) => (
        <OneReturn key={one.id} of={one} order={order} />
      ))}
      {canAsk && (
        <details open={answer !== undefined || undefined}>
          <summary>{t('ask')}</summary>
          <Form method="post" className="stack" noValidate>
            <FormProblem problem={answer?.problem} />
            <input type="hidden" name="id" value={returns.nextId} />
            {left.map(({ variantId, title, quantity }) => (
              <SelectField
                key={variantId}
                label={t('which', { title })}
                name={`line:${variantId}`}
                defaultValue={left.length === 1 ? 1 : 0}
              >
                {[...Array(quantity + 1).keys()].map((count) => (
                  <option key={count} value={count}>
                    {count} {t('of', { count: quantity })}
                  </option>
                ))}
              </SelectField>
            ))}
            <TextField
              label={t('reason')}
              name="reason"
              maxLength={500}
              defaultValue={answer?.reason}
              wrong={
                expectedAt(answer?.problem, '/reason') ?? expectedAt(answer?.problem, '/lines')
              }
            />
            <Submit className="button second">{t('send')}</Submit>
          </Form>
        </details>
      )}
    </section>
  )
}

function OneReturn({ of, order }: { readonly of: Return; readonly order: Order }) {
  const t = useTranslations('returns')
  const titleOf = (variantId: string) =>
    order.lines.find((line) => line.variantId === variantId)?.title ?? ''
  const last = of.history.at(-1)
  return (
    <div className="stack">
      <p>
        <span className={`state ${of.state === 'refused' ? 'bad' : 'ok'}`}>
          {t(`states.${of.state}`)}
        </span>{' '}
        <span className="quiet">
          <Moment at={of.updatedAt} />
        </span>
      </p>
      <ul className="lines">
        {of.lines.map((line) => (
          <li key={line.variantId}>
            <span>{titleOf(line.variantId)}</span>
            <span className="quiet amount">{line.received ?? line.quantity} ×</span>
            <Amount of={line.amount} />
          </li>
        ))}
      </ul>
      {last?.note && <p className="notice">{last.note}</p>}
    </div>
  )
}

/** What has not been asked back yet; what the shop has refused can be asked for again. */
function linesLeft(order: Order, returns: readonly Return[]) {
  return order.lines.flatMap(({ variantId, title, quantity }) => {
    const back = returns
      .filter(({ state }) => state !== 'refused')
      .flatMap(({ lines }) => lines)
      .filter((line) => line.variantId === variantId)
      .reduce((sum, line) => sum + (line.received ?? line.quantity), 0)
    return quantity > back ? [{ variantId, title, quantity: quantity - back }] : []
  })
}
