// Money that is given back at Stripe: once, whatever breaks in between and whatever else is given back
// meanwhile; and what becomes of it when it does not arrive.
import { randomUUID } from 'node:crypto'
import { orderContract } from '@prognetwork/contracts/order'
import { paymentContract } from '@prognetwork/contracts/payment'
import { productContract } from '@prognetwork/contracts/product'
import { newId } from '@prognetwork/shared-infrastructure'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openStripeShop, type StripeShop } from './stripe-shop.ts'

const { createPayment, giveRefund, listTransfers, readPayment, refundPayment, returnPayment } =
  paymentContract.operations
const { approveReturn, cancelOrder, checkOut, createCart, deliverOrder, listOrders, readOrder } =
  orderContract.operations
const { readReturn, receiveReturn, refundOrder, refundReturn, requestReturn, setCartLine } =
  orderContract.operations
const { shipOrder } = orderContract.operations
const { createProduct } = productContract.operations

let stripe: StripeShop
beforeAll(async () => {
  stripe = await openStripeShop({ stripeSeconds: 1 })
})
afterAll(() => stripe?.stop())
beforeEach(() => {
  stripe.server.befall(() => undefined)
  stripe.server.books.letNoneArrive(false)
  stripe.posting(() => [])
})

const pay = () =>
  stripe.orders.call(stripe.shop.id, createPayment, {
    params: { paymentId: newId() },
    body: {
      ...{ orderId: randomUUID(), amount: { amountMinor: 2_500, currency: 'EUR' } },
      ...{ gateway: 'stripe', method: 'pm_card_visa' },
    },
  })
const read = async (paymentId: string) =>
  (await stripe.shop.staff.call(readPayment, { params: { paymentId } })).body
const referenceOf = async (paymentId: string): Promise<string> => {
  const { rows } = await stripe.platform.sql.query(
    'select reference from payment_service.payment where id = $1',
    [paymentId],
  )
  return rows[0].reference
}
const give = (paymentId: string, refundId: string, atMostMinor = 1_500) =>
  stripe.orders.call(stripe.shop.id, giveRefund, {
    params: { paymentId, refundId },
    body: { atMostMinor, reason: 'It came back' },
  })
const back = (paymentId: string, reason: string) =>
  stripe.orders.call(stripe.shop.id, returnPayment, { params: { paymentId }, body: { reason } })
const giveBack = (paymentId: string, amountMinor: number) =>
  stripe.shop.staff.call(refundPayment, {
    params: { paymentId },
    body: { amountMinor, reason: 'A crack' },
  })
/** What Stripe has given back: for whom, how much, and whether it arrived. */
const givenAt = async (paymentId: string) =>
  stripe.server.books
    .refundsOf(await referenceOf(paymentId))
    .map(({ metadata, amount, status }) => [metadata?.refund, amount, status])
const movedOf = async (paymentId: string) => {
  const { body } = await stripe.shop.staff.call(listTransfers, { query: { paymentId } })
  return body.items.map(({ kind, amountMinor }) => [kind, amountMinor]).reverse()
}
/** Given back at Stripe itself, where nothing is known of us. */
const giveThere = async (paymentId: string, amount: number) =>
  stripe.server.books.refund(
    new URLSearchParams({ payment_intent: await referenceOf(paymentId), amount: String(amount) }),
  )
const unavailable = { name: 'Unavailable' }

