// Payers have their banks take money back: what is posted, told and shown then, and what is not given
// back besides.
import { randomUUID } from 'node:crypto'
import { orderContract } from '@prognetwork/contracts/order'
import { paymentContract } from '@prognetwork/contracts/payment'
import { productContract } from '@prognetwork/contracts/product'
import { newId } from '@prognetwork/shared-infrastructure'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { cards } from './cards.ts'
import { openStripeShop, type StripeShop } from './stripe-shop.ts'

const { capturePayment, createPayment, decideDispute, giveRefund, listDisputes } =
  paymentContract.operations
const { listTransfers, readDispute, readPayment, refundPayment, returnPayment } =
  paymentContract.operations
const { checkOut, createCart, lookUpOrder, readOrder, setCartLine } = orderContract.operations
const { createProduct } = productContract.operations

let stripe: StripeShop
beforeAll(async () => {
  stripe = await openStripeShop({ stripeSeconds: 1 })
})
afterAll(() => stripe?.stop())
beforeEach(() => stripe.posting(() => [0, 30]))

type Wanted = Partial<{
  paymentId: string
  gateway: 'sandbox' | 'stripe'
  capture: 'automatic' | 'manual'
}>
function pay({ paymentId = newId(), gateway = 'sandbox', capture = 'automatic' }: Wanted = {}) {
  const method = gateway === 'stripe' ? 'pm_card_visa' : cards.disputed
  const amount = { amountMinor: 2_500, currency: 'EUR' }
  return stripe.orders.call(stripe.shop.id, createPayment, {
    params: { paymentId },
    body: { orderId: randomUUID(), amount, gateway, method, capture },
  })
}
const disputesOf = async (paymentId: string) =>
  (await stripe.shop.staff.call(listDisputes, { query: { paymentId } })).body.items
async function sandboxTells(afterMs = 5_000) {
  stripe.platform.clock.advance(afterMs)
  await stripe.platform.runJob('payment-service', 'post-sandbox')
}
const becomes = async (paymentId: string, state: string) => {
  await expect
    .poll(async () => (await disputesOf(paymentId)).map((one) => one.state), { timeout: 15_000 })
    .toEqual([state])
  const [found] = await disputesOf(paymentId)
  if (!found) throw new Error('it is gone')
  return found
}
const movedOf = async (paymentId: string) => {
  const { body } = await stripe.shop.staff.call(listTransfers, { query: { paymentId } })
  return body.items
    .map(({ kind, debit, credit, amountMinor }) => `${kind} ${debit} ${credit} ${amountMinor}`)
    .toSorted()
}
const read = async (paymentId: string) =>
  (await stripe.shop.staff.call(readPayment, { params: { paymentId } })).body
const giveBack = (paymentId: string, amountMinor = 100) =>
  stripe.shop.staff.call(refundPayment, { params: { paymentId }, body: { amountMinor } })
const give = (paymentId: string) =>
  stripe.orders.call(stripe.shop.id, giveRefund, {
    params: { paymentId, refundId: randomUUID() },
    body: { atMostMinor: 100, reason: 'It came back' },
  })
const goBack = (paymentId: string) =>
  stripe.orders.call(stripe.shop.id, returnPayment, {
    params: { paymentId },
    body: { reason: 'It was called off' },
  })
const decide = (disputeId: string, outcome: 'won' | 'lost') =>
  stripe.shop.staff.call(decideDispute, { params: { disputeId }, body: { outcome } })
const referenceOf = async (paymentId: string): Promise<string> => {
  const { rows } = await stripe.platform.sql.query(
    'select reference from payment_service.payment where id = $1',
    [paymentId],
  )
  return rows[0].reference
}
const eventsOf = async (paymentId: string): Promise<string[]> => {
  const { rows } = await stripe.platform.sql.query(
    'select type from every_event where tenant_id = $1 and key = $2 order by seq',
    [stripe.shop.id, paymentId],
  )
  return rows.map((row) => row.type)
}

async function order() {
  const { shop } = stripe
  const product = await shop.staff.call(createProduct, {
    body: {
      ...{ title: 'A pot', status: 'active' },
      variants: [{ onHand: 10, prices: [{ amountMinor: 2_500, currency: 'EUR' }] }],
    },
  })
  const variantId = product.body.variants[0]?.id ?? ''
  const cart = await shop.shopper.call(createCart, { body: { currency: 'EUR' } })
  await shop.shopper.call(setCartLine, {
    params: { cartId: cart.body.id, variantId },
    body: { quantity: 1 },
  })
  const shippingAddress = { name: 'Ada', lines: ['1 Street'], city: 'London', country: 'GB' }
  const { body } = await shop.shopper.call(checkOut, {
    body: {
      ...{ cartId: cart.body.id, email: 'ada@example.com', shippingAddress },
      paymentMethod: cards.disputed,
    },
  })
  return { orderId: body.id, key: body.key, paymentId: body.paymentId ?? '' }
}

const withdrawn = [
  'capture gateway.sandbox sales 2500',
  'dispute disputes gateway.sandbox 2500',
  'fee fees gateway.sandbox 1500',
]

