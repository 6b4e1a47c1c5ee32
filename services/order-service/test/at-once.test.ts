// What happens when two want something of the same order, cart or payment at the same moment: one of
// them is held up by a lock that the test takes, as a slow neighbour would.
import { orderContract } from '@prognetwork/contracts/order'
import { paymentContract } from '@prognetwork/contracts/payment'
import { startTestPlatform, type TestPlatform, type TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createShopping, type Shopping } from './shopping.ts'

const { cancelOrder, shipOrder } = orderContract.operations
const { readPayment } = paymentContract.operations

let platform: TestPlatform
let shop: TestShop
let shopping: Shopping

beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
  shopping = createShopping(platform, shop)
})
afterAll(() => platform?.stop())

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
  await unlock()
  expect(cancelled.body.state).toBe('cancelled')
  expect(await order.refunded()).toBe(0)
  platform.clock.advance(31_000)
  await expect.poll(order.refunded, { timeout: 20_000 }).toBe(order.total.amountMinor)
})
