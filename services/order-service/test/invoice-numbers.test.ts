import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { orderContract } from '@prognetwork/contracts/order'
import { tenantContract } from '@prognetwork/contracts/tenant'
import { userContract } from '@prognetwork/contracts/user'
import {
  startTestPlatform,
  type TestPerson,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { textOf } from './pdf-text.ts'
import { createShopping } from './shopping.ts'

const { readInvoice } = orderContract.operations
const { readReplay, startReplay } = eventStreamingContract.operations
const { changeSettings } = tenantContract.operations
const { signIn } = userContract.operations

const service = 'order-service'
/** The year ends in London in half an hour, and has ended in Auckland. */
const year = new Date().getUTCFullYear()
let platform: TestPlatform
let operator: TestPerson

beforeAll(async () => {
  platform = await startTestPlatform()
  operator = await platform.operator()
  platform.clock.advance(Date.UTC(year + 1, 0, 1) - 30 * 60_000 - Date.now())
})
afterAll(() => platform?.stop())

async function numberOf(shop: TestShop, orderId: string): Promise<string> {
  const { status, body } = await shop.staff.call(readInvoice, { params: { orderId } })
  expect(status, JSON.stringify(body).slice(0, 500)).toBe(200)
  const { title } = await textOf(Buffer.from(body.bytes, 'base64'))
  return String(title).replace('Invoice ', '')
}

const written = (of: number, count: number) =>
  Array.from({ length: count }, (_, at) => `${of}-${String(at + 1).padStart(6, '0')}`)

async function buyOnce(shop: TestShop) {
  const shopping = createShopping(platform, shop)
  return (await shopping.buy([[await shopping.variant(), 1]])).body.id
}

test('many orders at once are numbered without gaps, once and for ever', async () => {
  const shop = await platform.shop()
  const shopping = createShopping(platform, shop)
  const variantId = await shopping.variant({ onHand: 100 })
  const carts = await Promise.all(Array.from({ length: 50 }, () => shopping.cart([[variantId, 1]])))
  const given = await Promise.all(
    carts.map(async (cartId) => {
      const { status, body } = await shopping.checkOut(cartId)
      expect(status, JSON.stringify(body)).toBe(201)
      return [body.id, await numberOf(shop, body.id)] as const
    }),
  )
  expect(given.map(([, number]) => number).toSorted()).toEqual(written(year, 50))

  // What the operator was let in with before has expired.
  const { email, password } = operator
  const session = await platform.anonymous.call(signIn, { body: { email, password } })
  const asOperator = platform.anonymous.as(session.body.accessToken)
  const ask = { service, tenantId: shop.id, types: ['order.paid'] }
  const { body: replay } = await asOperator.call(startReplay, { body: ask })
  const at = { params: { service, replayId: replay.id } }
  await expect
    .poll(async () => (await asOperator.call(readReplay, at)).body, { timeout: 20_000 })
    .toMatchObject({ state: 'done', progress: { events: 50 } })
  for (const [orderId, number] of given) expect(await numberOf(shop, orderId)).toBe(number)
  expect(await numberOf(shop, await buyOnce(shop))).toBe(written(year, 51).at(-1))
}, 60_000)

test('numbers go with the order in which was paid, whoever asks first', async () => {
  const shop = await platform.shop()
  const ids: string[] = []
  for (let at = 0; at < 3; at++) ids.push(await buyOnce(shop))
  const waiting = async () => {
    const { rows } = await platform.sql.query(
      'select order_id from order_service.invoice where tenant_id = $1',
      [shop.id],
    )
    return rows.length
  }
  await expect.poll(waiting).toBe(3)
  const numbers = await Promise.all(ids.toReversed().map((id) => numberOf(shop, id)))
  expect(numbers.toReversed()).toEqual(written(year, 3))
})

test('what nobody asks for is numbered too', async () => {
  const shop = await platform.shop()
  const orderId = await buyOnce(shop)
  const numbers = async () => {
    const { rows } = await platform.sql.query(
      'select order_id as "orderId", year, number from order_service.invoice where tenant_id = $1',
      [shop.id],
    )
    return rows
  }
  await expect.poll(numbers).toHaveLength(1)
  await platform.runJob(service, 'number-invoices')
  expect(await numbers()).toEqual([{ orderId, year, number: 1 }])
})

test('the year is that of the shop, and each year begins with 1', async () => {
  const shop = await platform.shop()
  expect(await numberOf(shop, await buyOnce(shop))).toBe(`${year}-000001`)
  const changes = { timezone: 'Pacific/Auckland' }
  await shop.staff.call(changeSettings, { body: { version: 1, changes } })
  expect(await numberOf(shop, await buyOnce(shop))).toBe(`${year + 1}-000001`)
})

test('a number that was given cannot be changed', async () => {
  const shop = await platform.shop()
  const orderId = await buyOnce(shop)
  await numberOf(shop, orderId)
  await expect(
    platform.sql.query('update order_service.invoice set number = 7 where order_id = $1', [
      orderId,
    ]),
  ).rejects.toThrow('the number of an invoice never changes')
})
