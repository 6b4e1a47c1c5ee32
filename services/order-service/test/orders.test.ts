import { randomUUID } from 'node:crypto'
import type { Output } from '@prognetwork/contracts'
import { orderContract } from '@prognetwork/contracts/order'
import { paymentContract } from '@prognetwork/contracts/payment'
import { productContract } from '@prognetwork/contracts/product'
import {
  callingAs,
  startTestPlatform,
  type TestClient,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createShopping, type Shopping } from './shopping.ts'

const {
  cancelOrder,
  claimGoods,
  deliverOrder,
  listMyOrders,
  listOrders,
  lookUpOrder,
  readMyOrder,
  readOrder,
  refundOrder,
  shipOrder,
} = orderContract.operations
const { createPayment, readPayment, refundPayment } = paymentContract.operations
const { readStock, readReservation } = productContract.operations

const products = callingAs('product-service')
const orderService = callingAs('order-service', products.definitions)
let platform: TestPlatform
let shop: TestShop
let shopping: Shopping

beforeAll(async () => {
  platform = await startTestPlatform({ definitions: orderService.definitions })
  shop = await platform.shop()
  shopping = createShopping(platform, shop)
})
afterAll(() => platform?.stop())

const tracking = { carrier: 'Royal Mail', number: 'RM1' }
const at = (orderId: string) => ({ params: { orderId } })
const stockOf = async (variantId: string) =>
  (await shop.staff.call(readStock, { params: { variantId } })).body
const read = async (orderId: string, client: TestClient = shop.staff) =>
  (await client.call(readOrder, { ...at(orderId), query: {} })).body

async function paid({ onHand = 10 } = {}) {
  const variantId = await shopping.variant({ onHand })
  const { body } = await shopping.buy([[variantId, 2]])
  await expect.poll(() => stockOf(variantId)).toMatchObject({ reserved: 0 })
  return { ...body, variantId }
}

