import { randomUUID } from 'node:crypto'
import { orderContract } from '@prognetwork/contracts/order'
import { paymentContract } from '@prognetwork/contracts/payment'
import { productContract } from '@prognetwork/contracts/product'
import { newId } from '@prognetwork/shared-infrastructure'
import type { TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openStripeShop, type StripeShop, signingSecret } from './stripe-shop.ts'

const { capturePayment, createPayment, listTransfers, readPayment, refundPayment } =
  paymentContract.operations
const {
  giveRefund,
  readStripeAccount,
  removeStripeAccount,
  returnPayment,
  setStripeAccount,
  voidPayment,
} = paymentContract.operations
const { checkOut, createCart, setCartLine } = orderContract.operations
const { createProduct } = productContract.operations

let stripe: StripeShop
beforeAll(async () => {
  stripe = await openStripeShop({ stripeSeconds: 1 })
})
afterAll(() => stripe?.stop())
beforeEach(() => {
  stripe.server.befall(() => undefined)
  stripe.posting(() => [0])
})

type Wanted = Partial<{
  shop: TestShop
  paymentId: string
  orderId: string
  amountMinor: number
  currency: string
  capture: 'automatic' | 'manual'
}>

function pay(wanted: Wanted = {}) {
  const { shop = stripe.shop, paymentId = newId(), orderId = randomUUID() } = wanted
  const { amountMinor = 2_500, currency = 'EUR', capture = 'automatic' } = wanted
  const amount = { amountMinor, currency }
  return stripe.orders.call(shop.id, createPayment, {
    params: { paymentId },
    body: { orderId, amount, gateway: 'stripe', method: 'pm_card_visa', capture },
  })
}
const read = async (paymentId: string) =>
  (await stripe.shop.staff.call(readPayment, { params: { paymentId } })).body
const transfersOf = async (paymentId: string) =>
  (await stripe.shop.staff.call(listTransfers, { query: { paymentId } })).body.items
const referenceOf = async (paymentId: string): Promise<string> => {
  const { rows } = await stripe.platform.sql.query(
    'select reference from payment_service.payment where id = $1',
    [paymentId],
  )
  return rows[0].reference
}
/** The list of the account's events is read on. */
async function catchUp() {
  stripe.platform.clock.advance(5 * 60_000)
  await stripe.platform.runJob('payment-service', 'follow-stripe')
}

describe('an account', () => {
  test('is set, shown without its secrets, kept sealed, and removed', async () => {
    const { staff, id } = await stripe.platform.shop()
    const unset = await staff.call(readStripeAccount, {})
    expect([unset.status, unset.problem.code]).toEqual([404, 'payment.gateway_unset'])
    const secretKey = 'sk_live_51VerySecretIndeed4eC3'
    const { body } = await staff.call(setStripeAccount, { body: { secretKey } })
    expect(body).toMatchObject({ mode: 'live', secretKey: 'sk_live_...4eC3', signingSecret: null })
    const again = await staff.call(setStripeAccount, { body: { secretKey, signingSecret } })
    expect(again.body).toMatchObject({ signingSecret: 'whsec_...9fQ2' })
    expect(again.body.webhookUrl).toBe(body.webhookUrl)
    expect((await staff.call(readStripeAccount, {})).body).toEqual(again.body)
    const { rows } = await stripe.platform.sql.query(
      `select encode(secret_key, 'escape') || encode(signing_secret, 'escape') as kept
       from payment_service.stripe_account where tenant_id = $1`,
      [id],
    )
    expect(rows[0].kept).not.toMatch(/VerySecret|LocalCounterpart/)
    expect((await staff.call(removeStripeAccount, {})).status).toBe(204)
    expect((await staff.call(removeStripeAccount, {})).problem.code).toBe('payment.gateway_unset')
  })

  test('is for those who may see or change it', async () => {
    const person = await stripe.platform.person()
    for (const [operation, input] of [
      [readStripeAccount, {}],
      [setStripeAccount, { body: { secretKey: 'sk_test_51VerySecretIndeed' } }],
      [removeStripeAccount, {}],
    ] as const) {
      expect((await person.call(operation, input as never)).status, operation.name).toBe(403)
      const { anonymous } = stripe.platform
      expect((await anonymous.call(operation, input as never)).status, operation.name).toBe(401)
    }
  })

  test('that is not there or whose key is refused moves nothing', async () => {
    const { staff } = stripe.shop
    const [taken, held] = [await pay(), await pay({ capture: 'manual' })]
    await stripe.allSent()
    const unready = { code: 'payment.gateway_unready' }
    await expect(pay({ shop: await stripe.platform.shop() })).rejects.toMatchObject(unready)
    const wrong = { secretKey: 'sk_test_51OfSomebodyElse', signingSecret }
    await staff.call(setStripeAccount, { body: wrong })
    const { orders, shop } = stripe
    const params = { paymentId: taken.id }
    const ofHeld = { params: { paymentId: held.id } }
    await expect(pay()).rejects.toMatchObject(unready)
    await expect(
      orders.call(shop.id, returnPayment, { params, body: { reason: 'Because' } }),
    ).rejects.toMatchObject(unready)
    const refunding = {
      params: { ...params, refundId: randomUUID() },
      body: { atMostMinor: 100, reason: 'Because' },
    }
    await expect(orders.call(shop.id, giveRefund, refunding)).rejects.toMatchObject(unready)
    await expect(orders.call(shop.id, voidPayment, ofHeld)).rejects.toMatchObject(unready)
    await expect(
      orders.call(shop.id, capturePayment, { ...ofHeld, body: {} }),
    ).rejects.toMatchObject(unready)
    const refund = await staff.call(refundPayment, { params, body: {} })
    expect(refund.problem.code).toBe('payment.gateway_unready')
    await staff.call(setStripeAccount, { body: { secretKey: stripe.server.key, signingSecret } })
    expect((await read(taken.id)).refundedMinor).toBe(0)
    expect((await orders.call(shop.id, voidPayment, ofHeld)).state).toBe('voided')
  })
})

