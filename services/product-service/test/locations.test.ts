import { randomUUID } from 'node:crypto'
import { orderContract } from '@prognetwork/contracts/order'
import { productContract } from '@prognetwork/contracts/product'
import {
  callingAs,
  startTestPlatform,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createKeeping, type Keeping } from './stock-keeping.ts'

const { adjustStock, changeLocation, createLocation, listAdjustments, listLocations, readProduct } =
  productContract.operations
const { cancelOrder, checkOut, createCart, setCartLine } = orderContract.operations

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

describe('a location', () => {
  test('is there before anybody makes one, and keeps its place when others come', async () => {
    const own = await platform.shop()
    const list = async (query = {}) => (await own.staff.call(listLocations, { query })).body
    const first = { id: own.id, name: 'Main', priority: 0, isActive: true, isFirst: true }
    expect((await list()).items).toEqual([first])
    const taken = await own.staff.call(createLocation, { body: { name: 'main' } })
    expect(taken.problem.code).toBe('product.location_name_taken')
    const before = await keeping.makePlace(0, own)
    const after = await keeping.makePlace(7, own)
    await own.staff.call(changeLocation, {
      params: { locationId: own.id },
      body: { name: 'Shop floor', priority: 5 },
    })
    const page = await list({ limit: 2 })
    expect(page.items).toEqual([
      expect.objectContaining({ id: before, isFirst: false }),
      { ...first, name: 'Shop floor', priority: 5 },
    ])
    expect((await list({ after: page.next ?? '' })).items.map((one) => one.id)).toEqual([after])
  })

  test('has a name of its own, and the first one stays open', async () => {
    const change = (locationId: string, body: object, by = shop.staff) =>
      by.call(changeLocation, { params: { locationId }, body })
    const place = await keeping.makePlace()
    const { body } = await change(place, { name: 'Cellar', priority: 3 })
    expect(body).toMatchObject({ id: place, name: 'Cellar', priority: 3, isActive: true })
    const taken = await change(await keeping.makePlace(), { name: 'CELLAR' })
    expect(taken.problem.code).toBe('product.location_name_taken')
    expect((await change(shop.id, { isActive: false })).problem.code).toBe(
      'product.location_needed',
    )
    const other = await platform.shop()
    for (const id of [place, shop.id, randomUUID()])
      expect((await change(id, { priority: 1 }, other.staff)).problem.code).toBe(
        'product.location_missing',
      )
  })

  test('is made once by a request that is sent twice', async () => {
    const key = { 'idempotency-key': randomUUID() }
    const body = { name: `Once ${randomUUID()}` }
    const [one, two] = await Promise.all(
      [1, 2].map(() => shop.staff.call(createLocation, { body }, key)),
    )
    const again = await shop.staff.call(createLocation, { body }, key)
    expect(again.status).toBe(201)
    for (const answer of [one, two])
      if (answer?.status === 201) expect(answer.body).toEqual(again.body)
  })
})

