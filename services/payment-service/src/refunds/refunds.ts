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
  type PlatformDoor,
  Problem,
  Unavailable,
} from '@prognetwork/shared-infrastructure'
import type { AskedRefund, RefundNote } from '../gateways/gateway.ts'
import {
  CameToNothing,
  type Conversation,
  exceeded,
  maxTries,
  missing,
  unfit,
} from '../payments/conversation.ts'
import { findPayment, type Payment } from '../payments/payments.store.ts'
import { shownPayment } from '../payments/shown-payment.ts'
import {
  findAskedRefund,
  findRefund,
  intendRefund,
  type Refund,
  refuseRefund,
} from './refunds.store.ts'

type RefundHandlers = Handlers<typeof paymentContract>

export function createRefunds(parts: {
  readonly db: Database
  readonly platform: PlatformDoor
  readonly audit: Audit
  readonly conversation: Conversation
  readonly voidIt: RefundHandlers['voidPayment']
}) {
  const { db, platform, audit, voidIt } = parts
  const { gatewayOf, present, apply } = parts.conversation

  /** For what is kept before the answer is, and stays whatever that is. */
  const aside = (ctx: Context) =>
    platform.enter(ctx, ctx.scope.tenantId, 'keep what a gateway is asked for')

  /**
   * The sandbox keeps its books in the commit of the refund. Who is elsewhere is asked for what was
   * kept before, to the letter, for as long as it has not said no; nothing where it was given by now.
   */
  async function askedFor(
    ctx: Context,
    { id: paymentId, gateway }: Payment,
    amountMinor: number,
    { id, reason, madeBy }: RefundNote,
  ): Promise<AskedRefund | undefined> {
    const note = { id, reason, madeBy, amountMinor, attempt: 1 }
    if (!gatewayOf(gateway).isElsewhere) return note
    const [[kept]] = await db.batch(aside(ctx), [
      intendRefund(id, paymentId, amountMinor, reason, madeBy, ctx.now),
    ])
    return kept
  }

  /** The payment, and the refund of the id as far as it is known what became of it. */
  async function standing(ctx: Context, paymentId: string, id: string) {
    const before = await madeBefore(ctx, paymentId, id)
    if (before.made?.state !== 'asked') return before
    // It may have been given without anybody living to hear so, longer ago than a gateway remembers
    // what it was asked.
    const { payment } = before
    const outcome = await gatewayOf(payment.gateway).retrieve(ctx, payment)
    await apply(aside(ctx), payment, outcome)
    return madeBefore(ctx, paymentId, id)
  }

  async function madeBefore(ctx: Context, paymentId: string, id: string) {
    const [[found], [made]] = await db.readAll(ctx, [findPayment(paymentId), findRefund(id)])
    if (!found) return missing()
    if (made && made.paymentId !== paymentId) throw new Problem(refundTaken, 'Choose a new id')
    return { payment: found, made }
  }

  const refund: RefundHandlers['refundPayment'] = async (ctx, { params, body }) => {
    const endOf = (made: Refund) => [
      audit(ctx, {
        action: 'payment.refunded',
        outcome: 'success',
        resource: `payment/${made.paymentId}`,
        detail: { amountMinor: made.amountMinor, currency: payment.currency, reason: made.reason },
      }),
      ctx.answer(shownRefund(made)),
    ]
    // Asked for again under its key it is the same refund, also where its answer was lost.
    const id = await ctx.effectId()
    const { payment, made: before } = await standing(ctx, params.paymentId, id)
    if (before && isMade(before)) {
      await db.batch(ctx, endOf(before))
      return shownRefund(before)
    }
    const left = leftOf(payment)
    const isGone = payment.disputeState === 'lost' && left === 0
    if (payment.state !== 'captured' || payment.disputeState === 'open' || isGone)
      throw unfit(payment)
    const { amountMinor = left, reason } = body
    if (amountMinor > left || left === 0) throw exceeded(left)
    const note = { id, reason, madeBy: ctx.principal.subject }
    const asked = (await askedFor(ctx, payment, amountMinor, note)) ?? madeNow(id)
    const outcome = await gatewayOf(payment.gateway).refund(ctx, payment, asked)
    let made: Refund = {
      ...{ createdAt: ctx.now, ...asked, paymentId: payment.id },
      ...{ state: 'succeeded', reference: null, failure: null },
    }
    await apply(ctx, payment, outcome, {
      asked,
      whenRefused: [refuseRefund(id, asked.attempt)],
      async answer(_, tx) {
        // The gateway may have told of it first.
        const [told] = await tx.run(findRefund(id))
        if (told && isMade(told)) made = told
        return endOf(made)
      },
    })
    return shownRefund(made)
  }

  /** Where something else was given back meanwhile there is less left, and that is what is given. */
  const giveOnce: RefundHandlers['giveRefund'] = async (ctx, { params, body }) => {
    const { paymentId, refundId: id } = params
    const note = { id, reason: body.reason, madeBy: ctx.principal.subject }
    const isKept = async (tx: Transaction) =>
      (await tx.run(findRefund(id))).some((one) => one.state === 'succeeded')
    for (let tries = 0; tries < maxTries; tries++) {
      const { payment, made } = await standing(ctx, paymentId, id)
      if (made?.state === 'succeeded') return { amountMinor: made.amountMinor }
      if (payment.state !== 'captured' || payment.disputeState === 'open') throw unfit(payment)
      const left = leftOf(payment)
      if (left === 0) return { amountMinor: 0 }
      const asked = await askedFor(ctx, payment, Math.min(left, body.atMostMinor), note)
      if (!asked) continue
      const outcome = await gatewayOf(payment.gateway).refund(ctx, payment, asked)
      const whenRefused = [refuseRefund(id, asked.attempt)]
      await apply(ctx, payment, outcome, { asked, isKept, whenRefused }).catch(unlessUnfit)
    }
    throw new Unavailable(`the payment ${paymentId}, of which much is given back at once,`)
  }

  /**
   * What is not taken yet is let go; what is taken goes back, all of it: what somebody asked for and
   * did not hear of may have been given by then, or may not.
   */
  const giveBack: RefundHandlers['returnPayment'] = async (ctx, { params, body }) => {
    const madeBy = ctx.principal.subject
    for (let tries = 0; tries < maxTries; tries++) {
      const payment = await present(ctx, params.paymentId)
      if (payment.state !== 'captured') return voidIt(ctx, { params })
      if (payment.disputeState === 'open') throw unfit(payment)
      if (isGivenBack(payment)) return shownPayment(payment)
      const left = leftOf(payment)
      const [before] = await db.read(ctx, findAskedRefund(payment.id, madeBy, left))
      const note = { id: before?.id ?? newId(), reason: body.reason, madeBy }
      const asked = await askedFor(ctx, payment, left, note)
      if (!asked) continue
      const outcome = await gatewayOf(payment.gateway).refund(ctx, payment, asked)
      const whenRefused = [refuseRefund(asked.id, asked.attempt)]
      const ends = { asked, isDone: isGivenBack, whenRefused }
      await apply(ctx, payment, outcome, ends).catch(unlessUnfit)
    }
    throw new Unavailable(`the payment ${params.paymentId}, of which much is given back at once,`)
  }

  return { refund, giveOnce, giveBack }
}

/** A refund that was made, in the form of its contract. */
export function shownRefund({ reference: _, attempt: __, state, ...refund }: Refund) {
  return { ...refund, state: state === 'failed' ? ('failed' as const) : ('succeeded' as const) }
}

/** What can be given back; nothing of what the payer's bank has taken back. */
function leftOf({ capturedMinor, refundedMinor, withdrawnMinor }: Payment): number {
  return Math.max(0, capturedMinor - refundedMinor - withdrawnMinor)
}

function isGivenBack(payment: Payment): boolean {
  return payment.state === 'captured' && leftOf(payment) === 0
}

function madeNow(id: string): never {
  throw new Unavailable(`the refund ${id}, which is made at this moment,`)
}

function unlessUnfit(error: unknown): void {
  const codes: readonly string[] = [paymentUnfit.code, paymentInDispute.code]
  const isUnfit = error instanceof Problem && codes.includes(error.code)
  if (!isUnfit || error instanceof CameToNothing) throw error
}

/** It is known that it was given, whatever became of it after. */
export function isMade({ state }: Refund): boolean {
  return state === 'succeeded' || state === 'failed'
}