describe('an order', () => {
  test('is sent and arrives, and each is told and kept with its moment', async () => {
    const order = await paid()
    const shipped = await shop.staff.call(shipOrder, { ...at(order.id), body: tracking })
    expect(shipped.body).toMatchObject({ state: 'shipped', tracking })
    const early = await shop.staff.call(shipOrder, { ...at(order.id), body: tracking })
    expect(early.problem.code).toBe('order.order_unfit')
    expect((await shop.staff.call(deliverOrder, at(order.id))).body.state).toBe('delivered')
    const { history } = await read(order.id)
    expect(history.map((one) => one.state)).toEqual([
      'awaiting_payment',
      'paid',
      'shipped',
      'delivered',
    ])
    const { rows } = await platform.sql.query(
      'select type from every_event where tenant_id = $1 and key = $2 order by seq',
      [shop.id, order.id],
    )
    expect(rows.map((row) => row.type)).toEqual([
      'order.placed',
      'order.paid',
      'order.shipped',
      'order.delivered',
    ])
  })

  test('is shown as it was at any moment', async () => {
    const order = await paid()
    platform.clock.advance(60_000)
    await shop.staff.call(shipOrder, { ...at(order.id), body: tracking })
    const asOf = (moment: string) =>
      shop.staff.call(readOrder, { ...at(order.id), query: { asOf: moment } })
    const before = await asOf(order.placedAt)
    expect(before.body).toMatchObject({ state: 'paid', tracking: null })
    const { updatedAt } = await read(order.id)
    expect((await asOf(updatedAt)).body).toMatchObject({ state: 'shipped', tracking })
    expect((await asOf('2020-01-01T00:00:00.000Z')).problem.code).toBe('order.order_missing')
  })

  test('that is cancelled gives money and goods back', async () => {
    const order = await paid({ onHand: 5 })
    const body = { reason: 'They changed their mind' }
    const cancelled = await shop.staff.call(cancelOrder, { ...at(order.id), body })
    expect(cancelled.body).toMatchObject({ state: 'cancelled', ...body })
    const params = { paymentId: order.paymentId ?? '' }
    const payment = await shop.staff.call(readPayment, { params })
    expect(payment.body.refundedMinor).toBe(order.total.amountMinor)
    await expect.poll(() => stockOf(order.variantId)).toMatchObject({ onHand: 5, reserved: 0 })
    const again = await shop.staff.call(cancelOrder, { ...at(order.id), body })
    expect(again.problem.code).toBe('order.order_unfit')
    const ship = await shop.staff.call(shipOrder, { ...at(order.id), body: tracking })
    expect(ship.problem.code).toBe('order.order_unfit')
  })

  test('that was sent is not cancelled, and is refunded', async () => {
    const order = await paid()
    const body = { reason: 'It came broken' }
    const early = await shop.staff.call(refundOrder, { ...at(order.id), body })
    expect(early.problem.code).toBe('order.order_unfit')
    await shop.staff.call(shipOrder, { ...at(order.id), body: tracking })
    const late = await shop.staff.call(cancelOrder, { ...at(order.id), body })
    expect(late.problem.code).toBe('order.order_unfit')
    const refunded = await shop.staff.call(refundOrder, { ...at(order.id), body })
    expect(refunded.body).toMatchObject({ state: 'refunded', ...body })
    const params = { paymentId: order.paymentId ?? '' }
    const payment = await shop.staff.call(readPayment, { params })
    expect(payment.body.refunds.map((one) => one.reason)).toEqual([body.reason])
    expect((await shop.staff.call(deliverOrder, at(order.id))).problem.code).toBe(
      'order.order_unfit',
    )
  })

  test('whose payment is given back otherwise says so, and ends when all of it is', async () => {
    const [sent, kept] = [await paid({ onHand: 5 }), await paid({ onHand: 5 })]
    await shop.staff.call(shipOrder, { ...at(sent.id), body: tracking })
    const give = (order: typeof sent, amountMinor?: number) =>
      shop.staff.call(refundPayment, {
        params: { paymentId: order.paymentId ?? '' },
        body: amountMinor === undefined ? {} : { amountMinor },
      })
    const stateOf = async ({ id }: typeof sent) => {
      const { body } = await shop.staff.call(readOrder, { ...at(id), query: {} })
      return [body.state, body.refunded.amountMinor]
    }
    await give(sent, 300)
    await expect.poll(() => stateOf(sent)).toEqual(['shipped', 300])
    await give(sent)
    await expect.poll(() => stateOf(sent)).toEqual(['refunded', sent.total.amountMinor])
    await give(kept)
    await expect.poll(() => stateOf(kept)).toEqual(['cancelled', kept.total.amountMinor])
    await expect.poll(() => stockOf(kept.variantId)).toMatchObject({ onHand: 5, reserved: 0 })
  })

  test('that is cancelled by many at once is cancelled once, and paid back once', async () => {
    const order = await paid()
    const body = { reason: 'All at once' }
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => shop.staff.call(cancelOrder, { ...at(order.id), body })),
    )
    expect(answers.filter((one) => one.status === 200)).toHaveLength(1)
    const params = { paymentId: order.paymentId ?? '' }
    const payment = await shop.staff.call(readPayment, { params })
    expect(payment.body.refunds).toHaveLength(1)
  })
})