describe('in the sandbox', () => {
  test('a dispute takes the money, stands in the history, and gives it back when it is won', async () => {
    const { orderId, key, paymentId } = await order()
    await sandboxTells()
    const opened = await becomes(paymentId, 'needs_response')
    expect(opened).toMatchObject({
      ...{ orderId, reason: 'fraudulent', closedAt: null },
      ...{ amount: { amountMinor: 2_500 }, withdrawn: { amountMinor: 2_500 } },
      ...{ reinstated: { amountMinor: 0 }, fee: { amountMinor: 1_500, currency: 'EUR' } },
    })
    const days = Date.parse(opened.evidenceDueAt ?? '') - Date.parse(opened.openedAt)
    expect(days).toBe(7 * 86_400_000)
    expect((await read(paymentId)).dispute).toBe('open')
    expect(await movedOf(paymentId)).toEqual(withdrawn)

    const refused = await giveBack(paymentId)
    expect([refused.status, refused.problem.code]).toEqual([409, 'payment.payment_in_dispute'])
    const inDispute = { code: 'payment.payment_in_dispute' }
    await expect(give(paymentId)).rejects.toMatchObject(inDispute)
    await expect(goBack(paymentId)).rejects.toMatchObject(inDispute)

    const won = await decide(opened.id, 'won')
    expect(won.body).toMatchObject({ state: 'won', reinstated: { amountMinor: 2_500 } })
    expect(won.body.closedAt).not.toBeNull()
    expect((await read(paymentId)).dispute).toBeNull()
    expect(await movedOf(paymentId)).toEqual(
      [...withdrawn, 'dispute_reversal gateway.sandbox disputes 2500'].toSorted(),
    )
    expect((await giveBack(paymentId)).status).toBe(201)
    expect(await eventsOf(paymentId)).toEqual([
      ...['payment.captured', 'payment.disputed', 'payment.dispute_closed', 'payment.refunded'],
    ])

    const history = async () => {
      const { body } = await stripe.shop.staff.call(readOrder, { params: { orderId }, query: {} })
      return body.history.map(({ state, note }) => [state, note])
    }
    const noted = [
      ['awaiting_payment', null],
      ['paid', null],
      ['paid', "The payer's bank disputes the payment: fraudulent"],
      ['paid', 'The dispute of the payment was won'],
    ]
    await expect.poll(history).toEqual(noted)
    const { body } = await stripe.shop.shopper.call(lookUpOrder, { params: { key } })
    // What its bank says is for the shop alone.
    expect([body.state, body.reason]).toEqual(['paid', null])
    expect(body.history.map((one) => one.state)).toEqual(['awaiting_payment', 'paid'])
  })

  test('one that is lost leaves nothing to be given back', async () => {
    const { id } = await pay()
    await sandboxTells()
    const opened = await becomes(id, 'needs_response')
    const ends = await Promise.all([decide(opened.id, 'lost'), decide(opened.id, 'lost')])
    expect(ends.map((one) => one.status).toSorted()).toEqual([200, 409])
    expect((await giveBack(id)).problem.code).toBe('payment.payment_in_dispute')
    expect(await give(id)).toEqual({ amountMinor: 0 })
    expect(await goBack(id)).toMatchObject({ dispute: 'lost', refundedMinor: 0 })
    expect(await movedOf(id)).toEqual(withdrawn)
    const again = await decide(opened.id, 'won')
    expect([again.status, again.problem.code]).toEqual([409, 'payment.dispute_unfit'])
  })

  test('it is of what was taken and not given back, and of nothing there is none', async () => {
    const [held, whole] = [await pay({ capture: 'manual' }), await pay()]
    await stripe.orders.call(stripe.shop.id, capturePayment, {
      params: { paymentId: held.id },
      body: { amountMinor: 2_000 },
    })
    expect((await giveBack(held.id, 500)).status).toBe(201)
    expect((await giveBack(whole.id, 2_500)).status).toBe(201)
    await sandboxTells()
    const { amount } = await becomes(held.id, 'needs_response')
    expect(amount.amountMinor).toBe(1_500)
    expect(await disputesOf(whole.id)).toEqual([])
  })
})

