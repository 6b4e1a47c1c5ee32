// Checkouts that nobody is at any more: whoever finds them brings them to an end.
import { randomUUID } from 'node:crypto'
import { orderContract } from '@prognetwork/contracts/order'
import { paymentContract } from '@prognetwork/contracts/payment'
import { productContract } from '@prognetwork/contracts/product'
import { userContract } from '@prognetwork/contracts/user'
import {
  startCluster,
  startTestPlatform,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createShopping, type Shopping } from './shopping.ts'

const { readOrder } = orderContract.operations
const { refundPayment } = paymentContract.operations
const { adjustStock, readStock } = productContract.operations

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

const stockOf = async (variantId: string) =>
  (await shop.staff.call(readStock, { params: { variantId } })).body

const stateOf = async (orderId: string) => {
  const state = 'select state from order_service.checkout where order_id = $1'
  return (await platform.sql.query(state, [orderId])).rows[0].state
}

describe('a checkout that is left lying', () => {
  /** Lets no payment past until `letGo`. */
  async function holdPayments() {
    await platform.sql.query('begin')
    await platform.sql.query('lock table payment_service.payment in access exclusive mode')
    return {
      async untilStanding(checkouts: number) {
        const standing = `select count(*)::int as count from pg_locks
          where relation = 'payment_service.payment'::regclass and mode = 'RowExclusiveLock'
            and not granted`
        const count = async () => (await platform.sql.query(standing)).rows[0].count
        await expect.poll(count, { timeout: 15_000 }).toBe(checkouts)
      },
      letGo: () => platform.sql.query('commit'),
    }
  }

  test('is not called off while a step of it is under way', async () => {
    const variantId = await shopping.variant({ onHand: 3 })
    const cartId = await shopping.cart([[variantId, 1]])
    const payments = await holdPayments()
    const answer = shopping.checkOut(cartId)
    await payments.untilStanding(1)
    // It looks as if nobody were at it, and is begun again.
    platform.clock.advance(30_000)
    await payments.untilStanding(2)
    await payments.letGo()
    expect(await answer).toMatchObject({ status: 201, body: { state: 'paid' } })
    await expect.poll(() => stockOf(variantId)).toMatchObject({ onHand: 2, reserved: 0 })
  })

  /** As it stands when the platform is killed right after it began. */
  async function begin(
    variantId: string,
    accountId: string | null = null,
  ): Promise<{ cartId: string; orderId: string }> {
    const [orderId, cartId] = [randomUUID(), await shopping.cart([[variantId, 1]])]
    const { email, shippingAddress, paymentMethod } = shopping.form(cartId)
    const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: false }
    const request = { accountId, email, shippingAddress, paymentMethod, trace }
    const now = new Date(platform.clock.nowMs())
    await platform.sql.query('begin')
    await platform.sql.query(`select set_config('app.tenant_id', $1, true)`, [shop.id])
    await platform.sql.query('set local search_path = order_service, platform, public')
    await platform.sql.query('select open_checkout($1, $2, $5, $3, null, null, $4, $4)', [
      ...[orderId, cartId, JSON.stringify({ ...request, paymentId: randomUUID() }), now],
      accountId,
    ])
    await platform.sql.query('commit')
    return { cartId, orderId }
  }

  test('is given up when nobody paid before it was too late, and can be begun again', async () => {
    const variantId = await shopping.variant({ onHand: 3 })
    const { cartId, orderId } = await begin(variantId)
    platform.clock.advance(11 * 60_000)
    await expect.poll(() => stateOf(orderId), { timeout: 15_000 }).toBe('failed')
    expect(await stockOf(variantId)).toMatchObject({ onHand: 3, reserved: 0 })
    const { body } = await shopping.checkOut(cartId)
    expect([body.state, body.id === orderId]).toEqual(['paid', false])
  })

  test('is given up as well when what it wants is gone by then', async () => {
    const variantId = await shopping.variant({ onHand: 3 })
    const { cartId, orderId } = await begin(variantId)
    await shop.staff.call(adjustStock, {
      params: { variantId },
      body: { onHand: 0, reason: 'counted' },
    })
    platform.clock.advance(11 * 60_000)
    await expect.poll(() => stateOf(orderId), { timeout: 15_000 }).toBe('failed')
    expect((await shopping.checkOut(cartId)).problem.code).toBe('order.goods_unavailable')
  })

  test('is gone on with at the prices of the customer who began it', async () => {
    const variantId = await shopping.variant({ amountMinor: 1_000 })
    const customer = await shopping.customer()
    const accountId = (await customer.call(userContract.operations.readProfile, {})).body.id
    const { createCustomerGroup, createPriceList, setGroupMember, setListedPrice } =
      productContract.operations
    const group = await shop.staff.call(createCustomerGroup, { body: { key: 'vip', name: 'VIP' } })
    const groupId = group.body.id
    await shop.staff.call(setGroupMember, { params: { accountId }, body: { groupId } })
    const list = await shop.staff.call(createPriceList, {
      body: { name: 'Theirs', groupId, state: 'active' },
    })
    await shop.staff.call(setListedPrice, {
      params: { priceListId: list.body.id, variantId },
      body: { prices: [{ amountMinor: 650, currency: 'EUR' }] },
    })
    const { orderId } = await begin(variantId, accountId)
    platform.clock.advance(30_000)
    await expect.poll(() => stateOf(orderId), { timeout: 15_000 }).toBe('done')
    const { body } = await shop.staff.call(readOrder, { params: { orderId }, query: {} })
    expect([body.accountId, body.total.amountMinor]).toEqual([accountId, 650])
  })

  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

  test('that cannot be gone on with waits longer each time, and holds up no other', async () => {
    const variantId = await shopping.variant({ onHand: 3 })
    const [broken, whole] = [await begin(variantId), await begin(variantId)]
    await platform.sql.query(
      `update order_service.checkout set input = input - 'lines' where order_id = $1`,
      [broken.orderId],
    )
    platform.clock.advance(30_000)
    const standing = async () =>
      (
        await platform.sql.query(
          `select state, attempts from order_service.checkout where order_id = any ($1)
           order by order_id = $2`,
          [[broken.orderId, whole.orderId], whole.orderId],
        )
      ).rows
    await expect.poll(standing, { timeout: 15_000 }).toEqual([
      { state: 'open', attempts: 1 },
      { state: 'done', attempts: 1 },
    ])
    platform.clock.advance(10_000)
    await pause(6_000)
    expect((await standing())[0]).toEqual({ state: 'open', attempts: 1 })
    platform.clock.advance(31_000)
    await expect
      .poll(async () => (await standing())[0], { timeout: 15_000 })
      .toEqual({ state: 'open', attempts: 2 })
  })

  /** As it stands when the platform is killed between the payment, which is taken later, and the order. */
  async function killedBeforeOrder() {
    const variantId = await shopping.variant({ onHand: 3 })
    const cartId = await shopping.cart([[variantId, 1]])
    const { body: order } = await shopping.checkOut(cartId, { number: '4000000000000077' })
    expect(order.state).toBe('awaiting_payment')
    const { email, shippingAddress, paymentMethod } = shopping.form(cartId, '4000000000000077')
    const input = JSON.stringify({ email, shippingAddress, paymentMethod })
    await platform.sql.query(
      `with line as (delete from order_service.order_line where order_id = '${order.id}'),
         change as (delete from order_service.order_change where order_id = '${order.id}'),
         cart as (update order_service.cart set order_id = null where id = '${cartId}'),
         checkout as (
           update order_service.checkout set state = 'open', input = input || '${input}'
           where order_id = '${order.id}')
       delete from order_service.sales_order where id = '${order.id}'`,
    )
    platform.clock.advance(5_000)
    const consumed = `select (select count(*) from event_streaming_service.domain_log l
        join order_service.consumer_position p
          on p.log = 'domain' and p.partition = l.partition and p.position >= l.position
        where l.type = 'payment.captured' and l.data::jsonb ->> 'orderId' = '${order.id}')::int as read`
    const read = async () => (await platform.sql.query(consumed)).rows[0].read
    await expect.poll(read, { timeout: 15_000 }).toBe(1)
    const now = () => shop.staff.call(readOrder, { params: { orderId: order.id }, query: {} })
    return { variantId, order, now }
  }

  test('hears what its payment became before there was an order', async () => {
    const { variantId, now } = await killedBeforeOrder()
    platform.clock.advance(30_000)
    await expect.poll(async () => (await now()).body.state, { timeout: 15_000 }).toBe('paid')
    await expect.poll(() => stockOf(variantId)).toMatchObject({ onHand: 2, reserved: 0 })
  })

  test('makes no order of money that was given back before there was one', async () => {
    const { variantId, order, now } = await killedBeforeOrder()
    const params = { paymentId: order.paymentId ?? '' }
    expect((await shop.staff.call(refundPayment, { params, body: {} })).status).toBe(201)
    platform.clock.advance(30_000)
    await expect.poll(() => stateOf(order.id), { timeout: 15_000 }).toBe('failed')
    expect((await now()).status).toBe(404)
    expect(await stockOf(variantId)).toMatchObject({ onHand: 3, reserved: 0 })
  })

  test('shows what was given back of its payment before there was an order', async () => {
    const { order, now } = await killedBeforeOrder()
    const params = { paymentId: order.paymentId ?? '' }
    await shop.staff.call(refundPayment, { params, body: { amountMinor: 100 } })
    await pause(1_000)
    platform.clock.advance(30_000)
    await expect.poll(() => stateOf(order.id), { timeout: 15_000 }).toBe('done')
    expect((await now()).body).toMatchObject({ state: 'paid', refunded: { amountMinor: 100 } })
  })
})
