// Taking money for orders. The gateway decides; what is kept here follows it.
import type { Context, Statement } from '@prognetwork/contracts'
import type { paymentContract } from '@prognetwork/contracts/payment'
import {
  type Audit,
  createTurns,
  type Database,
  type EventPublisher,
  type Handlers,
  type JobContext,
  later,
  listPage,
  type PlatformDoor,
  readCursor,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import type { Outcome, PaymentGateway } from '../gateways/gateway.ts'
import { listRefunds } from '../refunds/refunds.store.ts'
import { createRefunds, isMade, shownRefund } from '../refunds/refunds.ts'
import { createAdmission } from './admission.ts'
import { createConvergence } from './convergence.ts'
import { createConversation, exceeded, missing, unfit } from './conversation.ts'
import {
  findByReference,
  findPayment,
  listPaymentsOf,
  listProcessing,
  type Payment,
} from './payments.store.ts'
import { shownPayment } from './shown-payment.ts'

type PaymentHandlers = Handlers<typeof paymentContract>

/** How long a gateway is given to say by itself what became of a payment. */
const patienceMs = 60_000
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
  const { find, admit } = createAdmission({ db, begin })
  const conversation = createConversation({ db, platform, gateways, converge })
  const { gatewayOf, present, apply } = conversation
  const asked = [...gateways.values()].filter((one) => !one.isElsewhere).map(({ name }) => name)

  const create: PaymentHandlers['createPayment'] = async (ctx, { params, body }) => {
    const { paymentId } = params
    const { orderId, amount, method } = body
    const gateway = gatewayOf(body.gateway)
    const wanted = { id: paymentId, orderId, ...amount }
    const found = gateway.isElsewhere ? await find(ctx, wanted) : undefined
    if (found) return shownPayment(found)
    const takes = body.capture === 'automatic'
    const request = { paymentId, orderId, ...amount, method, takes }
    return shownPayment(await admit(ctx, gateway, wanted, await gateway.authorize(ctx, request)))
  }

  const capture: PaymentHandlers['capturePayment'] = async (ctx, { params, body }) => {
    const payment = await present(ctx, params.paymentId)
    if (payment.state !== 'authorized') throw unfit(payment)
    const { amountMinor = payment.amountMinor } = body
    if (amountMinor > payment.amountMinor) throw exceeded(payment.amountMinor)
    const outcome = await gatewayOf(payment.gateway).capture(ctx, payment, amountMinor)
    return shownPayment(
      await apply(ctx, payment, outcome, { answer: (after) => [ctx.answer(shownPayment(after))] }),
    )
  }

  const voidIt: PaymentHandlers['voidPayment'] = async (ctx, { params }) => {
    const payment = await present(ctx, params.paymentId)
    if (isLetGo(payment)) return shownPayment(payment)
    if (payment.state === 'captured') throw unfit(payment)
    const outcome = await gatewayOf(payment.gateway).voidIt(ctx, payment)
    return shownPayment(await apply(ctx, payment, outcome, { isDone: isLetGo }))
  }

  const readOutcome: PaymentHandlers['readOutcome'] = async (ctx, { params }) =>
    shownPayment(await present(ctx, params.paymentId))

  const read: PaymentHandlers['readPayment'] = async (ctx, { params }) => {
    const [[found], refunds] = await db.readAll(ctx, [
      findPayment(params.paymentId),
      listRefunds(params.paymentId),
    ])
    return found
      ? { ...shownPayment(found), refunds: refunds.filter(isMade).map(shownRefund) }
      : missing()
  }

  const list: PaymentHandlers['listPayments'] = async (ctx, { query }) => {
    const [before = null] = readCursor(query.after, z.tuple([z.uuid()])) ?? []
    const { orderId = null, state = null, limit } = query
    const rows = await db.read(ctx, listPaymentsOf(orderId, state, before, limit + 1))
    const { items, next } = listPage(rows, limit, (row) => [row.id])
    return { items: items.map(shownPayment), next }
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
    ...createRefunds({ db, platform, audit, conversation, voidIt }),
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
    /** It was decided at a gateway what becomes of a dispute. */
    async decided(ctx: Context, paymentId: string, outcome: Outcome, more: readonly Statement[]) {
      await apply(ctx, await present(ctx, paymentId), outcome, { answer: () => more })
    },
    /** Keeps a payment whose answer was lost, as its gateway knows it. */
    adopt: admit,
  }
}

export type Payments = ReturnType<typeof createPayments>

/** What failed holds nothing that could be let go. */
function isLetGo({ state }: Payment): boolean {
  return state === 'voided' || state === 'failed'
}
