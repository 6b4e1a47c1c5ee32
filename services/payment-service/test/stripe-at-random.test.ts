// Whatever is done, and whatever becomes of requests and webhooks on their way, ours is what Stripe
// has in the end, and the ledger says the same.
import { randomUUID } from 'node:crypto'
import { paymentContract } from '@prognetwork/contracts/payment'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Mishap } from './stripe-server.ts'
import { openStripeShop, type StripeShop } from './stripe-shop.ts'

const { capturePayment, createPayment, readBalances, refundPayment, voidPayment } =
  paymentContract.operations

let stripe: StripeShop
beforeAll(async () => {
  stripe = await openStripeShop({ stripeSeconds: 1 })
})
afterAll(() => stripe?.stop())

const operations = 80
const atOnce = 4
const kinds = [
  ...(['pay', 'hold', 'capture', 'void', 'refund', 'answer', 'refund there'] as const),
  ...(['dispute there', 'decide there', 'refund fails there'] as const),
]
const methods = [
  ...(['pm_card_visa', 'pm_card_visa', 'pm_card_visa_chargeDeclined'] as const),
  ...(['pm_card_threeDSecureRequired', 'pm_later'] as const),
]
const mishaps: readonly (Mishap | undefined)[] = [
  ...[undefined, undefined, undefined, undefined, undefined, undefined, undefined],
  ...(['broken', 'broken', 'answer lost'] as const),
]
const posts: readonly (readonly number[])[] = [[], [], [0], [5], [300], [0, 150], [200, 0, 90]]

const step = fc.record({
  kind: fc.constantFrom(...kinds),
  method: fc.constantFrom(...methods),
  amountMinor: fc.integer({ min: 50, max: 5_000 }),
  aim: fc.nat(),
})
type Step = ReturnType<(typeof step)['generate']>['value']

async function carryOut(one: Step, made: string[]): Promise<void> {
  const { kind, method, amountMinor } = one
  const { orders, shop, server } = stripe
  const paymentId = made[one.aim % Math.max(1, made.length)]
  if (kind === 'pay' || kind === 'hold' || paymentId === undefined) {
    const id = randomUUID()
    made.push(id)
    const amount = { amountMinor: amountMinor * 2, currency: 'EUR' }
    const capture = kind === 'hold' ? 'manual' : 'automatic'
    await orders.call(shop.id, createPayment, {
      params: { paymentId: id },
      body: { orderId: randomUUID(), amount, method, gateway: 'stripe', capture },
    })
    return
  }
  const params = { paymentId }
  const there = server.books.all()[one.aim % Math.max(1, server.books.all().length)]
  if (kind === 'capture')
    await orders.call(shop.id, capturePayment, { params, body: { amountMinor } })
  else if (kind === 'void') await orders.call(shop.id, voidPayment, { params })
  else if (kind === 'refund') {
    const body = { amountMinor, reason: 'At random' }
    const { status } = await shop.staff.call(refundPayment, { params, body })
    expect([201, 404, 409, 422, 503]).toContain(status)
  } else if (kind === 'answer' && there?.status === 'requires_action')
    server.books.answer(there.id, one.aim % 3 !== 0)
  else if (kind === 'answer' && there?.status === 'processing') server.books.settle(there.id)
  else if (kind === 'refund there' && there?.status === 'succeeded') giveBackThere(there.id)
  else if (kind === 'dispute there' && there) disputeThere(there.id)
  else if (kind === 'refund fails there' && there) failThere(there.id, one.aim)
  else if (kind === 'decide there') decideThere(one.aim)
}

function failThere(id: string, aim: number): void {
  // Not the part that was never taken, which is no refund to anybody.
  const given = server()
    .refundsOf(id)
    .filter((one) => one.metadata?.refund !== undefined)
  const one = given[aim % Math.max(1, given.length)]
  if (one) server().failRefund(id, one.id)
}

function disputeThere(id: string): void {
  if (
    server()
      .disputes()
      .some((one) => one.payment_intent === id)
  )
    return
  server().dispute(id, 'needs_response')
}