describe('a refund whose asker died', () => {
  test('before Stripe heard of it gives what is left by then, and that once', async () => {
    const { id } = await pay()
    const refundId = randomUUID()
    stripe.server.befall(() => 'broken')
    await expect(give(id, refundId)).rejects.toMatchObject(unavailable)
    stripe.server.befall(() => undefined)
    await giveThere(id, 1_500)
    const answers = await Promise.all([give(id, refundId), give(id, refundId)])
    for (const answer of answers) expect(answer).toEqual({ amountMinor: 1_000 })
    expect(await give(id, refundId)).toEqual({ amountMinor: 1_000 })
    expect(await givenAt(id)).toEqual([
      [refundId, 1_000, 'succeeded'],
      [undefined, 1_500, 'succeeded'],
    ])
    expect((await read(id)).refundedMinor).toBe(2_500)
  })

  test('after Stripe gave it is the same one, though other refunds were made meanwhile', async () => {
    const { id } = await pay()
    const refundId = randomUUID()
    stripe.server.befall(() => 'answer lost')
    await expect(give(id, refundId)).rejects.toMatchObject(unavailable)
    stripe.server.befall(() => undefined)
    // Less is left than was asked for, so that asking anew would be for another sum.
    await giveThere(id, 700)
    expect(await give(id, refundId)).toEqual({ amountMinor: 1_500 })
    expect((await give(id, refundId)).amountMinor).toBe(1_500)
    expect(await givenAt(id)).toEqual([
      [undefined, 700, 'succeeded'],
      [refundId, 1_500, 'succeeded'],
    ])
    const { refunds, refundedMinor } = await read(id)
    expect([refundedMinor, refunds.map((one) => one.amountMinor).toSorted()]).toEqual([
      2_200,
      [1_500, 700],
    ])
  })

  test('is found among many, after Stripe has forgotten what it was asked', async () => {
    const { id } = await pay()
    const refundId = randomUUID()
    stripe.server.befall(() => 'answer lost')
    await expect(give(id, refundId, 500)).rejects.toMatchObject(unavailable)
    stripe.server.befall(() => undefined)
    for (let n = 0; n < 12; n++) await giveThere(id, 50)
    stripe.server.forgetKeys()
    expect(await give(id, refundId, 500)).toEqual({ amountMinor: 500 })
    expect((await givenAt(id)).filter(([its]) => its === refundId)).toHaveLength(1)
    expect((await read(id)).refundedMinor).toBe(1_100)
  })

  test.each([
    ['broken', 0],
    ['answer lost', 700],
  ] as const)('for a part (%s) keeps nobody from giving all back', async (mishap, given) => {
    const { id } = await pay()
    const refundId = randomUUID()
    stripe.server.befall(() => mishap)
    await expect(give(id, refundId, 700)).rejects.toMatchObject(unavailable)
    stripe.server.befall(() => undefined)
    const answers = await Promise.all([
      back(id, 'It was called off'),
      back(id, 'It was called off'),
    ])
    for (const answer of answers) expect(answer).toMatchObject({ refundedMinor: 2_500 })
    expect(await give(id, refundId, 700)).toEqual({ amountMinor: given })
    const amounts = (await givenAt(id)).map(([, amount]) => amount)
    expect(amounts).toEqual(given === 0 ? [2_500] : [2_500 - given, given])
    expect((await read(id)).refundedMinor).toBe(2_500)
  })

  test('is asked for to the letter by whoever goes on with it', async () => {
    const { id } = await pay()
    stripe.server.befall(() => 'answer lost')
    await expect(back(id, 'It was called off')).rejects.toMatchObject(unavailable)
    await expect(back(id, 'It was called off twice')).rejects.toMatchObject(unavailable)
    stripe.server.befall(() => undefined)
    expect(await back(id, 'At last')).toMatchObject({ refundedMinor: 2_500 })
    expect(await givenAt(id)).toHaveLength(1)
    expect((await read(id)).refunds).toMatchObject([{ reason: 'It was called off' }])
  })
})

describe('a refund that failed before anybody heard of it', () => {
  const unfit = { code: 'payment.payment_unfit' }
  const refundUnder = (key: string, paymentId: string) =>
    stripe.shop.staff.call(
      refundPayment,
      { params: { paymentId }, body: { amountMinor: 700, reason: 'A crack' } },
      { 'idempotency-key': key },
    )
  const nothingOf = async (paymentId: string) => {
    expect(await read(paymentId)).toMatchObject({ refundedMinor: 0, refunds: [] })
    expect(await movedOf(paymentId)).toEqual([['capture', 2_500]])
  }

  test.each(['heard', 'answer lost'] as const)('was not made, and can be anew: %s', async (how) => {
    const { id } = await pay()
    stripe.server.books.letNoneArrive(true)
    stripe.server.befall(() => (how === 'heard' ? undefined : how))
    const refused = await refundUnder(`early-${id}`, id)
    if (how === 'heard') {
      const { code, detail } = refused.problem
      expect([refused.status, code]).toEqual([409, unfit.code])
      expect(detail).toBe('The refund came to nothing: expired_or_canceled_card')
    } else expect(refused.status).toBe(503)
    await nothingOf(id)
    stripe.server.befall(() => undefined)
    stripe.server.books.letNoneArrive(false)
    const made = await refundUnder(`early-${id}`, id)
    expect(made.body).toMatchObject({ amountMinor: 700, state: 'succeeded', failure: null })
    expect(await givenAt(id)).toEqual([
      [made.body.id, 700, 'succeeded'],
      [made.body.id, 700, 'failed'],
    ])
    // Whoever looks again hears of both.
    stripe.posting(() => [0])
    await giveThere(id, 100)
    await expect.poll(async () => (await read(id)).refundedMinor).toBe(800)
    expect((await read(id)).refunds).toContainEqual(made.body)
  })

  test('is tried once each time that it is asked for, and leaves what is left', async () => {
    const { id } = await pay()
    const refundId = randomUUID()
    stripe.server.books.letNoneArrive(true)
    await expect(give(id, refundId)).rejects.toMatchObject(unfit)
    await expect(give(id, refundId)).rejects.toMatchObject(unfit)
    await expect(back(id, 'It was called off')).rejects.toMatchObject(unfit)
    expect(await givenAt(id)).toHaveLength(3)
    await nothingOf(id)
    stripe.server.books.letNoneArrive(false)
    expect(await give(id, refundId)).toEqual({ amountMinor: 1_500 })
    expect(await back(id, 'It was called off')).toMatchObject({ refundedMinor: 2_500 })
  })
})

