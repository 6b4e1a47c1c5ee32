// Taking money for orders, and giving it back. The gateway decides; what is kept here follows it.
import type { Context, Output, Transaction } from '@prognetwork/contracts'
import {
  amountExceeded,
  type paymentContract,
  paymentMissing,
  paymentUnfit,
  refundTaken,
} from '@prognetwork/contracts/payment'
import {
  type Audit,
  createTurns,
  type Database,
  type EventPublisher,
  type Handlers,
  type JobContext,
  later,
  listPage,
  newId,
  type PlatformDoor,
  Problem,
  readCursor,
  Unavailable,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import type {
  Charge,
  NotedRefund,
  Outcome,
  PaymentGateway,
  RefundNote,
} from '../gateways/gateway.ts'
import { createAdmission } from './admission.ts'
import { createConvergence } from './convergence.ts'
import { failureMessages } from './failure-messages.ts'
import {
  findByReference,
  findPayment,
  findRefund,
  listKnownRefunds,
  listPaymentsOf,
  listProcessing,
  listRefunds,
  lockPayment,
  type Payment,
  type Refund,
} from './payments.store.ts'

type PaymentHandlers = Handlers<typeof paymentContract>
type Shown = Output<typeof paymentContract.operations.createPayment>

/** How long a gateway is given to say by itself what became of a payment. */
const patienceMs = 60_000
const lotSize = 200
/** So often is a gateway asked again while others keep what it told them. */
const maxTries = 5

export interface PaymentParts {
  readonly db: Database
  readonly platform: PlatformDoor
  readonly events: EventPublisher
  readonly audit: Audit
  readonly gateways: ReadonlyMap<string, PaymentGateway>
}

type Answer = readonly ReturnType<Audit>[]

interface End {
  readonly note?: RefundNote
  readonly answer?: ((payment: Payment, tx: Transaction) => Answer | Promise<Answer>) | undefined
  readonly isDone?: (payment: Payment) => boolean
  /** The same of what is looked for under the lock. */
  readonly isKept?: (tx: Transaction) => Promise<boolean>
}

/** Something was kept since that was read of which a gateway spoke. */
class Outdated extends Error {}

function unlessOutdated(error: unknown): undefined {
  if (!(error instanceof Outdated)) throw error
}

function unlessUnfit(error: unknown): void {
  if (!(error instanceof Problem && error.code === paymentUnfit.code)) throw error
}

export function createPayments(parts: PaymentParts) {
  const { db, platform, events, audit, gateways } = parts
  const { begin, converge } = createConvergence(events)
  const { find, admit } = createAdmission({ db, begin })
  const asked = [...gateways.values()].filter((one) => !one.isElsewhere).map(({ name }) => name)

  function gatewayOf(name: string): PaymentGateway {
    const gateway = gateways.get(name)
    if (!gateway) throw new Error(`there is no gateway ${name}`)
    return gateway
  }

  async function present(ctx: Context, id: string): Promise<Payment> {
    const [found] = await db.read(ctx, findPayment(id))
    return found ?? missing()
  }

  /** Has the gateway do something, and keeps what it says; nothing of what is done meanwhile. */
  async function apply(
    ctx: Context,
    asked: Payment,
    outcome: Outcome,
    end: End = {},
  ): Promise<Payment> {
    const isRefusal = typeof outcome !== 'function' && outcome.isRefusal
    // What is learnt from a refusal is kept, and is not the answer to what was asked for.
    const [own, ends] = isRefusal
      ? [
          platform.enter(ctx, ctx.scope.tenantId, 'a gateway refused'),
          { ...end, answer: undefined },
        ]
      : [ctx, end]
    let [known, said] = [asked, outcome]
    for (let tries = 0; tries < maxTries; tries++) {
      const payment = await keep(own, known, said, ends).catch(unlessOutdated)
      if (payment && isRefusal && !end.isDone?.(payment)) throw unfit(payment)
      if (payment) return payment
      known = await present(ctx, asked.id)
      said = await gatewayOf(known.gateway).retrieve(ctx, known)
    }
    throw new Unavailable(`the payment ${asked.id}, of which much is told at once,`)
  }

  function keep(ctx: Context, known: Payment, outcome: Outcome, end: End) {
    return db.transaction(ctx, async (tx) => {
      const [before] = await tx.run(lockPayment(known.id))
      if (!before) return missing()
      if (end.isDone?.(before) || (await end.isKept?.(tx))) return before
      if (typeof outcome !== 'function' && before.version !== known.version) throw new Outdated()
      const charge = typeof outcome === 'function' ? await outcome(tx) : outcome.charge
      if (!charge) throw unfit(before)
      const notes = await notesOf(tx, before, charge, end.note)
      const { payment, statements } = await converge(ctx, before, charge, notes)
      const answer = (await end.answer?.(payment, tx)) ?? []
      await tx.batch([...statements, ...answer])
      return payment
    })
  }

  const create: PaymentHandlers['createPayment'] = async (ctx, { params, body }) => {
    const { paymentId } = params
    const { orderId, amount, method } = body
    const gateway = gatewayOf(body.gateway)
    const wanted = { id: paymentId, orderId, ...amount }
    const found = gateway.isElsewhere ? await find(ctx, wanted) : undefined
    if (found) return shown(found)
    const takes = body.capture === 'automatic'
    const request = { paymentId, orderId, ...amount, method, takes }
    return shown(await admit(ctx, gateway, wanted, await gateway.authorize(ctx, request)))
  }

  const capture: PaymentHandlers['capturePayment'] = async (ctx, { params, body }) => {
    const payment = await present(ctx, params.paymentId)
    if (payment.state !== 'authorized') throw unfit(payment)
    const { amountMinor = payment.amountMinor } = body
    if (amountMinor > payment.amountMinor) throw exceeded(payment.amountMinor)
    const outcome = await gatewayOf(payment.gateway).capture(ctx, payment, amountMinor)
    return shown(
      await apply(ctx, payment, outcome, { answer: (after) => [ctx.answer(shown(after))] }),
    )
  }

  const voidIt: PaymentHandlers['voidPayment'] = async (ctx, { params }) => {
    const payment = await present(ctx, params.paymentId)
    if (isLetGo(payment)) return shown(payment)
    if (payment.state === 'captured') throw unfit(payment)
    const outcome = await gatewayOf(payment.gateway).voidIt(ctx, payment)
    return shown(await apply(ctx, payment, outcome, { isDone: isLetGo }))
  }

  const refund: PaymentHandlers['refundPayment'] = async (ctx, { params, body }) => {
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
    if (payment.state !== 'captured') throw unfit(payment)
    const left = payment.capturedMinor - payment.refundedMinor
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
  const giveOnce: PaymentHandlers['giveRefund'] = async (ctx, { params, body }) => {
    const { paymentId, refundId: id } = params
    const note = { id, reason: body.reason, madeBy: ctx.principal.subject }
    for (let tries = 0; tries < maxTries; tries++) {
      const { payment, made } = await madeBefore(ctx, paymentId, id)
      if (made) return { amountMinor: made.amountMinor }
      if (payment.state !== 'captured') throw unfit(payment)
      const left = payment.capturedMinor - payment.refundedMinor
      if (left === 0) return { amountMinor: 0 }
      const amountMinor = Math.min(left, body.atMostMinor)
      const outcome = await gatewayOf(payment.gateway).refund(ctx, payment, amountMinor, note)
      const isKept = async (tx: Transaction) => (await tx.run(findRefund(id))).length > 0
      await apply(ctx, payment, outcome, { note, isKept }).catch(unlessUnfit)
    }
    throw new Unavailable(`the payment ${paymentId}, of which much is given back at once,`)
  }

  /** What is not taken yet is let go; what is taken goes back. */
  const giveBack: PaymentHandlers['returnPayment'] = async (ctx, { params, body }) => {
    const payment = await present(ctx, params.paymentId)
    if (payment.state !== 'captured') return voidIt(ctx, { params })
    const left = payment.capturedMinor - payment.refundedMinor
    if (isGivenBack(payment)) return shown(payment)
    const note = { id: newId(), reason: body.reason, madeBy: ctx.principal.subject }
    const outcome = await gatewayOf(payment.gateway).refund(ctx, payment, left, note)
    return shown(await apply(ctx, payment, outcome, { note, isDone: isGivenBack }))
  }

  const readOutcome: PaymentHandlers['readOutcome'] = async (ctx, { params }) =>
    shown(await present(ctx, params.paymentId))

  const read: PaymentHandlers['readPayment'] = async (ctx, { params }) => {
    const [[found], refunds] = await db.readAll(ctx, [
      findPayment(params.paymentId),
      listRefunds(params.paymentId),
    ])
    return found ? { ...shown(found), refunds } : missing()
  }

  const list: PaymentHandlers['listPayments'] = async (ctx, { query }) => {
    const [before = null] = readCursor(query.after, z.tuple([z.uuid()])) ?? []
    const { orderId = null, state = null, limit } = query
    const rows = await db.read(ctx, listPaymentsOf(orderId, state, before, limit + 1))
    const { items, next } = listPage(rows, limit, (row) => [row.id])
    return { items: items.map(shown), next }
  }

  async function lookAgain(ctx: Context, payment: Payment): Promise<Payment> {
    const outcome = await gatewayOf(payment.gateway).retrieve(ctx, payment)
    return apply(ctx, payment, outcome)
  }

  const nextDue = createTurns(lotSize, (ctx, after, limit) => {
    const before = later(ctx.now, -patienceMs)
    const reason = 'ask gateways for payments under way'
    return platform.read(ctx, reason, listProcessing(asked, before, after, limit))
  })

  /** Asks again for what no webhook brought; one that fails holds up no other. */
  async function reconcile(job: JobContext): Promise<void> {
    await job.forEach(await nextDue(job.ctx), async (inTenant, { id }) => {
      await lookAgain(inTenant, await present(inTenant, id))
    })
  }

  return {
    create,
    capture,
    voidIt,
    refund,
    giveOnce,
    giveBack,
    readOutcome,
    read,
    list,
    reconcile,
    /** A gateway has something to say about a payment that it knows by its own reference. */
    async heard(ctx: Context, gateway: string, reference: string, outcome: Outcome) {
      const [payment] = await db.read(ctx, findByReference(gateway, reference))
      return apply(ctx, payment ?? missing(), outcome)
    },
    /**
     * Something happened at a gateway elsewhere, which is asked what is true by now. Nothing when
     * the payment is not known.
     */
    async happened(ctx: Context, gateway: string, reference: string) {
      const [payment] = await db.read(ctx, findByReference(gateway, reference))
      return payment && lookAgain(ctx, payment)
    },
    /** Keeps a payment whose answer was lost, as its gateway knows it. */
    adopt: admit,
  }
}

export type Payments = ReturnType<typeof createPayments>

/** The notes of refunds that are not kept yet. */
async function notesOf(
  tx: Transaction,
  before: Payment,
  charge: Charge,
  note: RefundNote | undefined,
): Promise<readonly NotedRefund[]> {
  const amountMinor = charge.refundedMinor - before.refundedMinor
  if (amountMinor <= 0) return []
  const { notedRefunds } = charge
  if (!notedRefunds) return note ? [{ ...note, amountMinor }] : []
  const rows = await tx.run(listKnownRefunds(notedRefunds.map(({ id }) => id)))
  const known = new Set(rows.map(({ id }) => id))
  return notedRefunds.filter(({ id }) => !known.has(id))
}

function shown(payment: Payment): Shown {
  const { id, orderId, gateway, state, capturedMinor, refundedMinor } = payment
  const { amountMinor, currency, cardBrand, cardLast4, failureCode, actionUrl } = payment
  return {
    ...{ id, orderId, gateway, state, capturedMinor, refundedMinor, actionUrl },
    amount: { amountMinor, currency },
    card: cardBrand && cardLast4 ? { brand: cardBrand, last4: cardLast4 } : null,
    failure: failureCode && { code: failureCode, message: failureMessages[failureCode] },
    createdAt: payment.createdAt,
    updatedAt: payment.updatedAt,
  }
}

/** What failed holds nothing that could be let go. */
function isLetGo({ state }: Payment): boolean {
  return state === 'voided' || state === 'failed'
}

function isGivenBack({ state, capturedMinor, refundedMinor }: Payment): boolean {
  return state === 'captured' && capturedMinor === refundedMinor
}

function missing(): never {
  throw new Problem(paymentMissing, 'No payment has this id')
}

function unfit({ state }: Payment): Problem {
  return new Problem(paymentUnfit, `It is ${state}`)
}

function exceeded(leftMinor: number): Problem {
  return new Problem(amountExceeded, `There are ${leftMinor} left`, {
    errors: [
      { pointer: '/body/amountMinor', expected: `at most ${leftMinor}`, detail: 'It is more' },
    ],
  })
}