describe('amounts', () => {
  test('that Stripe does not move are refused, and no others are moved in their place', async () => {
    const unfit = { code: 'payment.amount_unfit' }
    await expect(pay({ amountMinor: 12_345, currency: 'KWD' })).rejects.toMatchObject(unfit)
    await expect(pay({ amountMinor: 10 })).rejects.toMatchObject(unfit)
    const held = await pay({ amountMinor: 12_340, currency: 'KWD', capture: 'manual' })
    const params = { paymentId: held.id }
    const capture = (amountMinor: number) =>
      stripe.orders.call(stripe.shop.id, capturePayment, { params, body: { amountMinor } })
    await expect(capture(5)).rejects.toMatchObject(unfit)
    await capture(12_000)
    const back = await stripe.shop.staff.call(refundPayment, { params, body: { amountMinor: 5 } })
    expect(back.problem.code).toBe('payment.amount_unfit')
    const refunding = {
      params: { ...params, refundId: randomUUID() },
      body: { atMostMinor: 5, reason: 'Because' },
    }
    await expect(stripe.orders.call(stripe.shop.id, giveRefund, refunding)).rejects.toMatchObject(
      unfit,
    )
  })

  test('of currencies that Stripe counts otherwise come back as they went', async () => {
    const paid = await pay({ amountMinor: 4_990, currency: 'ISK' })
    expect(paid).toMatchObject({ capturedMinor: 4_990 })
    expect(stripe.server.books.read(await referenceOf(paid.id)).amount).toBe(499_000)
  })
})

describe('a request', () => {
  test.each(['broken', 'answer lost', 'silent'] as const)(
    'whose answer is %s fails for now, and is the same payment when repeated',
    async (mishap) => {
      stripe.posting(() => [])
      stripe.server.befall(() => mishap)
      const wanted = { paymentId: newId(), orderId: randomUUID() }
      await expect(pay(wanted)).rejects.toMatchObject({ name: 'Unavailable' })
      stripe.server.befall(() => undefined)
      expect((await pay(wanted)).state).toBe('captured')
      const made = stripe.server.books.all()
      expect(made.filter((one) => one.metadata.payment === wanted.paymentId)).toHaveLength(1)
    },
  )

  test('for a refund that broke off gives back once, and is answered when repeated', async () => {
    const { id } = await pay()
    stripe.server.befall(() => 'answer lost')
    const refund = () =>
      stripe.shop.staff.call(
        refundPayment,
        { params: { paymentId: id }, body: { amountMinor: 700, reason: 'A crack' } },
        { 'idempotency-key': `crack-${id}` },
      )
    expect((await refund()).status).toBe(503)
    stripe.server.befall(() => undefined)
    await stripe.allSent()
    await expect.poll(async () => (await read(id)).refundedMinor).toBe(700)
    const answered = await refund()
    expect(answered.status, JSON.stringify(answered.body)).toBe(201)
    expect((await read(id)).refunds).toEqual([answered.body])
    expect(await transfersOf(id)).toHaveLength(2)
  })
})

test('what Stripe refuses, because more has happened than is known here, is learnt by that', async () => {
  stripe.posting(() => [])
  const { id } = await pay()
  const form = { payment_intent: await referenceOf(id), amount: '2500' }
  stripe.server.books.refund(new URLSearchParams(form))
  const refused = await stripe.shop.staff.call(
    refundPayment,
    { params: { paymentId: id }, body: {} },
    { 'idempotency-key': `all-${id}` },
  )
  expect([refused.status, refused.problem.code]).toEqual([409, 'payment.payment_unfit'])
  expect(await read(id)).toMatchObject({ state: 'captured', refundedMinor: 2_500 })
})