function decideThere(aim: number): void {
  const open = server()
    .disputes()
    .filter((one) => one.status === 'needs_response')
  const one = open[aim % Math.max(1, open.length)]
  if (one) server().endDispute(String(one.payment_intent), aim % 2 ? 'won' : 'lost')
}

const server = () => stripe.server.books

/** Somebody gives money back at Stripe itself, of which one may hear by chance only. */
function giveBackThere(id: string): void {
  const { latest_charge: charge } = stripe.server.books.read(id)
  if (charge === null || typeof charge === 'string' || charge.amount - charge.amount_refunded < 50)
    return
  if (charge.disputed) return
  stripe.server.books.refund(new URLSearchParams({ payment_intent: id, amount: '50' }))
}

/** What Stripe has, in the words in which it is kept here. */
function truth() {
  return stripe.server.books
    .all()
    .map((intent) => {
      const { latest_charge: charge, status, amount_received: received } = intent
      const of = charge !== null && typeof charge !== 'string' ? charge : undefined
      const released = of && status === 'succeeded' ? of.amount - received : 0
      const refunded = of ? of.amount_refunded - released : 0
      return [intent.metadata.payment, status, received, refunded]
    })
    .sort()
}

const statuses: Readonly<Record<string, string>> = {
  ...{ captured: 'succeeded', authorized: 'requires_capture', voided: 'canceled' },
  ...{ failed: 'requires_payment_method', requires_action: 'requires_action' },
  processing: 'processing',
}

async function kept() {
  const { rows } = await stripe.platform.sql.query(
    `select id, state, captured_minor::int as captured, refunded_minor::int as refunded
     from payment_service.payment`,
  )
  return rows
    .map(({ id, state, captured, refunded }) => [id, statuses[state], captured, refunded])
    .sort()
}

test('eighty operations at random, by broken lines, come to what Stripe has', async () => {
  const seed = Date.now()
  const steps = fc.sample(step, { numRuns: operations, seed })
  const chances = fc.sample(fc.nat(), { numRuns: 10_000, seed })
  const chance = <One>(among: readonly One[]) => among[(chances.pop() ?? 0) % among.length]
  stripe.server.befall(() => chance(mishaps))
  stripe.posting(() => chance(posts) ?? [])
  const made: string[] = []
  let unheard = 0
  const worker = async () => {
    for (let one = steps.pop(); one; one = steps.pop())
      await carryOut(one, made).catch((error: { code?: string; name?: string }) => {
        if (error.name === 'Unavailable') unheard += 1
        else if (!error.code?.startsWith('payment.')) throw error
      })
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  await stripe.allSent()
  stripe.server.befall(() => undefined)
  for (let rounds = 0; rounds < 2; rounds++) {
    stripe.platform.clock.advance(5 * 60_000)
    await stripe.platform.runJob('payment-service', 'follow-stripe')
  }

  expect(truth().length, `seed ${seed}`).toBeGreaterThan(5)
  expect(await kept(), `seed ${seed}, ${unheard} not answered`).toEqual(truth())
  const { body } = await stripe.shop.staff.call(readBalances, {})
  const balanceOf = (account: string) =>
    body.items.find((one) => one.account === account)?.balanceMinor ?? 0
  const sum = (at: 2 | 3) => truth().reduce((total, one) => total + Number(one[at]), 0)
  expect(balanceOf('sales')).toBe(-sum(2))
  expect(balanceOf('refunds')).toBe(sum(3))
  const disputed = server().disputes()
  const cost = disputed.map(({ status, amount }) => (status === 'won' ? 0 : amount))
  const lost = cost.reduce((total, one) => total + one, 0)
  const fees = disputed.length * 1_500
  expect(balanceOf('disputes')).toBe(lost)
  expect(balanceOf('fees')).toBe(fees)
  expect(balanceOf('gateway.stripe')).toBe(sum(2) - sum(3) - lost - fees)
}, 120_000)
