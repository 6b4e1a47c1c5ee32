// Orders whose payment was not known when they were placed: what the gateway says later, and what
// becomes of them when it says nothing.
import type { Context } from '@prognetwork/contracts'
import {
  paymentCaptured,
  paymentContract,
  paymentDisputeClosed,
  paymentDisputed,
  paymentFailed,
  paymentRefunded,
  paymentRefundFailed,
  paymentUnfit,
} from '@prognetwork/contracts/payment'
import { on } from '@prognetwork/event-based-service-client'
import {
  type Call,
  createTurns,
  type Database,
  type JobContext,
  later,
  type PlatformDoor,
  Problem,
} from '@prognetwork/shared-infrastructure'
import { voidCreditNote } from '../credit-notes/credit-notes.store.ts'
import { credit } from '../credit-notes/credit-notes.ts'
import type { ReturnMoves } from '../returns/return-moves.ts'
import { findReturn } from '../returns/returns.store.ts'
import type { MoneyBack } from './money-back.ts'
import type { Moves } from './order-moves.ts'
import {
  listAwaiting,
  lockPaidFor,
  lockUnpaidOf,
  noteOnOrderOf,
  noteRefunded,
  noteRefundFailed,
  type OrderRow,
} from './orders.store.ts'

const lotSize = 100
const service = 'order-service'
/** In which at least some of the goods are out of the house. */
const sentStates: readonly OrderRow['state'][] = ['fulfilling', 'shipped', 'delivered']

export function createPaymentOutcomes(parts: {
  readonly db: Database
  readonly platform: PlatformDoor
  readonly call: Call
  readonly moves: Moves
  readonly returnMoves: ReturnMoves
  readonly moneyBack: MoneyBack
  readonly paymentMinutes: number
}) {
  const { db, platform, call, moves, returnMoves, moneyBack, paymentMinutes } = parts
  const { voidPayment } = paymentContract.operations

  const consumers = [
    on(paymentCaptured, async (ctx, { data: { paymentId, orderId } }, tx) => {
      const [order] = await tx.run(lockPaidFor(paymentId, orderId, ctx.now))
      // An order that is not there yet is written with what its checkout was told of the payment.
      if (!order) return
      if (order.state === 'cancelled') await tx.run(moneyBack.owe(ctx, paymentId, order.id))
      else await moves.move(ctx, tx, order.id, { to: 'paid', by: service })
    }),
    on(paymentFailed, async (ctx, { data: { paymentId, reason } }, tx) => {
      const [order] = await tx.run(lockUnpaidOf(paymentId))
      if (order?.state !== 'awaiting_payment') return
      const why = `The payment failed: ${reason}`
      await moves.move(ctx, tx, order.id, { to: 'cancelled', by: service, reason: why })
    }),
    /** Also by whoever gave it back at the gateway, or to the payment itself. */
    on(paymentRefunded, async (ctx, event, tx) => {
      const { paymentId, refundedMinor } = event.data
      const [order] = await tx.run(noteRefunded(paymentId, refundedMinor))
      if (order) await credit(ctx, tx, order.id, event)
      if (!order || refundedMinor < order.totalMinor) return
      await tx.run(moneyBack.isBack(paymentId))
      const isSent = sentStates.includes(order.state)
      const to = isSent ? 'refunded' : 'cancelled'
      const reason = 'All of the money was given back'
      await moves.move(ctx, tx, order.id, { to, by: 'payment-service', reason })
    }),
    on(paymentRefundFailed, async (ctx, { data }, tx) => {
      const { paymentId, orderId, refundId, refundedMinor, reason } = data
      await tx.run(moneyBack.oweAgain(ctx, paymentId, orderId))
      const note = `A refund did not arrive: ${reason}`
      const by = 'payment-service'
      const [noted] = await tx.run(noteRefundFailed(paymentId, refundedMinor, note, by, ctx.now))
      if (!noted) return
      await tx.run(voidCreditNote(refundId, ctx.now))
      // A return is paid back under its own id.
      const [found] = await tx.run(findReturn(refundId))
      if (found?.state === 'refunded') await returnMoves.reopen(ctx, tx, found, by, note)
    }),
    on(paymentDisputed, async ({ now }, { data: { paymentId, reason, isInquiry } }, tx) => {
      const what = isInquiry ? 'asks about' : 'disputes'
      const note = `The payer's bank ${what} the payment: ${reason}`
      await tx.run(noteOnOrderOf(paymentId, note, 'payment-service', now))
    }),
    on(paymentDisputeClosed, async ({ now }, { data: { paymentId, outcome } }, tx) => {
      const note = `The dispute of the payment was ${outcome}`
      await tx.run(noteOnOrderOf(paymentId, note, 'payment-service', now))
    }),
  ]

  const moveAlone = (ctx: Context, orderId: string, to: 'paid' | 'cancelled', reason?: string) =>
    db.transaction(ctx, (tx) =>
      moves.move(ctx, tx, orderId, { to, by: service, ...(reason !== undefined && { reason }) }),
    )

  /** What cannot be let go was taken after all. */
  async function expireOne(ctx: Context, orderId: string, paymentId: string): Promise<void> {
    try {
      await call(ctx, voidPayment, { params: { paymentId } })
    } catch (error) {
      if (!(error instanceof Problem && error.code === paymentUnfit.code)) throw error
      await moveAlone(ctx, orderId, 'paid')
      return
    }
    await moveAlone(ctx, orderId, 'cancelled', 'The payment was not made in time')
  }

  const nextDue = createTurns(lotSize, (ctx, after, limit) => {
    const before = later(ctx.now, -paymentMinutes * 60_000)
    const reason = 'call off orders that nobody paid for'
    return platform.read(ctx, reason, listAwaiting(before, after, limit))
  })

  return {
    consumers,

    /** Calls off what nobody paid for. */
    async expire(job: JobContext): Promise<void> {
      await job.forEach(await nextDue(job.ctx), async (ctx, { id, paymentId }) => {
        if (paymentId !== null) await expireOne(ctx, id, paymentId)
      })
    },
  }
}
