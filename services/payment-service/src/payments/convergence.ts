// Ours becomes what the gateway says. Whoever asks a gateway, for whatever reason, ends here: money
// is posted for the difference between what was known and what is true, so an answer that comes
// twice, late or out of order posts nothing twice.
import type { Context, Statement } from '@prognetwork/contracts'
import {
  paymentAuthorized,
  paymentCaptured,
  paymentFailed,
  paymentRefunded,
  paymentVoided,
} from '@prognetwork/contracts/payment'
import { type EventPublisher, newId } from '@prognetwork/shared-infrastructure'
import type { Charge } from '../gateways/gateway.ts'
import { captured, refunded } from '../ledger/ledger.ts'
import { insertRefund, type Payment, type Refund, setOutcome } from './payments.store.ts'

/** Who gave money back and why; without it the gateway did. */
export type RefundNote = Pick<Refund, 'id' | 'reason' | 'madeBy'>

export interface Convergence {
  readonly payment: Payment
  readonly statements: readonly Statement[]
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

  return {
    /** The first that a gateway says of a payment. */
    async begin(ctx: Context, payment: Payment): Promise<readonly Statement[]> {
      const { capturedMinor } = payment
      return [
        ...(capturedMinor > 0 ? [captured(ctx, payment, capturedMinor)] : []),
        ...(await toldOf(ctx, undefined, payment)),
      ]
    },

    /** What a gateway says of a payment that is known; nothing to do when it says nothing new. */
    async converge(
      ctx: Context,
      before: Payment,
      charge: Charge,
      note?: RefundNote,
    ): Promise<Convergence> {
      const taken = charge.capturedMinor - before.capturedMinor
      const given = charge.refundedMinor - before.refundedMinor
      const isNew = taken > 0 || given > 0 || charge.state !== before.state
      if (!isNew) return { payment: before, statements: [] }
      const payment = { ...before, ...charge, version: before.version + 1, updatedAt: ctx.now }
      const { id, orderId, currency, refundedMinor } = payment
      const { id: refundId, reason, madeBy } = note ?? byGateway(before.gateway)
      const amount = { amountMinor: given, currency }
      const back =
        given > 0
          ? [
              insertRefund(refundId, id, given, reason, madeBy, ctx.now),
              refunded(ctx, payment, given),
              await events.put(
                ctx,
                paymentRefunded,
                { paymentId: id, orderId, amount, refundedMinor },
                { aggregateVersion: payment.version },
              ),
            ]
          : []
      return {
        payment,
        statements: [
          setOutcome(
            ...([id, payment.state, payment.capturedMinor, refundedMinor] as const),
            ...([payment.failureCode, payment.actionUrl, payment.version, ctx.now] as const),
          ),
          ...(taken > 0 ? [captured(ctx, payment, taken)] : []),
          ...(await toldOf(ctx, before, payment)),
          ...back,
        ],
      }
    },
  }
}

function byGateway(name: string): RefundNote {
  return { id: newId(), reason: null, madeBy: `gateway.${name}` }
}
