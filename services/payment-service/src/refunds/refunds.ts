// Giving money back. The gateway decides; what is kept here follows it.
import type { Context, Transaction } from '@prognetwork/contracts'
import {
  type paymentContract,
  paymentInDispute,
  paymentUnfit,
  refundTaken,
} from '@prognetwork/contracts/payment'
import {
  type Audit,
  type Database,
  type Handlers,
  newId,
  Problem,
  Unavailable,
} from '@prognetwork/shared-infrastructure'
import { type Conversation, exceeded, maxTries, missing, unfit } from '../payments/conversation.ts'
import { findPayment, findRefund, type Payment, type Refund } from '../payments/payments.store.ts'
import { shownPayment } from '../payments/shown-payment.ts'

type RefundHandlers = Handlers<typeof paymentContract>

export function createRefunds(parts: {
  readonly db: Database
  readonly audit: Audit
  readonly conversation: Conversation
  readonly voidIt: RefundHandlers['voidPayment']
}) {
  const { db, audit, voidIt } = parts
  const { gatewayOf, present, apply } = parts.conversation

  const refund: RefundHandlers['refundPayment'] = async (ctx, { params, body }) => {
    const endOf = (made: Refund) => [
      audit(ctx, {
        action: 'payment.refunded',
        outcome: 'success',
        resource: `payment/${made.paymentId}`,
        detail: { amountMinor: made.amountMinor, currency: payment.currency, reason: made.reason },
      }),
      ctx.answer(made),
    ]
    // Asked for again under its key it is the same refund, also where its answer was lost.
    const id = await ctx.effectId()
    const [payment, [before]] = await Promise.all([
      present(ctx, params.paymentId),
      db.read(ctx, findRefund(id)),
    ])
    if (before) {
      await db.batch(ctx, endOf(before))
      return before
    }
    if (payment.state !== 'captured' || payment.disputeState) throw unfit(payment)
    const left = leftOf(payment)
    const { amountMinor = left, reason } = body
    if (amountMinor > left || left === 0) throw exceeded(left)
    const note = { id, reason, madeBy: ctx.principal.subject }
    const given = { ...note, paymentId: payment.id, amountMinor, createdAt: ctx.now }
    const gateway = gatewayOf(payment.gateway)
    const outcome = await gateway.refund(ctx, payment, amountMinor, note)
    let made = given
    await apply(ctx, payment, outcome, {
      note,
      async answer(_, tx) {
        // The gateway may have told of it first.
        const [told] = await tx.run(findRefund(id))
        made = told ?? given
        return endOf(made)
      },
    })
    return made
  }

  async function madeBefore(ctx: Context, paymentId: string, id: string) {
    const [[found], [made]] = await db.readAll(ctx, [findPayment(paymentId), findRefund(id)])
    if (!found) return missing()
    if (made && made.paymentId !== paymentId) throw new Problem(refundTaken, 'Choose a new id')
    return { payment: found, made }
  }

  /** Where something else was given back meanwhile there is less left, and that is what is given. */
  const giveOnce: RefundHandlers['giveRefund'] = async (ctx, { params, body }) => {
    const { paymentId, refundId: id } = params
    const note = { id, reason: body.reason, madeBy: ctx.principal.subject }
    for (let tries = 0; tries < maxTries; tries++) {
      const { payment, made } = await madeBefore(ctx, paymentId, id)
      if (made) return { amountMinor: made.amountMinor }
      if (payment.state !== 'captured' || payment.disputeState === 'open') throw unfit(payment)
      const left = leftOf(payment)
      if (left === 0) return { amountMinor: 0 }
      const amountMinor = Math.min(left, body.atMostMinor)
      const outcome = await gatewayOf(payment.gateway).refund(ctx, payment, amountMinor, note)
      const isKept = async (tx: Transaction) => (await tx.run(findRefund(id))).length > 0
      await apply(ctx, payment, outcome, { note, isKept }).catch(unlessUnfit)
    }
    throw new Unavailable(`the payment ${paymentId}, of which much is given back at once,`)
  }

  /** What is not taken yet is let go; what is taken goes back. */
  const giveBack: RefundHandlers['returnPayment'] = async (ctx, { params, body }) => {
    const payment = await present(ctx, params.paymentId)
    if (payment.state !== 'captured') return voidIt(ctx, { params })
    if (payment.disputeState === 'open') throw unfit(payment)
    if (isGivenBack(payment)) return shownPayment(payment)
    const note = { id: newId(), reason: body.reason, madeBy: ctx.principal.subject }
    const outcome = await gatewayOf(payment.gateway).refund(ctx, payment, leftOf(payment), note)
    return shownPayment(await apply(ctx, payment, outcome, { note, isDone: isGivenBack }))
  }

  return { refund, giveOnce, giveBack }
}

/** What can be given back; nothing of what the payer's bank has taken back. */
function leftOf({ capturedMinor, refundedMinor, disputeState }: Payment): number {
  return disputeState === 'lost' ? 0 : capturedMinor - refundedMinor
}

function isGivenBack(payment: Payment): boolean {
  return payment.state === 'captured' && leftOf(payment) === 0
}

function unlessUnfit(error: unknown): void {
  const codes: readonly string[] = [paymentUnfit.code, paymentInDispute.code]
  if (!(error instanceof Problem && codes.includes(error.code))) throw error
}
