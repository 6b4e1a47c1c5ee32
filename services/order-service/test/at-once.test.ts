// What happens when two want something of the same order, cart or payment at the same moment: one of
// them is held up by a lock that the test takes, as a slow neighbour would.
import { randomUUID } from 'node:crypto'
import { orderContract } from '@prognetwork/contracts/order'
import { paymentContract } from '@prognetwork/contracts/payment'
import {
  startCluster,
  startTestPlatform,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createShopping, type Shopping } from './shopping.ts'

const { addCoupon, cancelOrder, removeCartLine, removeCoupon, setCartLine, shipOrder, takeCart } =
  orderContract.operations
const { approveReturn, readOrder, readReturn, receiveReturn, refundReturn, requestReturn } =
  orderContract.operations
const { readPayment } = paymentContract.operations

// The server is one of its own: a transaction that is held open holds up the events of all that are on it.
let stopCluster: () => Promise<void>
let platform: TestPlatform
let shop: TestShop
let shopping: Shopping

beforeAll(async () => {
  const { cluster, stop } = await startCluster()
  stopCluster = stop
  platform = await startTestPlatform({ cluster })
  shop = await platform.shop()
  shopping = createShopping(platform, shop)
})
afterAll(async () => {
  await platform?.stop()
  await stopCluster?.()
})

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const lockPayment = async (paymentId: string) => {
  await platform.sql.query('begin')
  await platform.sql.query('select from payment_service.payment where id = $1 for update', [
    paymentId,
  ])
}
const unlock = () => platform.sql.query('commit')

async function paid() {
  const { body } = await shopping.buy([[await shopping.variant(), 1]])
  const { paymentId } = body
  if (paymentId === null) throw new Error('an order that was not paid for')
  const refunded = async () =>
    (await shop.staff.call(readPayment, { params: { paymentId } })).body.refundedMinor
  const at = { params: { orderId: body.id } }
  return {
    ...{ ...body, paymentId, refunded },
    owedBack: async () =>
      (await shop.staff.call(readOrder, { ...at, query: {} })).body.owedBack ?? {},
    cancel: () => shop.staff.call(cancelOrder, { ...at, body: { reason: 'They said so' } }),
    ship: () => shop.staff.call(shipOrder, { ...at, body: { carrier: 'Mail', number: '1' } }),
  }
}

test('an order that is being cancelled is not shipped, and paid back', async () => {
  const order = await paid()
  await lockPayment(order.paymentId)
  const cancelling = order.cancel()
  await pause(500)
  const shipped = await order.ship()
  await unlock()
  expect(shipped.problem.code).toBe('order.order_unfit')
  expect((await cancelling).body.state).toBe('cancelled')
  expect(await order.refunded()).toBe(order.total.amountMinor)
})

test('money that cannot be given back at once is given back later', async () => {
  const order = await paid()
  await lockPayment(order.paymentId)
  const cancelled = await order.cancel()
  expect(cancelled.body.state).toBe('cancelled')
  platform.clock.advance(31_000)
  // Less and less often, and its shop is shown why.
  const problem = 'service.unavailable'
  await expect.poll(order.owedBack, { timeout: 20_000 }).toMatchObject({ attempts: 1, problem })
  await unlock()
  expect(await order.refunded()).toBe(0)
  platform.clock.advance(61_000)
  await expect.poll(order.refunded, { timeout: 20_000 }).toBe(order.total.amountMinor)
  await expect.poll(order.owedBack).toEqual({})
})

test('what was returned is paid back later where it cannot be at once', async () => {
  const order = await paid()
  await order.ship()
  const { staff } = shop
  const lines = order.lines.map(({ variantId, quantity }) => ({ variantId, quantity }))
  const { body: asked } = await staff.call(requestReturn, {
    params: { orderId: order.id },
    body: { id: randomUUID(), lines, reason: 'Too small' },
  })
  const at = { params: { returnId: asked.id } }
  await staff.call(approveReturn, at)
  const come = lines.map(({ variantId }) => ({ variantId, restock: false }))
  await staff.call(receiveReturn, { ...at, body: { lines: come } })
  await lockPayment(order.paymentId)
  const decided = await staff.call(refundReturn, { ...at, body: {} })
  await unlock()
  expect(decided.body).toMatchObject({ state: 'refunding', refunded: null })
  platform.clock.advance(31_000)
  const after = async () => (await staff.call(readReturn, at)).body.state
  await expect.poll(after, { timeout: 20_000 }).toBe('refunded')
  expect(await order.refunded()).toBe(order.total.amountMinor)
})

