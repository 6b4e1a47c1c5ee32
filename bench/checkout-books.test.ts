import { startTestPlatform, type TestPlatform } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createShopping } from '../services/order-service/test/shopping.ts'
import { compareBooks, listUnended } from './checkout-books.ts'

let platform: TestPlatform
let orderIds: string[]

beforeAll(async () => {
  platform = await startTestPlatform()
  const shopping = createShopping(platform, await platform.shop())
  const buy = async () => (await shopping.buy([[await shopping.variant(), 2]])).body.id
  orderIds = [await buy(), await buy()]
})
afterAll(() => platform?.stop())

/** What the books say after a change to them, which is taken back. */
async function changed(change: string) {
  await platform.sql.query('begin')
  try {
    await platform.sql.query('set local session_replication_role = replica')
    await platform.sql.query(change)
    return await compareBooks(platform.sql, orderIds)
  } finally {
    await platform.sql.query('rollback')
  }
}

test('books in which everything came to its end agree', async () => {
  await expect.poll(() => listUnended(platform.sql), { timeout: 10_000 }).toEqual([])
  const nothing = { lost: [], doubled: [], oversold: [] }
  expect(await compareBooks(platform.sql, orderIds)).toEqual(nothing)
})

test.each([
  ['lost', 'order .*, acknowledged', 'delete from order_service.sales_order'],
  ['lost', 'money of payment', "update order_service.sales_order set state = 'cancelled'"],
  ['lost', 'money of payment', 'update payment_service.payment set refunded_minor = 1'],
  ['lost', 'payment of order', 'delete from payment_service.payment'],
  ['lost', 'lines of order', 'update order_service.order_line set quantity = quantity + 1'],
  ['lost', 'sales of payment', 'delete from payment_service.ledger_transfer'],
  ['lost', 'order.paid of', 'delete from event_streaming_service.domain_log'],
  ['doubled', 'sales of payment', 'update payment_service.ledger_transfer set amount_minor = 9999'],
  [
    'doubled',
    'payment of order',
    `drop index payment_service.payment_order;
     update payment_service.payment set order_id = (select min(order_id::text)::uuid
       from payment_service.payment)`,
  ],
  [
    'doubled',
    'order of cart',
    `update order_service.checkout set cart_id = (select min(cart_id::text)::uuid
       from order_service.checkout)`,
  ],
  [
    'doubled',
    'order.paid of order',
    `update event_streaming_service.domain_log set key = (select min(key)
       from event_streaming_service.domain_log where type = 'order.paid') where type = 'order.paid'`,
  ],
  ['oversold', '10 of variant', 'update product_service.stock set on_hand = on_hand + 1'],
  ['oversold', '1 reserved', 'update product_service.stock set reserved = 1'],
] as const)('are %s: %s, after: %s', async (list, name, change) => {
  expect((await changed(change))[list].join('\n')).toMatch(new RegExp(name))
})
