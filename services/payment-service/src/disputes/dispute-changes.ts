// What gateways say of disputes, held against what is kept: money is posted for the difference, so
// that an answer that comes twice posts nothing twice.
import type { Context, Statement } from '@prognetwork/contracts'
import { paymentDisputeClosed, paymentDisputed } from '@prognetwork/contracts/payment'
import { type EventPublisher, newId } from '@prognetwork/shared-infrastructure'
import type { GatewayDispute } from '../gateways/gateway.ts'
import { moneyOfDispute } from '../ledger/ledger.ts'
import type { Payment } from '../payments/payments.store.ts'
import { type DisputeRow, putDispute } from './disputes.store.ts'

export interface DisputeChange {
  readonly before: DisputeRow | undefined
  readonly after: DisputeRow
}

const ended: readonly DisputeRow['state'][] = ['won', 'lost', 'closed']
const isEnded = ({ state }: Pick<DisputeRow, 'state'>) => ended.includes(state)

/** Those that are new, or are not what they were. */
export function disputeChanges(
  ctx: Context,
  paymentId: string,
  said: readonly GatewayDispute[],
  known: readonly DisputeRow[],
): DisputeChange[] {
  return said.flatMap((one) => {
    const before = known.find(({ reference }) => reference === one.reference)
    const after: DisputeRow = {
      ...{ ...one, id: before?.id ?? newId(), paymentId },
      closedAt: isEnded(one) ? (before?.closedAt ?? ctx.now) : null,
      updatedAt: before?.updatedAt ?? ctx.now,
    }
    if (before && isSame(before, after)) return []
    return [{ before, after: { ...after, updatedAt: ctx.now } }]
  })
}

/** What all that is known of its disputes comes to for a payment. */
export function disputeStateOf(
  known: readonly DisputeRow[],
  changes: readonly DisputeChange[],
): Payment['disputeState'] {
  const now = new Map(known.map((one) => [one.id, one.state]))
  for (const { after } of changes) now.set(after.id, after.state)
  const states = [...now.values()]
  if (states.includes('needs_response') || states.includes('under_review')) return 'open'
  return states.includes('lost') ? 'lost' : null
}

/** Keeps, posts and tells them; `payment` is as it will be. */
export async function keepDisputes(
  ctx: Context,
  events: EventPublisher,
  payment: Payment,
  changes: readonly DisputeChange[],
): Promise<Statement[]> {
  const statements: Statement[] = []
  for (const { before, after } of changes)
    statements.push(
      putDispute(JSON.stringify(after)),
      ...moneyOfDispute(ctx, payment, before, after),
      ...(await told(ctx, events, payment, before, after)),
    )
  return statements
}

async function told(
  ctx: Context,
  events: EventPublisher,
  payment: Payment,
  before: DisputeRow | undefined,
  after: DisputeRow,
): Promise<Statement[]> {
  const { id: paymentId, orderId, currency, version: aggregateVersion } = payment
  const { id: disputeId, amountMinor, reason, state, evidenceDueAt } = after
  const about = { paymentId, orderId, disputeId, amount: { amountMinor, currency }, reason }
  const isOpened = !before || (before.state === 'inquiry' && state === 'needs_response')
  const statements: Statement[] = []
  if (isOpened) {
    const data = { ...about, isInquiry: state === 'inquiry', evidenceDueAt }
    statements.push(await events.put(ctx, paymentDisputed, data, { aggregateVersion }))
  }
  if (state !== before?.state && (state === 'won' || state === 'lost' || state === 'closed')) {
    const data = { ...about, outcome: state }
    statements.push(await events.put(ctx, paymentDisputeClosed, data, { aggregateVersion }))
  }
  return statements
}

function isSame(one: DisputeRow, other: DisputeRow): boolean {
  const asText = ({ openedAt: _, ...row }: DisputeRow) => JSON.stringify(Object.entries(row).sort())
  return asText(one) === asText(other)
}