describe('a refund that does not arrive', () => {
  const failThere = async (paymentId: string, options = {}) => {
    const reference = await referenceOf(paymentId)
    const [latest] = stripe.server.books.refundsOf(reference)
    stripe.server.books.failRefund(reference, latest?.id ?? '', options)
  }

  test.each([false, true])('is taken back, and can be given again: %s', async (stillCounts) => {
    const { id } = await pay()
    const first = await giveBack(id, 700)
    expect(first.body).toMatchObject({ state: 'succeeded', failure: null })
    stripe.posting(() => [0, 20])
    await failThere(id, { stillCounts })
    await expect.poll(async () => (await read(id)).refundedMinor).toBe(0)
    await stripe.allSent()
    const [failed] = (await read(id)).refunds
    expect(failed).toMatchObject({
      ...{ id: first.body.id, amountMinor: 700, state: 'failed' },
      failure: 'expired_or_canceled_card',
    })
    expect(await movedOf(id)).toEqual([
      ['capture', 2_500],
      ['refund', 700],
      ['refund_reversal', 700],
    ])
    const { rows } = await stripe.platform.sql.query(
      'select type from every_event where tenant_id = $1 and key = $2 order by seq',
      [stripe.shop.id, id],
    )
    expect(rows.map((row) => row.type)).toEqual([
      ...['payment.captured', 'payment.refunded', 'payment.refund_failed'],
    ])
    if (stillCounts) return
    expect((await giveBack(id, 2_500)).status).toBe(201)
    expect((await read(id)).refundedMinor).toBe(2_500)
  })

  test('is taken back also where it was given at Stripe itself, and another was meanwhile', async () => {
    const { id } = await pay()
    await giveThere(id, 400)
    expect((await giveBack(id, 300)).status).toBe(201)
    const reference = await referenceOf(id)
    const [, first] = stripe.server.books.refundsOf(reference)
    stripe.server.books.failRefund(reference, first?.id ?? '')
    await giveThere(id, 250)
    stripe.platform.clock.advance(5 * 60_000)
    await stripe.platform.runJob('payment-service', 'follow-stripe')
    const { refundedMinor, refunds } = await read(id)
    expect(refundedMinor).toBe(550)
    const states = refunds.map(({ amountMinor, state }) => `${amountMinor} ${state}`).toSorted()
    expect(states).toEqual(['250 succeeded', '300 succeeded', '400 failed'])
  })

  async function order() {
    const { shop } = stripe
    const product = await shop.staff.call(createProduct, {
      body: {
        ...{ title: `A pot ${randomUUID()}`, status: 'active' },
        variants: [{ onHand: 10, prices: [{ amountMinor: 2_500, currency: 'EUR' }] }],
      },
    })
    expect(product.status, JSON.stringify(product.body)).toBe(201)
    const variantId = product.body.variants[0]?.id ?? ''
    const cart = await shop.shopper.call(createCart, { body: { currency: 'EUR' } })
    const params = { cartId: cart.body.id, variantId }
    await shop.shopper.call(setCartLine, { params, body: { quantity: 1 } })
    const shippingAddress = { name: 'Ada', lines: ['1 Street'], city: 'London', country: 'GB' }
    const { body } = await shop.shopper.call(checkOut, {
      body: {
        ...{ cartId: cart.body.id, email: 'ada@example.com', shippingAddress },
        paymentMethod: 'pm_card_visa',
      },
    })
    expect(body.state).toBe('paid')
    return { params: { orderId: body.id }, paymentId: body.paymentId ?? '', variantId }
  }
  const stands = async (params: { orderId: string }) => {
    const { body } = await stripe.shop.staff.call(readOrder, { params, query: {} })
    return [body.state, body.refunded.amountMinor, body.history.at(-1)?.note]
  }
  const note = 'A refund did not arrive: expired_or_canceled_card'
  const reason = 'It came broken'
  const tracking = { carrier: 'Mail', number: '1' }

  test('leaves an order what it was before all of it was given back', async () => {
    const { staff } = stripe.shop
    const { params, paymentId } = await order()
    await staff.call(shipOrder, { params, body: tracking })
    await staff.call(deliverOrder, { params })
    for (let times = 0; times < 2; times++) {
      const refunded = await staff.call(refundOrder, { params, body: { reason } })
      expect(refunded.status, JSON.stringify(refunded.body)).toBe(200)
      await expect.poll(async () => (await stands(params))[1]).toBe(2_500)
      stripe.posting(() => [0])
      await failThere(paymentId)
      await expect.poll(() => stands(params)).toEqual(['delivered', 0, note])
      stripe.posting(() => [])
    }
    const { body } = await staff.call(readOrder, { params, query: {} })
    expect([body.reason, body.history.map((one) => one.state).slice(-3)]).toEqual([
      null,
      ['delivered', 'refunded', 'delivered'],
    ])
    expect(body.creditNotes.map((one) => one.isVoid)).toEqual([true, true])
  })

  test('does not bring back an order that was called off, of which the money is owed', async () => {
    const { params, paymentId } = await order()
    await stripe.shop.staff.call(cancelOrder, { params, body: { reason } })
    await expect.poll(async () => (await stands(params))[1]).toBe(2_500)
    stripe.posting(() => [0])
    await failThere(paymentId)
    await expect.poll(() => stands(params)).toEqual(['cancelled', 0, note])
    const owed = async () => {
      const { body } = await stripe.shop.staff.call(readOrder, { params, query: {} })
      const found = await stripe.shop.staff.call(listOrders, { query: { isOwedBack: 'true' } })
      const isListed = found.body.items.some((one) => one.id === body.id)
      return [body.owedBack?.problem, isListed]
    }
    expect(await owed()).toEqual(['payment.refund_failed', true])
    expect((await giveBack(paymentId, 2_500)).status).toBe(201)
    await expect.poll(owed).toEqual([undefined, false])
  })

  test('leaves the money owed where nothing came of the order, for a day', async () => {
    const { params, paymentId } = await order()
    const { sql } = stripe.platform
    const { orderId } = params
    await sql.query('update order_service.sales_order set payment_id = null where id = $1', [
      orderId,
    ])
    await sql.query(`update order_service.checkout set state = 'failed' where order_id = $1`, [
      orderId,
    ])
    // As a process leaves it that is killed before it can write that the money is back.
    await sql.query(
      `insert into order_service.money_back (tenant_id, payment_id, order_id, due_at)
       select tenant_id, $2, id, placed_at + interval '1 hour'
       from order_service.sales_order where id = $1
       on conflict (tenant_id, payment_id) do update set due_at = excluded.due_at`,
      [orderId, paymentId],
    )
    expect((await giveBack(paymentId, 2_500)).status).toBe(201)
    stripe.posting(() => [0])
    await failThere(paymentId)
    const owed = async () => {
      const { rows } = await sql.query(
        `select m.attempts, m.problem, m.due_at > o.placed_at + interval '23 hours' as "isLater"
         from order_service.money_back m join order_service.sales_order o on o.id = m.order_id
         where m.payment_id = $1`,
        [paymentId],
      )
      return rows[0]
    }
    await expect.poll(owed).toMatchObject({ problem: 'payment.refund_failed', isLater: true })
  })

  test('lets what was returned be paid back again', async () => {
    const { staff } = stripe.shop
    const { params, paymentId, variantId } = await order()
    await staff.call(shipOrder, { params, body: tracking })
    const id = randomUUID()
    const lines = [{ variantId, quantity: 1 }]
    await staff.call(requestReturn, { params, body: { id, lines, reason } })
    const of = { params: { returnId: id } }
    await staff.call(approveReturn, of)
    await staff.call(receiveReturn, { ...of, body: { lines: [{ variantId, restock: false }] } })
    const pay = async () =>
      (await staff.call(refundReturn, { ...of, body: { deductionMinor: 500 } })).body
    expect(await pay()).toMatchObject({ state: 'refunded', refunded: { amountMinor: 2_000 } })
    stripe.posting(() => [0])
    await failThere(paymentId)
    const state = async () => (await staff.call(readReturn, of)).body.state
    await expect.poll(state).toBe('received')
    const { body } = await staff.call(readReturn, of)
    expect([body.refunded, body.history.at(-1)?.note]).toEqual([null, note])
    expect(await pay()).toMatchObject({ state: 'refunded', refunded: { amountMinor: 2_000 } })
    expect(await givenAt(paymentId)).toEqual([
      [id, 2_000, 'succeeded'],
      [id, 2_000, 'failed'],
    ])
    expect((await read(paymentId)).refundedMinor).toBe(2_000)
  })
})
