// Taking money for orders, and giving it back. The gateway decides; what is kept here follows it.
import type { Context, Output } from '@prognetwork/contracts'
import {
  amountExceeded,
  orderPaid,
  type paymentContract,
  paymentMissing,
  paymentUnfit,
} from '@prognetwork/contracts/payment'
import {
  type Audit,
  type Database,
  type EventPublisher,
  type Handlers,
  type JobContext,
  later,
  listPage,
  newId,
  onConstraint,
  type PlatformDoor,
  Problem,
  readCursor,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import type { Outcome, PaymentGateway } from '../gateways/gateway.ts'
import { createConvergence, type RefundNote } from './convergence.ts'
import { failureMessages } from './failure-messages.ts'
import {
  findByReference,
  findPayment,
  insertPayment,
  listPaymentsOf,
  listProcessing,
  listRefunds,
  lockPayment,
  type Payment,
} from './payments.store.ts'

type PaymentHandlers = Handlers<typeof paymentContract>
type Shown = Output<typeof paymentContract.operations.createPayment>

/** How long a gateway is given to say by itself what became of a payment. */
const patienceMs = 3_000
const lotSize = 200

export interface PaymentParts {
  readonly db: Database
  readonly platform: PlatformDoor
  readonly events: EventPublisher
  readonly audit: Audit
  readonly gateways: ReadonlyMap<string, PaymentGateway>
}

export function createPayments(parts: PaymentParts) {
  const { db, platform, events, audit, gateways } = parts
  const { begin, converge } = createConvergence(events)

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
    { id }: Payment,
    outcome: Outcome,
    end: {
      note?: RefundNote
      answer?: (payment: Payment) => ReturnType<Audit>[]
      isDone?: (payment: Payment) => boolean
    } = {},
  ): Promise<Payment> {
    return db.transaction(ctx, async (tx) => {
      const [before] = await tx.run(lockPayment(id))
      if (!before) return missing()
      if (end.isDone?.(before)) return before
      const charge = await outcome(tx)
      if (!charge) throw unfit(before)
      const { payment, statements } = await converge(ctx, before, charge, end.note)
      await tx.batch([...statements, ...(end.answer?.(payment) ?? [])])
      return payment
    })
  }

  const create: PaymentHandlers['createPayment'] = async (ctx, { body }) => {
    const { orderId, amount, method, capture } = body
    const gateway = gatewayOf(body.gateway)
    const id = newId()
    const takes = capture === 'automatic'
    const request = { paymentId: id, ...amount, method, takes }
    const { reference, card, outcome } = await gateway.authorize(ctx, request)
    return onConstraint(
      { payment_order: () => new Problem(orderPaid, 'Look at the payments of the order') },
      () =>
        db.transaction(ctx, async (tx) => {
          const charge = await outcome(tx)
          if (!charge) throw new Error(`${gateway.name} knows nothing of what it authorised`)
          const payment: Payment = {
            ...{ id, orderId, gateway: gateway.name, reference, ...amount, ...charge },
            ...{ cardBrand: card?.brand ?? null, cardLast4: card?.last4 ?? null },
            ...{ version: 1, createdAt: ctx.now, updatedAt: ctx.now },
          }
          const answer = shown(payment)
          await tx.batch([
            insertPayment(JSON.stringify(payment)),
            ...(await begin(ctx, payment)),
            ctx.answer(answer),
          ])
          return answer
        }),
    )
  }

  const capture: PaymentHandlers['capturePayment'] = async (ctx, { params, body }) => {
    const payment = await present(ctx, params.paymentId)
    if (payment.state !== 'authorized') throw unfit(payment)
    const { amountMinor = payment.amountMinor } = body
    if (amountMinor > payment.amountMinor) throw exceeded(payment.amountMinor)
    const outcome = await gatewayOf(payment.gateway).capture(ctx, payment.reference, amountMinor)
    return shown(
      await apply(ctx, payment, outcome, { answer: (after) => [ctx.answer(shown(after))] }),
    )
  }

  const voidIt: PaymentHandlers['voidPayment'] = async (ctx, { params }) => {
    const payment = await present(ctx, params.paymentId)
    if (isLetGo(payment)) return shown(payment)
    if (payment.state === 'captured') throw unfit(payment)
    const outcome = await gatewayOf(payment.gateway).voidIt(ctx, payment.reference)
    return shown(await apply(ctx, payment, outcome, { isDone: isLetGo }))
  }

  const refund: PaymentHandlers['refundPayment'] = async (ctx, { params, body }) => {
    const payment = await present(ctx, params.paymentId)
    if (payment.state !== 'captured') throw unfit(payment)
    const left = payment.capturedMinor - payment.refundedMinor
    const { amountMinor = left, reason } = body
    if (amountMinor > left || left === 0) throw exceeded(left)
    const note = { id: newId(), reason, madeBy: ctx.principal.subject }
    const answer = { ...note, paymentId: payment.id, amountMinor, createdAt: ctx.now }
    const outcome = await gatewayOf(payment.gateway).refund(ctx, payment.reference, amountMinor)
    await apply(ctx, payment, outcome, {
      note,
      answer: () => [
        audit(ctx, {
          action: 'payment.refunded',
          outcome: 'success',
          resource: `payment/${payment.id}`,
          detail: { amountMinor, currency: payment.currency, reason },
        }),
        ctx.answer(answer),
      ],
    })
    return answer
  }

  /** What is not taken yet is let go; what is taken goes back. */
  const giveBack: PaymentHandlers['returnPayment'] = async (ctx, { params, body }) => {
    const payment = await present(ctx, params.paymentId)
    if (payment.state !== 'captured') return voidIt(ctx, { params })
    const left = payment.capturedMinor - payment.refundedMinor
    if (isGivenBack(payment)) return shown(payment)
    const note = { id: newId(), reason: body.reason, madeBy: ctx.principal.subject }
    const outcome = await gatewayOf(payment.gateway).refund(ctx, payment.reference, left)
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

  /** Asks gateways again for what they did not know at once; one that fails holds up no other. */
  async function reconcile(job: JobContext): Promise<void> {
    const { ctx } = job
    const due = await platform.read(
      ctx,
      'ask gateways for payments under way',
      listProcessing(later(ctx.now, -patienceMs), lotSize),
    )
    await job.forEach(due, async (inTenant, { id }) => {
      const payment = await present(inTenant, id)
      const gateway = gatewayOf(payment.gateway)
      await apply(inTenant, payment, await gateway.retrieve(inTenant, payment.reference))
    })
  }

  return {
    create,
    capture,
    voidIt,
    refund,
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
  }
}

export type Payments = ReturnType<typeof createPayments>

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