describe('at Stripe', () => {
  test('a dispute is followed to its end, however often it is told', async () => {
    const { id } = await pay({ gateway: 'stripe' })
    const reference = await referenceOf(id)
    stripe.server.books.dispute(reference, 'needs_response')
    const opened = await becomes(id, 'needs_response')
    expect(opened).toMatchObject({ reason: 'fraudulent', fee: { amountMinor: 1_500 } })
    expect((await decide(opened.id, 'won')).problem.code).toBe('payment.dispute_unfit')
    expect((await giveBack(id)).problem.code).toBe('payment.payment_in_dispute')
    stripe.server.books.endDispute(reference, 'won')
    await becomes(id, 'won')
    await stripe.allSent()
    expect(await movedOf(id)).toEqual([
      'capture gateway.stripe sales 2500',
      'dispute disputes gateway.stripe 2500',
      'dispute_reversal gateway.stripe disputes 2500',
      'fee fees gateway.stripe 1500',
    ])
    expect((await giveBack(id)).status).toBe(201)
  })

  test('a question moves nothing and refuses nothing, until it becomes a dispute', async () => {
    const { id } = await pay({ gateway: 'stripe' })
    const reference = await referenceOf(id)
    stripe.server.books.dispute(reference, 'warning_needs_response')
    const asked = await becomes(id, 'inquiry')
    expect(asked.withdrawn.amountMinor).toBe(0)
    expect((await giveBack(id)).status).toBe(201)
    stripe.server.books.dispute(reference, 'needs_response')
    await becomes(id, 'needs_response')
    stripe.server.books.endDispute(reference, 'lost')
    await becomes(id, 'lost')
    await stripe.allSent()
    expect(await give(id)).toEqual({ amountMinor: 0 })
    const told = (await eventsOf(id)).filter((type) => type.startsWith('payment.dispute'))
    expect(told).toEqual(['payment.disputed', 'payment.disputed', 'payment.dispute_closed'])
    const other = await pay({ gateway: 'stripe' })
    const ofOther = await referenceOf(other.id)
    stripe.server.books.dispute(ofOther, 'warning_needs_response')
    stripe.server.books.endDispute(ofOther, 'warning_closed')
    await becomes(other.id, 'closed')
  })

  test('one that is lost over a part leaves the rest to be given back', async () => {
    const [one, other] = [await pay({ gateway: 'stripe' }), await pay({ gateway: 'stripe' })]
    for (const { id } of [one, other]) {
      const reference = await referenceOf(id)
      stripe.server.books.dispute(reference, 'needs_response', 1_000)
      await becomes(id, 'needs_response')
      expect((await giveBack(id)).problem.code).toBe('payment.payment_in_dispute')
      stripe.server.books.endDispute(reference, 'lost')
      await becomes(id, 'lost')
    }
    expect((await giveBack(one.id, 1_501)).problem.code).toBe('payment.amount_exceeded')
    expect((await giveBack(one.id, 600)).status).toBe(201)
    expect(await give(one.id)).toEqual({ amountMinor: 100 })
    for (let times = 0; times < 2; times++) {
      expect(await goBack(one.id)).toMatchObject({ dispute: 'lost', refundedMinor: 1_500 })
      expect(await goBack(other.id)).toMatchObject({ dispute: 'lost', refundedMinor: 1_500 })
    }
    expect((await giveBack(one.id, 1)).problem.code).toBe('payment.payment_in_dispute')
    expect(await give(other.id)).toEqual({ amountMinor: 0 })
  })

  test('one that nobody told is learnt by being refused, and by the list of events', async () => {
    stripe.posting(() => [])
    const [one, other] = [await pay({ gateway: 'stripe' }), await pay({ gateway: 'stripe' })]
    for (const { id } of [one, other])
      stripe.server.books.dispute(await referenceOf(id), 'needs_response')
    const refused = await giveBack(one.id)
    expect(refused.problem.code).toBe('payment.payment_in_dispute')
    await becomes(one.id, 'needs_response')
    stripe.platform.clock.advance(5 * 60_000)
    await stripe.platform.runJob('payment-service', 'follow-stripe')
    await becomes(other.id, 'needs_response')
  })
})

test('disputes are for those who may see them, of their own shop', async () => {
  const { id } = await pay()
  await sandboxTells()
  const opened = await becomes(id, 'needs_response')
  const params = { disputeId: opened.id }
  const { body } = await stripe.shop.staff.call(readDispute, { params })
  expect(body).toEqual(opened)
  const lists = await stripe.shop.staff.call(listDisputes, { query: { state: 'needs_response' } })
  expect(lists.body.items.map((one) => one.id)).toContain(opened.id)
  const other = (await stripe.platform.shop()).staff
  const person = await stripe.platform.person()
  expect((await other.call(listDisputes, { query: {} })).body.items).toEqual([])
  for (const [operation, input] of [
    [listDisputes, { query: {} }],
    [readDispute, { params }],
    [decideDispute, { params, body: { outcome: 'won' } }],
  ] as const) {
    expect((await person.call(operation, input as never)).status, operation.name).toBe(403)
    const { anonymous } = stripe.platform
    expect((await anonymous.call(operation, input as never)).status, operation.name).toBe(401)
    if (operation === listDisputes) continue
    const crossed = await other.call(operation, input as never)
    expect([crossed.status, crossed.problem.code]).toEqual([404, 'payment.dispute_missing'])
  }
})

/** The last, because whoever was signed in is not after it. */
test('a dispute that nobody answers is lost when the time for evidence is over', async () => {
  const { id } = await pay()
  await sandboxTells()
  await becomes(id, 'needs_response')
  await sandboxTells(8 * 86_400_000)
  const kept = async () => {
    const { rows } = await stripe.platform.sql.query(
      `select d.state, count(t.id)::int as transfers from payment_service.dispute d
       join payment_service.ledger_transfer t using (tenant_id, payment_id)
       where payment_id = $1 group by d.state`,
      [id],
    )
    return rows
  }
  await expect.poll(kept, { timeout: 15_000 }).toEqual([{ state: 'lost', transfers: 3 }])
})
