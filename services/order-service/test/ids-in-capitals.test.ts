import { randomUUID } from 'node:crypto'
import { orderContract } from '@prognetwork/contracts/order'
import { startTestPlatform, type TestPlatform, type TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createShopping, type Shopping } from './shopping.ts'

const { createFulfilment, deliverFulfilment, readPackingSlip } = orderContract.operations

let platform: TestPlatform
let shop: TestShop
let shopping: Shopping

beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
  shopping = createShopping(platform, shop)
})
afterAll(() => platform?.stop())

test('a parcel is the same however its ids are written', async () => {
  const pot = await shopping.variant()
  const { body: order } = await shopping.buy([[pot, 2]])
  const id = randomUUID()
  const send = (written: (id: string) => string) =>
    shop.staff.call(createFulfilment, {
      params: { orderId: written(order.id) },
      body: {
        ...{ id: written(id), carrier: 'Royal Mail', number: 'RM1' },
        lines: [{ variantId: written(pot), quantity: 1 }],
      },
    })
  const capitals = (text: string) => text.toUpperCase()
  const first = await send(capitals)
  expect(first).toMatchObject({ status: 201, body: { id, lines: [{ variantId: pot }] } })
  expect((await send((text) => text)).body).toEqual(first.body)
  expect((await send(capitals)).body).toEqual(first.body)
  const params = { orderId: order.id, fulfilmentId: capitals(id) }
  const slip = await shop.staff.call(readPackingSlip, {
    ...{ params: { orderId: order.id }, query: { fulfilmentId: capitals(id) } },
  })
  expect(slip.status).toBe(200)
  expect((await shop.staff.call(deliverFulfilment, { params })).body).toMatchObject({ id })
})
