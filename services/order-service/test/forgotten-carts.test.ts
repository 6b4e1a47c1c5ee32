import { orderContract } from '@prognetwork/contracts/order'
import { startTestPlatform, type TestPlatform, type TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createShopping } from './shopping.ts'

const { readCart } = orderContract.operations

let platform: TestPlatform
let shop: TestShop

beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
})
afterAll(() => platform?.stop())

test('a cart that nobody touches is forgotten, and one that was ordered is not', async () => {
  const shopping = createShopping(platform, shop)
  const line = [[await shopping.variant(), 1]] as const
  const [left, ordered] = [await shopping.cart(line), await shopping.cart(line)]
  await shopping.checkOut(ordered)
  platform.clock.advance(91 * 86_400_000)
  const touched = await shopping.cart(line)
  await platform.runJob('order-service', 'sweep-carts')
  const statuses = await Promise.all(
    [left, ordered, touched].map(
      async (cartId) =>
        (await shop.shopper.call(readCart, { query: {}, params: { cartId } })).status,
    ),
  )
  expect(statuses).toEqual([404, 200, 200])
})