test('a cart that is being ordered is not taken into another', async () => {
  const customer = await shopping.customer()
  const variantId = await shopping.variant()
  const earlier = await shopping.cart([[variantId, 1]], customer)
  const later = await shopping.cart([])
  await platform.sql.query('begin')
  await platform.sql.query('select from product_service.stock where variant_id = $1 for update', [
    variantId,
  ])
  const ordering = shopping.checkOut(earlier, { client: customer })
  await pause(500)
  const taken = await customer.call(takeCart, { params: { cartId: later } })
  await unlock()
  const { status, body: order } = await ordering
  expect([taken.status, taken.body.lines, status]).toEqual([200, [], 201])
  const again = await shopping.checkOut(earlier, { client: customer })
  expect(again.body.id).toBe(order.id)
})

test('a step that somebody else is about to do has not refused', async () => {
  const [orderId, variantId] = [randomUUID(), await shopping.variant()]
  const cartId = await shopping.cart([[variantId, 1]])
  const { email, shippingAddress, paymentMethod } = shopping.form(cartId)
  const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: false }
  const wanted = {
    ...{ accountId: null, email, shippingAddress, paymentMethod, currency: 'EUR', trace },
    ...{ lines: [{ variantId, quantity: 1 }], paymentId: randomUUID() },
    terms: { promotions: [], shipping: null, taxRate: null },
  }
  await platform.sql.query(
    `insert into order_service.checkout
       (tenant_id, order_id, cart_id, state, input, started_at, resume_at)
     values ($1, $2, $3, 'open', $4, $5, $5)`,
    [shop.id, orderId, cartId, JSON.stringify(wanted), new Date(platform.clock.nowMs() + 60_000)],
  )
  await platform.sql.query('begin')
  await platform.sql.query(
    `insert into payment_service.payment (tenant_id, id, order_id, gateway, reference, state,
       amount_minor, currency, version, created_at, updated_at)
     values ($1, $2, $3, 'sandbox', 'another', 'processing', 1, 'EUR', 1, now(), now())`,
    [shop.id, wanted.paymentId, orderId],
  )
  platform.clock.advance(61_000)
  const waiting = `select count(*)::int as count from pg_locks
    where locktype = 'transactionid' and not granted`
  const count = async () => (await platform.sql.query(waiting)).rows[0].count
  await expect.poll(count, { timeout: 15_000 }).toBe(1)
  await platform.sql.query('rollback')
  const checkout = async () =>
    (
      await platform.sql.query(
        `select c.state, o.state as "order", r.state as goods, c.input
         from order_service.checkout c left join order_service.sales_order o on o.id = c.order_id
           left join product_service.reservation r on r.order_id = c.order_id
         where c.order_id = $1`,
        [orderId],
      )
    ).rows[0]
  await expect
    .poll(checkout, { timeout: 15_000 })
    .toMatchObject({ state: 'done', order: 'paid', goods: 'committed' })
  expect(Object.keys((await checkout()).input).sort()).toEqual([
    'accountId',
    'currency',
    'lines',
    'paymentId',
    'terms',
    'trace',
  ])
})

test('a cart is not changed while it is being ordered', async () => {
  const customer = await shopping.customer()
  const variantId = await shopping.variant()
  const cartId = await shopping.cart([[variantId, 1]])
  await platform.sql.query('begin')
  await platform.sql.query('select from product_service.stock where variant_id = $1 for update', [
    variantId,
  ])
  const ordering = shopping.checkOut(cartId)
  await pause(500)
  const params = { cartId, variantId }
  for (const refused of [
    await shop.shopper.call(setCartLine, { params, body: { quantity: 5 } }),
    await shop.shopper.call(removeCartLine, { params }),
    await shop.shopper.call(addCoupon, { params: { cartId, code: 'ANY-CODE' } }),
    await shop.shopper.call(removeCoupon, { params: { cartId, code: 'ANY-CODE' } }),
    await customer.call(takeCart, { params: { cartId } }),
  ])
    expect(refused.problem.code).toBe('order.checkout_under_way')
  await unlock()
  const { status, body } = await ordering
  expect([status, body.lines[0]?.quantity]).toEqual([201, 1])
  const late = await shop.shopper.call(setCartLine, { params, body: { quantity: 5 } })
  expect(late.problem.code).toBe('order.cart_closed')
})
