// Ours becomes what the gateway says. Whoever asks a gateway, for whatever reason, ends here: money
// is posted for the difference between what was known and what is true, so an answer that comes
// twice, late or out of order posts nothing twice.
import type { Context, Statement } from '@prognetwork/contracts'
import {
  paymentAuthorized,
  paymentCaptured,
  paymentFailed,
  paymentRefunded,
  paymentRefundFailed,
  paymentVoided,
} from '@prognetwork/contracts/payment'
import type { EventPublisher } from '@prognetwork/shared-infrastructure'
import { disputeChanges, disputeStateOf, keepDisputes } from '../disputes/dispute-changes.ts'
import type { DisputeRow } from '../disputes/disputes.store.ts'
import type { Charge, NotedRefund } from '../gateways/gateway.ts'
import { captured, refunded, refundReversed } from '../ledger/ledger.ts'
import type { FailedRefund, RefundChanges } from '../refunds/refund-changes.ts'
import { failRefund, putRefund } from '../refunds/refunds.store.ts'
import { type Payment, setOutcome } from './payments.store.ts'

interface Converged {
  readonly payment: Payment
  readonly statements: readonly Statement[]
}

/** What is kept besides the payment and has to do with what is said of it. */
interface Known {
  readonly refunds: RefundChanges
  readonly disputes: readonly DisputeRow[]
}

/** Whoever converges a payment holds its row; `version` is that of its latest event. */
export function createConvergence(events: EventPublisher) {
  async function toldOf(ctx: Context, before: Payment | undefined, after: Payment) {
    const { id: paymentId, orderId, currency } = after
    const about = { paymentId, orderId, amount: { amountMinor: after.amountMinor, currency } }
    const version = { aggregateVersion: after.version }
    if (before?.state === after.state) return []
    switch (after.state) {
      case 'authorized':
        return [await events.put(ctx, paymentAuthorized, about, version)]
      case 'captured': {
        const amount = { amountMinor: after.capturedMinor, currency }
        return [await events.put(ctx, paymentCaptured, { ...about, amount }, version)]
      }
      case 'voided':
        return [await events.put(ctx, paymentVoided, about, version)]
      case 'failed': {
        const reason = after.failureCode ?? 'processing_error'
        return [await events.put(ctx, paymentFailed, { ...about, reason }, version)]
      }
      default:
        return []
    }
  }

  /** Posts and tells what was given back over and above what was before. */
  async function givenBack(
    ctx: Context,
    payment: Payment,
    beforeMinor: number,
    given: readonly NotedRefund[],
  ): Promise<Statement[]> {
    const { id: paymentId, orderId, currency, version } = payment
    const statements: Statement[] = []
    let refundedMinor = beforeMinor
    for (const { id, amountMinor, reason, madeBy, reference } of given) {
      refundedMinor += amountMinor
      const amount = { amountMinor, currency }
      const data = { paymentId, orderId, refundId: id, amount, refundedMinor }
      statements.push(
        putRefund(id, paymentId, amountMinor, reason, madeBy, ctx.now, reference),
        refunded(ctx, payment, amountMinor),
        await events.put(ctx, paymentRefunded, data, { aggregateVersion: version }),
      )
    }
    return statements
  }

  /** The same of what was given back and did not arrive. */
  async function cameBack(
    ctx: Context,
    payment: Payment,
    beforeMinor: number,
    failed: readonly FailedRefund[],
  ): Promise<Statement[]> {
    const { id: paymentId, orderId, currency, version } = payment
    const statements: Statement[] = []
    let refundedMinor = beforeMinor
    for (const { id: refundId, amountMinor, failure: reason } of failed) {
      refundedMinor -= amountMinor
      const amount = { amountMinor, currency }
      const data = { paymentId, orderId, refundId, amount, refundedMinor, reason }
      statements.push(
        failRefund(refundId, reason),
        refundReversed(ctx, payment, amountMinor),
        await events.put(ctx, paymentRefundFailed, data, { aggregateVersion: version }),
      )
    }
    return statements
  }

  return {
    /** The first that a gateway says of a payment. */
    async begin(
      ctx: Context,
      payment: Payment,
      given: readonly NotedRefund[],
    ): Promise<readonly Statement[]> {
      const { capturedMinor } = payment
      return [
        ...(capturedMinor > 0 ? [captured(ctx, payment, capturedMinor)] : []),
        ...(await toldOf(ctx, undefined, payment)),
        ...(await givenBack(ctx, payment, 0, given)),
      ]
    },

    /**
     * What a gateway says of a payment that is known; nothing to do when it says nothing new.
     * Nothing that was posted is unposted, but for refunds that a gateway says have failed: where it
     * says less than before otherwise, ours stays.
     */
    async converge(
      ctx: Context,
      before: Payment,
      charge: Charge,
      { refunds, disputes }: Known,
    ): Promise<Converged> {
      const taken = Math.max(0, charge.capturedMinor - before.capturedMinor)
      const { given, failed } = refunds
      const arrivedMinor = before.refundedMinor - sum(failed)
      const disputed = disputeChanges(ctx, before.id, charge.disputes ?? [], disputes)
      const disputeState = charge.disputes
        ? disputeStateOf(disputes, disputed)
        : before.disputeState
      const isNew =
        taken > 0 ||
        given.length + failed.length + disputed.length > 0 ||
        charge.state !== before.state
      if (!isNew) return { payment: before, statements: [] }
      const { state, failureCode, actionUrl } = charge
      const payment: Payment = {
        ...{ ...before, state, failureCode, actionUrl, disputeState },
        ...{ capturedMinor: before.capturedMinor + taken },
        ...{ refundedMinor: arrivedMinor + sum(given) },
        ...{ version: before.version + 1, updatedAt: ctx.now },
      }
      const { id, capturedMinor, refundedMinor, version } = payment
      return {
        payment,
        statements: [
          setOutcome(
            ...([id, state, capturedMinor, refundedMinor] as const),
            ...([failureCode, actionUrl, disputeState, version, ctx.now] as const),
          ),
          ...(taken > 0 ? [captured(ctx, payment, taken)] : []),
          ...(await toldOf(ctx, before, payment)),
          ...(await cameBack(ctx, payment, before.refundedMinor, failed)),
          ...(await givenBack(ctx, payment, arrivedMinor, given)),
          ...(await keepDisputes(ctx, events, payment, disputed)),
        ],
      }
    },
  }
}

export type Convergence = ReturnType<typeof createConvergence>

function sum(all: readonly { readonly amountMinor: number }[]): number {
  return all.reduce((total, { amountMinor }) => total + amountMinor, 0)
}