test('an order is paid at Stripe with a payment method that is of Stripe', async () => {
  const { shop } = stripe
  const product = await shop.staff.call(createProduct, {
    body: {
      ...{ title: 'A pot', status: 'active' },
      variants: [{ onHand: 10, prices: [{ amountMinor: 1_000, currency: 'EUR' }] }],
    },
  })
  const variantId = product.body.variants[0]?.id ?? ''
  const buy = async (paymentMethod: string) => {
    const cart = await shop.shopper.call(createCart, { body: { currency: 'EUR' } })
    const params = { cartId: cart.body.id, variantId }
    await shop.shopper.call(setCartLine, { params, body: { quantity: 2 } })
    const shippingAddress = { name: 'Ada', lines: ['1 Street'], city: 'London', country: 'GB' }
    return shop.shopper.call(checkOut, {
      body: { cartId: cart.body.id, email: 'ada@example.com', shippingAddress, paymentMethod },
    })
  }
  const { body } = await buy('pm_card_visa')
  expect(body.state).toBe('paid')
  const charged = stripe.server.books.all().filter((one) => one.metadata.order === body.id)
  expect(charged.map((one) => one.amount_received)).toEqual([2_000])
  for (const method of ['pm_card_visa_chargeDeclined', 'pm_of_nobody'])
    expect((await buy(method)).problem.code).toBe('order.payment_failed')
})

describe('what Stripe tells', () => {
  test('is believed with a signature only, and at its own place only', async () => {
    const payload = JSON.stringify({ id: 'evt_x', object: 'event' })
    expect((await stripe.send(payload)).body).toEqual({ received: true })
    const forged = await stripe.send(payload, 'whsec_OfSomebodyElse')
    expect([forged.status, forged.problem.code]).toEqual([400, 'payment.signature_wrong'])
    const bare = await stripe.platform.anonymous.raw('POST', stripe.path, {
      ...{ body: payload, headers: { 'content-type': 'application/json' } },
    })
    expect([bare.status, bare.problem.code]).toEqual([400, 'payment.signature_wrong'])
    const elsewhere = stripe.path.replace(/.{4}$/, 'AAAA')
    const lost = await stripe.send(payload, signingSecret, elsewhere)
    expect([lost.status, lost.problem.code]).toEqual([404, 'payment.webhook_missing'])
    const other = (await stripe.platform.shop()).staff
    const { body } = await other.call(setStripeAccount, {
      body: { secretKey: 'sk_test_51OfSomebodyElse' },
    })
    const unsigned = await stripe.send(payload, signingSecret, new URL(body.webhookUrl).pathname)
    expect(unsigned.problem.code).toBe('payment.signature_wrong')
  })

  test('is what is true by then, whatever was told', async () => {
    stripe.posting(() => [])
    const paid = await pay()
    const reference = await referenceOf(paid.id)
    const told = { id: reference, object: 'payment_intent', status: 'canceled' }
    const payload = JSON.stringify({
      ...{ id: `evt_${paid.id}`, object: 'event', type: 'payment_intent.canceled' },
      data: { object: told },
    })
    for (let times = 0; times < 3; times++) expect((await stripe.send(payload)).status).toBe(200)
    const handled = async () => {
      const { rows } = await stripe.platform.sql.query(
        'select handled_at is not null as done from payment_service.gateway_event where id = $1',
        [`evt_${paid.id}`],
      )
      return rows
    }
    await expect.poll(handled).toEqual([{ done: true }])
    expect((await read(paid.id)).state).toBe('captured')
  })

  test('of what was given back there is posted, once', async () => {
    const paid = await pay()
    const form = { payment_intent: await referenceOf(paid.id), amount: '400' }
    stripe.posting(() => [0, 20, 40])
    stripe.server.books.refund(new URLSearchParams(form))
    await expect.poll(async () => (await read(paid.id)).refundedMinor).toBe(400)
    await stripe.allSent()
    const { refunds } = await read(paid.id)
    expect(refunds).toMatchObject([{ amountMinor: 400, madeBy: 'gateway.stripe', reason: null }])
  })

  test('and no webhook brings is read in the list of events', async () => {
    stripe.posting(() => [])
    const paid = await pay()
    const form = { payment_intent: await referenceOf(paid.id), amount: '400' }
    stripe.server.books.refund(new URLSearchParams(form))
    await catchUp()
    expect((await read(paid.id)).refundedMinor).toBe(400)
  })

  test('of a payment whose maker heard no answer makes it known', async () => {
    stripe.server.befall(() => 'answer lost')
    const paymentId = newId()
    await expect(pay({ paymentId })).rejects.toMatchObject({ name: 'Unavailable' })
    await expect.poll(async () => (await read(paymentId)).state).toBe('captured')
    expect(await transfersOf(paymentId)).toHaveLength(1)
  })

  test('is forgotten when Stripe has forgotten it', async () => {
    await pay()
    await stripe.allSent()
    const count = async () => {
      const { rows } = await stripe.platform.sql.query(
        'select count(*)::int as count from payment_service.gateway_event where handled_at is not null',
      )
      return rows[0].count
    }
    await expect.poll(count).toBeGreaterThan(0)
    stripe.platform.clock.advance(36 * 24 * 3_600_000)
    await stripe.platform.runJob('payment-service', 'forget-gateway-events')
    expect(await count()).toBe(0)
  })
})