describe('an order whose payment is not known', () => {
  const slow = { number: '4000000000000077' }
  const refusedLater = { number: '4000000000000341' }

  async function awaiting(card: { number: string }, onHand = 5) {
    const variantId = await shopping.variant({ onHand })
    const { body } = await shopping.checkOut(await shopping.cart([[variantId, 1]]), card)
    expect(body.state).toBe('awaiting_payment')
    return { ...body, variantId }
  }

  test.each([
    [slow, 'paid', 4],
    [refusedLater, 'cancelled', 5],
  ])('becomes what the gateway says: %o', async (card, state, onHand) => {
    const order = await awaiting(card)
    platform.clock.advance(10_000)
    await expect.poll(async () => (await read(order.id)).state, { timeout: 20_000 }).toBe(state)
    await expect.poll(() => stockOf(order.variantId)).toMatchObject({ onHand, reserved: 0 })
  })

  test('is called off when nobody pays in time, and its goods are free', async () => {
    const order = await awaiting({ number: '4000002500003155' })
    platform.clock.advance(11 * 60_000)
    await expect
      .poll(async () => (await read(order.id)).state, { timeout: 25_000 })
      .toBe('cancelled')
    await expect.poll(() => stockOf(order.variantId)).toMatchObject({ onHand: 5, reserved: 0 })
  })

  test('keeps its goods however late they were to expire', async () => {
    const order = await awaiting({ number: '4000002500003155' })
    const { orderIds } = await products.call(shop.id, claimGoods, {
      body: { orderIds: [order.id, randomUUID()] },
    })
    expect(orderIds).toEqual([order.id])
    const { rows } = await platform.sql.query(
      'select reservation_id as id from order_service.sales_order where id = $1',
      [order.id],
    )
    await platform.sql.query(
      `update product_service.reservation set expires_at = '2020-01-01' where id = $1`,
      [rows[0].id],
    )
    await new Promise((resolve) => setTimeout(resolve, 11_000))
    const state = await platform.sql.query(
      'select state from product_service.reservation where id = $1',
      [rows[0].id],
    )
    expect(state.rows).toEqual([{ state: 'held' }])
    expect(readReservation.shape.auth).toEqual({ service: ['order-service'] })
  })
})

