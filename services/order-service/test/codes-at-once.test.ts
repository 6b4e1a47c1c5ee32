// Codes when two want the same one at the same moment: they are held up by a lock that the test takes.
import { orderContract } from '@prognetwork/contracts/order'
import {
  startCluster,
  startTestPlatform,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createShopping, type Shopping } from './shopping.ts'

const { addCoupon, createPromotion, listPromotions } = orderContract.operations

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

async function promote(code: string, limits: { limit?: number; limitPerCustomer?: number }) {
  const reduction = { kind: 'percent' as const, basisPoints: 1_000 }
  await shop.staff.call(createPromotion, { body: { name: 'Sale', code, reduction, ...limits } })
}
const usedOf = async (code: string) => {
  const { body } = await shop.staff.call(listPromotions, { query: {} })
  return body.items.find((one) => one.code === code)?.used
}
async function cartWith(code: string, variantId: string, client = shop.shopper) {
  const cartId = await shopping.cart([[variantId, 1]], client)
  const { status } = await client.call(addCoupon, { params: { cartId, code } })
  expect(status).toBe(200)
  return cartId
}
async function lock(row: string, values: readonly string[]) {
  await platform.sql.query('begin')
  await platform.sql.query(`select from ${row} for update`, [...values])
}
const unlock = () => platform.sql.query('commit')
async function untilWaiting(count: number) {
  const waiting = `select count(*)::int as count from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`
  const now = async () => (await platform.sql.query(waiting)).rows[0].count
  await expect.poll(now, { timeout: 5_000 }).toBe(count)
}

test('a customer with two carts uses a code no more often than it says', async () => {
  await promote('ONCE-EACH', { limitPerCustomer: 1 })
  const customer = await shopping.customer()
  const variantId = await shopping.variant()
  const carts = [
    await cartWith('ONCE-EACH', variantId, customer),
    await cartWith('ONCE-EACH', variantId, customer),
  ]
  await lock('order_service.promotion where tenant_id = $1 and code = $2', [shop.id, 'ONCE-EACH'])
  const ordering = carts.map((cartId) => shopping.checkOut(cartId, { client: customer }))
  await untilWaiting(2)
  await unlock()
  const statuses = (await Promise.all(ordering)).map((one) => one.status)
  expect(statuses.sort()).toEqual([201, 409])
  expect(await usedOf('ONCE-EACH')).toBe(1)
})

test('a cart that is being ordered holds the last use of its code', async () => {
  await promote('LAST-ONE', { limit: 1 })
  const variantId = await shopping.variant()
  const cartId = await cartWith('LAST-ONE', variantId)
  await lock('product_service.stock where variant_id = $1', [variantId])
  const ordering = shopping.checkOut(cartId)
  await untilWaiting(1)
  const again = await shopping.checkOut(cartId)
  await unlock()
  expect(again.problem.code).toBe('order.checkout_under_way')
  expect([(await ordering).status, await usedOf('LAST-ONE')]).toEqual([201, 1])
})

test('a cart that is ordered twice at once uses its code once', async () => {
  await promote('TWICE', { limit: 1 })
  const cartId = await cartWith('TWICE', await shopping.variant())
  await lock('order_service.promotion where tenant_id = $1 and code = $2', [shop.id, 'TWICE'])
  const ordering = [shopping.checkOut(cartId), shopping.checkOut(cartId)]
  await untilWaiting(2)
  await unlock()
  const answers = await Promise.all(ordering)
  const refused = answers.filter((one) => one.status !== 201)
  expect(refused.map((one) => one.problem.code)).toEqual(['order.checkout_under_way'])
  expect(await usedOf('TWICE')).toBe(1)
})