describe('what lies in several places', () => {
  test('is moved in one step, and what is reserved stays', async () => {
    const variantId = await keeping.makeVariant(10)
    const place = await keeping.makePlace()
    const { status, body } = await keeping.move(variantId, shop.id, place, 4)
    expect(status).toBe(201)
    expect(body).toMatchObject({
      from: { locationId: shop.id, change: -4, onHand: 6, reason: 'moved' },
      to: { locationId: place, change: 4, onHand: 4, reason: 'moved' },
    })
    await keeping.reserve(variantId, 5)
    expect(await keeping.counts(variantId)).toEqual({
      ...{ onHand: 10, reserved: 5 },
      places: { [shop.id]: [6, 5], [place]: [4, 0] },
    })
    const tooMany = await keeping.move(variantId, shop.id, place, 2)
    expect(tooMany.problem).toMatchObject({
      code: 'product.stock_unfit',
      errors: [{ pointer: '/body/quantity', expected: 'at most 1' }],
    })
    expect((await keeping.move(variantId, place, place, 1)).problem.code).toBe(
      'product.stock_unfit',
    )
    expect((await keeping.move(variantId, place, randomUUID(), 1)).problem.code).toBe(
      'product.location_missing',
    )
    expect((await keeping.move(randomUUID(), place, shop.id, 1)).problem.code).toBe(
      'product.variant_missing',
    )
    // Nothing was received or lost by it.
    expect(await keeping.eventsOf('stock.adjusted', variantId)).toEqual([])
  })

  test('is counted, damaged and lost where it lies', async () => {
    const variantId = await keeping.makeVariant(5)
    const place = await keeping.makePlace()
    const params = { variantId }
    const adjust = (body: object) =>
      shop.staff.call(adjustStock, { params, body: { reason: 'counted', ...body } as never })
    const counted = await adjust({ locationId: place, onHand: 7 })
    expect(counted.body).toMatchObject({ locationId: place, change: 7, onHand: 7 })
    await adjust({ locationId: place, change: -2, reason: 'lost' })
    await adjust({ change: -1, reason: 'damaged' })
    const again = await adjust({ onHand: 6 })
    expect(again.body).toMatchObject({ locationId: shop.id, change: 2, onHand: 6 })
    expect(await keeping.counts(variantId)).toEqual({
      ...{ onHand: 11, reserved: 0 },
      places: { [shop.id]: [6, 0], [place]: [5, 0] },
    })
    expect((await keeping.eventsOf('stock.adjusted', variantId)).map((one) => one.onHand)).toEqual([
      12, 10, 9, 11,
    ])
    const { body } = await shop.staff.call(listAdjustments, { params, query: { limit: 3 } })
    expect(body.items.map((one) => [one.locationId, one.reason])).toEqual([
      [shop.id, 'counted'],
      [shop.id, 'damaged'],
      [place, 'lost'],
    ])
    const missing = await adjust({ change: 1, locationId: randomUUID() })
    expect(missing.problem.code).toBe('product.location_missing')
    const tooMany = await adjust({ change: 999_999_999, locationId: place })
    expect(tooMany.problem.code).toBe('product.stock_unfit')
  })

  test('is sold from one place after the other, in their order', async () => {
    const variantId = await keeping.makeVariant(2)
    const last = await keeping.makePlace(200)
    const early = await keeping.makePlace(0)
    await shop.staff.call(changeLocation, {
      params: { locationId: shop.id },
      body: { priority: 50 },
    })
    for (const [locationId, change] of [
      [last, 3],
      [early, 4],
    ] as const)
      await shop.staff.call(adjustStock, {
        params: { variantId },
        body: { locationId, change, reason: 'received' },
      })
    const held = await keeping.reserve(variantId, 5)
    const paid = await keeping.reserve(variantId, 3)
    expect(await keeping.counts(variantId)).toEqual({
      ...{ onHand: 9, reserved: 8 },
      places: { [early]: [4, 4], [shop.id]: [2, 2], [last]: [3, 2] },
    })
    expect((await keeping.stock(variantId)).locations.map((one) => one.locationId)).toEqual([
      ...[early, shop.id, last],
    ])
    await expect(keeping.reserve(variantId, 2)).rejects.toMatchObject({
      code: 'product.stock_insufficient',
      errors: [{ expected: 'at most 1' }],
    })
    await keeping.release(held.id)
    await keeping.commit(paid.id)
    expect(await keeping.counts(variantId)).toEqual({
      ...{ onHand: 6, reserved: 0 },
      places: { [early]: [4, 0], [shop.id]: [1, 0], [last]: [1, 0] },
    })
  })

  test('is not sold from a place that is closed, even while some of it is held', async () => {
    const variantId = await keeping.makeVariant(1)
    const place = await keeping.makePlace(0)
    await shop.staff.call(changeLocation, {
      params: { locationId: shop.id },
      body: { priority: 50 },
    })
    const open = (isActive: boolean) =>
      shop.staff.call(changeLocation, { params: { locationId: place }, body: { isActive } })
    await shop.staff.call(adjustStock, {
      params: { variantId },
      body: { locationId: place, change: 6, reason: 'received' },
    })
    const released = await keeping.reserve(variantId, 2)
    const sold = await keeping.reserve(variantId, 1)
    const straddling = await keeping.reserve(variantId, 4)
    await open(false)
    expect(await keeping.counts(variantId)).toEqual({
      ...{ onHand: 1, reserved: 1 },
      places: { [place]: [6, 6], [shop.id]: [1, 1] },
    })
    await keeping.release(released.id)
    await keeping.commit(sold.id)
    await keeping.commit(straddling.id)
    await expect(keeping.reserve(variantId, 1)).rejects.toMatchObject({
      code: 'product.stock_insufficient',
    })
    expect(await keeping.counts(variantId)).toEqual({
      ...{ onHand: 0, reserved: 0 },
      places: { [place]: [2, 0], [shop.id]: [0, 0] },
    })
    await shop.staff.call(adjustStock, {
      params: { variantId },
      body: { locationId: place, change: 1, reason: 'returned' },
    })
    expect((await keeping.stock(variantId)).available).toBe(0)
    await open(true)
    expect((await keeping.stock(variantId)).available).toBe(3)
    expect(await keeping.eventsOf('stock.adjusted', variantId)).toEqual([
      { variantId, change: 6, onHand: 7, reason: 'received' },
      { variantId, change: -6, onHand: 1, reason: 'closed' },
      { variantId, change: 3, onHand: 3, reason: 'opened' },
    ])
  })

  test('goes back to where it came from when a paid order is called off', async () => {
    const variantId = await keeping.makeVariant(1)
    const place = await keeping.makePlace(100)
    await shop.staff.call(adjustStock, {
      params: { variantId },
      body: { locationId: place, change: 4, reason: 'received' },
    })
    const { body: cart } = await shop.shopper.call(createCart, { body: { currency: 'EUR' } })
    await shop.shopper.call(setCartLine, {
      params: { cartId: cart.id, variantId },
      body: { quantity: 3 },
    })
    const { body: order } = await shop.shopper.call(checkOut, {
      body: {
        ...{ cartId: cart.id, email: 'ada@example.com' },
        shippingAddress: { name: 'Ada', lines: ['1 Street'], city: 'London', country: 'GB' },
        paymentMethod: 'sandbox_4242424242424242_1290',
      },
    })
    const become = async (onHand: number, first: number, second: number) =>
      expect
        .poll(() => keeping.counts(variantId), { timeout: 15_000 })
        .toEqual({ onHand, reserved: 0, places: { [shop.id]: [first, 0], [place]: [second, 0] } })
    await become(2, 0, 2)
    await shop.staff.call(cancelOrder, {
      params: { orderId: order.id },
      body: { reason: 'They changed their mind' },
    })
    await become(5, 1, 4)
  })

  test('is never sold twice while it is moved, counted and closed', async () => {
    const variantId = await keeping.makeVariant(20)
    const place = await keeping.makePlace(0)
    await keeping.move(variantId, shop.id, place, 10)
    const open = (isActive: boolean) =>
      shop.staff.call(changeLocation, { params: { locationId: place }, body: { isActive } })
    const work = Array.from({ length: 40 }, async (_, at) => {
      if (at % 8 === 0) return open(at % 16 === 0).then(() => 0)
      if (at % 8 === 1) return keeping.move(variantId, place, shop.id, 1).then(() => 0)
      const held = await keeping.reserve(variantId, 1).catch(() => undefined)
      if (!held) return 0
      if (at % 8 === 2) return keeping.release(held.id).then(() => 0)
      return keeping.commit(held.id).then(() => 1)
    })
    const sold = (await Promise.all(work)).reduce((sum, one) => sum + one, 0)
    await open(true)
    const { onHand, reserved, places } = await keeping.counts(variantId)
    expect({ onHand, reserved }).toEqual({ onHand: 20 - sold, reserved: 0 })
    const lying = Object.values<number[]>(places)
    expect(lying.reduce((sum, [there = 0]) => sum + there, 0)).toBe(20 - sold)
    for (const [there, held] of lying) {
      expect(there).toBeGreaterThanOrEqual(0)
      expect(held).toBe(0)
    }
  })

  test('of three in two places by twelve at once is given to exactly three', async () => {
    const variantId = await keeping.makeVariant(1)
    const place = await keeping.makePlace()
    await shop.staff.call(adjustStock, {
      params: { variantId },
      body: { locationId: place, change: 2, reason: 'received' },
    })
    const all = await Promise.allSettled(
      Array.from({ length: 12 }, () => keeping.reserve(variantId, 1)),
    )
    expect(all.filter((one) => one.status === 'fulfilled')).toHaveLength(3)
    expect(await keeping.counts(variantId)).toEqual({
      ...{ onHand: 3, reserved: 3 },
      places: { [shop.id]: [1, 1], [place]: [2, 2] },
    })
  })

  test('is imported as a whole: the first place is where the difference lies', async () => {
    const slug = `listed-${randomUUID()}`
    const takeList = (count: number) =>
      shop.staff.raw('PUT', '/api/v1/catalogue/import', {
        headers: { 'content-type': 'text/csv' },
        body: `slug,title,status,price,on_hand\n${slug},Listed,active,10,${count}\n`,
      })
    await takeList(10)
    const { body } = await shop.shopper.call(readProduct, { query: {}, params: { product: slug } })
    const variantId = body.variants[0]?.id ?? ''
    const place = await keeping.makePlace()
    await keeping.move(variantId, shop.id, place, 4)
    await takeList(7)
    expect(await keeping.counts(variantId)).toEqual({
      ...{ onHand: 7, reserved: 0 },
      places: { [shop.id]: [3, 0], [place]: [4, 0] },
    })
    const { body: made } = await shop.staff.call(listAdjustments, {
      params: { variantId },
      query: {},
    })
    expect(made.items[0]).toMatchObject({
      ...{ locationId: shop.id, change: -3, onHand: 3, reason: 'imported' },
    })
  })

  test('is sold beyond what there is from the first place', async () => {
    const variantId = await keeping.makeVariant(1, 'continue')
    const place = await keeping.makePlace()
    await keeping.move(variantId, shop.id, place, 1)
    await keeping.commit((await keeping.reserve(variantId, 3)).id)
    expect(await keeping.counts(variantId)).toEqual({
      ...{ onHand: -2, reserved: 0 },
      places: { [shop.id]: [-2, 0], [place]: [0, 0] },
    })
  })
})
