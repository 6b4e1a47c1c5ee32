import { randomUUID } from 'node:crypto'
import { productContract } from '@prognetwork/contracts/product'
import {
  callingAs,
  createTenants,
  startTestPlatform,
  type TestClient,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createKeeping, type Keeping } from './stock-keeping.ts'

const {
  adjustStock,
  cancelIncoming,
  changeLocation,
  createLocation,
  expectStock,
  listAdjustments,
  listIncoming,
  listLocations,
  moveStock,
  readStock,
  receiveStock,
  setThreshold,
} = productContract.operations

const orders = callingAs('order-service')
let platform: TestPlatform
let shop: TestShop
let keeping: Keeping
beforeAll(async () => {
  platform = await startTestPlatform({ definitions: orders.definitions })
  shop = await platform.shop()
  keeping = createKeeping(platform, shop, orders)
})
afterAll(() => platform?.stop())

describe('a delivery', () => {
  const expectSome = (variantId: string, body: object, by = shop.staff) =>
    by.call(expectStock, { params: { variantId }, body: { quantity: 5, ...body } })
  const receive = (incomingId: string, quantity: number, isLast = false, by = shop.staff) =>
    by.call(receiveStock, { params: { incomingId }, body: { quantity, isLast } })

  test('is expected, arrives in parts where it is meant to, and ends', async () => {
    const variantId = await keeping.makeVariant(1)
    const place = await keeping.makePlace()
    const { body: expected } = await expectSome(variantId, {
      ...{ locationId: place, supplier: 'Babbage, order 17', dueOn: '2026-12-01' },
    })
    expect(expected).toMatchObject({
      ...{ variantId, locationId: place, expected: 5, received: 0, state: 'expected' },
      ...{ supplier: 'Babbage, order 17', dueOn: '2026-12-01', endedAt: null },
    })
    expect(await keeping.stock(variantId)).toMatchObject({ available: 1, incoming: 5 })
    expect((await receive(expected.id, 2)).body).toMatchObject({ received: 2, state: 'expected' })
    expect(await keeping.stock(variantId)).toMatchObject({ available: 3, incoming: 3 })
    expect((await receive(expected.id, 2, true)).body).toMatchObject({
      ...{ received: 4, state: 'received' },
    })
    expect(await keeping.stock(variantId)).toMatchObject({ available: 5, incoming: 0 })
    expect((await keeping.counts(variantId)).places[place]).toEqual([4, 0])
    expect((await receive(expected.id, 1)).problem.code).toBe('product.incoming_ended')
    const cancelled = await shop.staff.call(cancelIncoming, { params: { incomingId: expected.id } })
    expect(cancelled.problem.code).toBe('product.incoming_ended')
    const second = await expectSome(variantId, {})
    const { body: page } = await shop.staff.call(listIncoming, {
      params: { variantId },
      query: { limit: 1 },
    })
    expect(page.items.map((one) => one.id)).toEqual([second.body.id])
    const rest = await shop.staff.call(listIncoming, {
      params: { variantId },
      query: { after: page.next ?? '' },
    })
    expect(rest.body.items.map((one) => one.id)).toEqual([expected.id])
  })

  test('received by two at once is put into stock once', async () => {
    const variantId = await keeping.makeVariant(0)
    const { body } = await expectSome(variantId, {})
    const both = await Promise.all([receive(body.id, 5), receive(body.id, 5)])
    expect(both.map((one) => one.status).sort()).toEqual([201, 409])
    expect((await keeping.stock(variantId)).onHand).toBe(5)
    const key = { 'idempotency-key': randomUUID() }
    const more = await expectSome(variantId, {})
    const sent = () =>
      shop.staff.call(
        receiveStock,
        { params: { incomingId: more.body.id }, body: { quantity: 2 } },
        key,
      )
    expect((await sent()).body).toEqual((await sent()).body)
    expect((await keeping.stock(variantId)).onHand).toBe(7)
  })

  test('is called off, and called off again', async () => {
    const variantId = await keeping.makeVariant(0)
    const { body } = await expectSome(variantId, {})
    const cancel = (by = shop.staff) => by.call(cancelIncoming, { params: { incomingId: body.id } })
    const once = await cancel()
    expect(once.body.state).toBe('cancelled')
    expect((await cancel()).body).toEqual(once.body)
    expect((await receive(body.id, 1)).problem.code).toBe('product.incoming_ended')
    expect((await keeping.stock(variantId)).incoming).toBe(0)
    const other = await platform.shop()
    expect((await cancel(other.staff)).problem.code).toBe('product.incoming_missing')
    expect((await receive(body.id, 1, false, other.staff)).problem.code).toBe(
      'product.incoming_missing',
    )
    expect((await expectSome(variantId, {}, other.staff)).problem.code).toBe(
      'product.variant_missing',
    )
    expect((await expectSome(variantId, { dueOn: '0000-01-01' })).status).toBe(400)
    const elsewhere = await expectSome(variantId, { locationId: randomUUID() })
    expect(elsewhere.problem.code).toBe('product.location_missing')
  })

  test('of more than a stock can hold is refused', async () => {
    const variantId = await keeping.makeVariant(999_999_990)
    const { body } = await expectSome(variantId, { quantity: 11 })
    expect((await receive(body.id, 11)).problem.code).toBe('product.stock_unfit')
    expect((await keeping.stock(variantId)).incoming).toBe(11)
  })
})