describe('orders are seen', () => {
  test('by staff, page by page and by what they look for', async () => {
    const [first, second] = [await paid(), await paid()]
    const list = async (query: object) => (await shop.staff.call(listOrders, { query })).body
    const page = await list({ limit: '1' })
    expect(page.items[0]?.id).toBe(second.id)
    const next = await list({ limit: '1', after: page.next })
    expect(next.items[0]?.id).toBe(first.id)
    expect((await list({ reference: first.reference })).items.map((one) => one.id)).toEqual([
      first.id,
    ])
    expect((await list({ state: 'refunded', email: 'nobody@example.com' })).items).toEqual([])
  })

  test('by staff, sorted by what they choose, each once and none left out', async () => {
    const other = await platform.shop()
    const buying = createShopping(platform, other)
    const cheap = [await buying.variant({ amountMinor: 900 }), await buying.variant()]
    for (const variantId of [...cheap, ...cheap]) await buying.buy([[variantId, 1]])
    type Query = Parameters<typeof other.staff.call<typeof listOrders>>[1]['query']
    const walk = async (query: Query) => {
      const found: Output<typeof listOrders>['items'][number][] = []
      for (let after: string | undefined, first = true; first || after; first = false) {
        const { body } = await other.staff.call(listOrders, {
          query: { ...query, limit: 1, ...(after && { after }) },
        })
        found.push(...body.items)
        after = body.next ?? undefined
      }
      return found
    }
    const placed = await walk({ order: 'asc' })
    expect(placed).toHaveLength(4)
    const byTotal = await walk({ sort: 'total', order: 'asc' })
    const totals = byTotal.map((one) => one.total.amountMinor)
    expect(totals).toEqual(totals.toSorted((one, next) => one - next))
    expect(new Set(totals).size).toBe(2)
    const down = await walk({ sort: 'total' })
    expect(down.map(({ id }) => id)).toEqual(byTotal.map(({ id }) => id).toReversed())
    const ids = (orders: typeof placed) => orders.map(({ id }) => id).toSorted()
    expect(ids(await walk({ sort: 'customer' }))).toEqual(ids(placed))
    const [, second, third] = placed
    const between = { from: second?.placedAt ?? '', to: third?.placedAt ?? '' }
    expect((await walk(between)).map(({ id }) => id)).toContain(second?.id)
    expect((await walk(between)).map(({ id }) => id)).not.toContain(third?.id)
    const { body } = await other.staff.call(listOrders, { query: { limit: 1, sort: 'total' } })
    const mixed = { limit: 1, after: body.next ?? '' }
    expect((await other.staff.call(listOrders, { query: mixed })).status).toBe(400)
  })

  test('by the customer whose they are, and by no other', async () => {
    const [ada, bob] = [await shopping.customer(), await shopping.customer()]
    const { body: order } = await shopping.buy([[await shopping.variant(), 1]], ada)
    expect(order.accountId).not.toBeNull()
    const mine = async (client: TestClient) =>
      (await client.call(listMyOrders, { query: {} })).body.items.map((one) => one.id)
    expect([await mine(ada), await mine(bob)]).toEqual([[order.id], []])
    expect((await ada.call(readMyOrder, at(order.id))).body.id).toBe(order.id)
    expect((await bob.call(readMyOrder, at(order.id))).problem.code).toBe('order.order_missing')
  })

  test('by whoever has the key, in its shop', async () => {
    const { key, id } = await paid()
    const look = (client: TestClient, text: string) =>
      client.call(lookUpOrder, { params: { key: text } })
    expect((await look(shop.shopper, key)).body.id).toBe(id)
    await shop.staff.call(shipOrder, { ...at(id), body: tracking })
    const { history } = (await look(shop.shopper, key)).body
    expect(history.map((one) => one.by)).toEqual(['guest', 'guest', 'shop'])
    const other = await platform.shop()
    const forged = `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`
    for (const answer of [
      await look(other.shopper, key),
      await look(shop.shopper, forged),
      await look(shop.shopper, `${randomUUID()}.${'x'.repeat(43)}`),
    ])
      expect(answer.problem.code).toBe('order.order_missing')
  })

  test('by nobody else, and nobody else changes them', async () => {
    const { id } = await paid()
    const person = await platform.person()
    const other = await platform.shop()
    const reason = { body: { reason: 'Because' } }
    for (const [operation, input] of [
      [listOrders, { query: {} }],
      [readOrder, { ...at(id), query: {} }],
      [shipOrder, { ...at(id), body: tracking }],
      [deliverOrder, at(id)],
      [cancelOrder, { ...at(id), ...reason }],
      [refundOrder, { ...at(id), ...reason }],
    ] as const) {
      const call = async (client: TestClient) =>
        (await client.call(operation, input as never)).status
      expect(await call(person), operation.name).toBe(403)
      expect(await call(platform.anonymous), operation.name).toBe(401)
      if (operation !== listOrders) expect(await call(other.staff), operation.name).toBe(404)
    }
    for (const operation of [listMyOrders, readMyOrder]) {
      const { status } = await platform.anonymous.call(operation, { ...at(id), query: {} } as never)
      expect(status).toBe(401)
    }
    const absent = await person.call(readMyOrder, at(id))
    expect(absent.problem.code).toBe('order.order_missing')
  })
})

test('what is paid after its checkout came to nothing is given back', async () => {
  const variantId = await shopping.variant()
  const declined = await shopping.checkOut(await shopping.cart([[variantId, 1]]), {
    number: '4000000000000002',
  })
  expect(declined.problem.code).toBe('order.payment_failed')
  const { rows } = await platform.sql.query(
    `select order_id from order_service.checkout where tenant_id = $1 and state = 'failed'
     order by started_at desc limit 1`,
    [shop.id],
  )
  // As a gateway may find out hours later that it took the money.
  const late = await orderService.call(shop.id, createPayment, {
    params: { paymentId: randomUUID() },
    body: {
      orderId: rows[0].order_id,
      amount: { amountMinor: 1_000, currency: 'EUR' },
      method: 'sandbox_4242424242424242_1290',
      gateway: 'sandbox',
    },
  })
  expect(late.state).toBe('captured')
  const back = async () => {
    await platform.runJob('order-service', 'pay-back')
    return (await shop.staff.call(readPayment, { params: { paymentId: late.id } })).body
  }
  await expect.poll(back).toMatchObject({ refundedMinor: 1_000 })
})
