import { randomUUID } from 'node:crypto'
import { orderContract } from '@prognetwork/contracts/order'
import { userContract } from '@prognetwork/contracts/user'
import {
  openEventSource,
  startTestPlatform,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createShopping, type Shopping } from './shopping.ts'

const { followMyOrder, followOrder, shipOrder } = orderContract.operations
const maxFollowers = 3

let platform: TestPlatform
let shop: TestShop
let shopping: Shopping

beforeAll(async () => {
  const followers = String(maxFollowers)
  platform = await startTestPlatform({ configuration: { 'order-service': { followers } } })
  shop = await platform.shop()
  shopping = createShopping(platform, shop)
})
afterAll(() => platform?.stop())

/** A customer of the shop: what they show, and somebody who calls with it. */
async function customer() {
  const { signIn, signUp, verifyEmail } = userContract.operations
  const credentials = { email: `${randomUUID()}@example.com`, password: 'a difference engine' }
  await shop.shopper.call(signUp, { body: { ...credentials, displayName: 'A Customer' } })
  const token = await platform.mailedToken(credentials.email)
  await shop.shopper.call(verifyEmail, { body: { token, password: credentials.password } })
  const { body } = await shop.shopper.call(signIn, { body: credentials })
  return {
    headers: { authorization: `Bearer ${body.accessToken}` },
    client: shop.shopper.as(body.accessToken),
  }
}

const follow = (path: string, headers: Readonly<Record<string, string>>) =>
  openEventSource(`${platform.origin}/api${path}`, headers)

async function bought(client = shop.shopper) {
  const { body } = await shopping.buy([[await shopping.variant(), 1]], client)
  return body
}

const ship = (orderId: string) =>
  shop.staff.call(shipOrder, { params: { orderId }, body: { carrier: 'Post', number: 'P-1' } })

describe('who follows an order', () => {
  test('is told at once that it may have changed, and again when it has', async () => {
    const { id, key } = await bought()
    const stream = await follow(`/v1/order-look-ups/${key}/changes`, { 'prog-tenant': shop.slug })
    await stream.has(1)
    await ship(id)
    const [, changed] = await stream.has(2)
    // Nothing is said of the order itself.
    expect(Object.keys(changed ?? {})).toEqual(['at'])
    stream.close()
  })

  test('hears nothing of other orders', async () => {
    const [mine, another] = [await bought(), await bought()]
    const headers = { 'prog-tenant': shop.slug }
    const stream = await follow(`/v1/order-look-ups/${mine.key}/changes`, headers)
    await stream.has(1)
    await ship(another.id)
    await ship(mine.id)
    await stream.has(2)
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(stream.events).toHaveLength(2)
    stream.close()
  })

  test('is the customer whose order it is, and no other', async () => {
    const [buyer, stranger] = [await customer(), await customer()]
    const { id } = await bought(buyer.client)
    const path = `/v1/me/orders/${id}/changes`
    const stream = await follow(path, buyer.headers)
    await stream.has(1)
    await ship(id)
    await stream.has(2)
    stream.close()
    const params = { orderId: id }
    expect((await stranger.client.call(followMyOrder, { params })).problem.code).toBe(
      'order.order_missing',
    )
    expect((await shop.shopper.call(followMyOrder, { params })).status).toBe(401)
  })

  test('needs the key of an order of this shop', async () => {
    const other = await platform.shop()
    const { key } = await bought()
    expect((await other.shopper.call(followOrder, { params: { key } })).problem.code).toBe(
      'order.order_missing',
    )
  })

  test('is refused while as many do as may, and let in when one has left', async () => {
    const buyer = await customer()
    const { id } = await bought(buyer.client)
    const { key } = await bought()
    const path = `/v1/order-look-ups/${key}/changes`
    const headers = { 'prog-tenant': shop.slug }
    const open = () => follow(path, headers)
    const streams = [await open(), await open(), await open()]
    await Promise.all(streams.map((one) => one.has(1)))
    for (const refused of [
      await open(),
      await follow(`/v1/me/orders/${id}/changes`, buyer.headers),
    ])
      expect([refused.status, refused.problem?.code]).toEqual([429, 'order.too_many_followers'])
    streams[0]?.close()
    await expect.poll(async () => (await open()).status).toBe(200)
    for (const one of streams) one.close()
  })
})