describe('stock that runs low', () => {
  /** As if half a minute had gone by. */
  async function look() {
    await platform.sql.query(
      `update product_service.lease set last_run_at = 'epoch' where name = 'tell-low-stock'`,
    )
    await platform.runJob('product-service', 'tell-low-stock')
  }
  const setBelow = (variantId: string, below: number | null, by = shop.staff) =>
    by.call(setThreshold, { params: { variantId }, body: { below } })

  test('is told once for each fall, whatever made it fall', async () => {
    const variantId = await keeping.makeVariant(5)
    expect((await setBelow(variantId, 3)).body).toEqual({ variantId, below: 3 })
    expect((await keeping.stock(variantId)).lowBelow).toBe(3)
    const lows = () => keeping.eventsOf('stock.low', variantId)
    await look()
    expect(await lows()).toEqual([])
    const held = await keeping.reserve(variantId, 3)
    await look()
    await keeping.reserve(variantId, 1)
    await look()
    expect(await lows()).toEqual([{ variantId, available: 2, below: 3 }])
    await keeping.release(held.id)
    await look()
    await shop.staff.call(adjustStock, {
      params: { variantId },
      body: { change: -4, reason: 'damaged' },
    })
    await look()
    expect(await lows()).toEqual([
      { variantId, available: 2, below: 3 },
      { variantId, available: 0, below: 3 },
    ])
  })

  test('is not told when nobody wants to hear of it', async () => {
    const variantId = await keeping.makeVariant(1)
    await setBelow(variantId, 3)
    expect((await setBelow(variantId, null)).body).toEqual({ variantId, below: null })
    await look()
    expect(await keeping.eventsOf('stock.low', variantId)).toEqual([])
    const other = await platform.shop()
    for (const below of [3, null])
      expect((await setBelow(variantId, below, other.staff)).problem.code).toBe(
        'product.variant_missing',
      )
  })
})

test('nobody keeps stock without the permission', async () => {
  const params = { variantId: await keeping.makeVariant(1) }
  const body = { quantity: 1 }
  const incomingId = (await shop.staff.call(expectStock, { params, body })).body.id
  const place = { locationId: await keeping.makePlace() }
  const ends = [shop.id, place.locationId]
  const [fromLocationId = '', toLocationId = ''] = ends
  const attempts = (by: TestClient) =>
    Promise.all([
      by.call(listLocations, { query: {} }),
      by.call(listIncoming, { params, query: {} }),
      by.call(readStock, { params }),
      by.call(listAdjustments, { params, query: {} }),
      by.call(createLocation, { body: { name: 'Mine' } }),
      by.call(changeLocation, { params: place, body: { priority: 1 } }),
      by.call(expectStock, { params, body }),
      by.call(receiveStock, { params: { incomingId }, body }),
      by.call(cancelIncoming, { params: { incomingId } }),
      by.call(moveStock, { params, body: { fromLocationId, toLocationId, quantity: 1 } }),
      by.call(setThreshold, { params, body: { below: 1 } }),
      by.call(adjustStock, { params, body: { change: 1, reason: 'received' } }),
    ])
  const statuses = async (by: TestClient) => (await attempts(by)).map((one) => one.status)
  expect(await statuses(shop.shopper)).toEqual(Array(12).fill(401))
  const tenants = createTenants(platform)
  const looking = await tenants.act(await tenants.join(shop, 'viewer'), shop.id)
  expect(await statuses(looking)).toEqual([...Array(4).fill(200), ...Array(8).fill(403)])
  expect(await statuses(shop.owner)).toEqual(Array(12).fill(403))
})
