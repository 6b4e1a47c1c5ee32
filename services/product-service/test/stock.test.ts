import { randomUUID } from 'node:crypto'
import { productContract } from '@prognetwork/contracts/product'
import {
  callingAs,
  startTestPlatform,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const {
  createProduct,
  changeProduct,
  changeVariant,
  removeVariant,
  readStock,
  adjustStock,
  listAdjustments,
  reserveStock,
  readReservation,
  commitReservation,
  releaseReservation,
} = productContract.operations

const orders = callingAs('order-service')
let platform: TestPlatform
let shop: TestShop

beforeAll(async () => {
  platform = await startTestPlatform({ definitions: orders.definitions })
  shop = await platform.shop()
})
afterAll(() => platform?.stop())

async function makeVariants(
  counts: readonly number[],
  policy = 'deny' as 'deny' | 'continue' | 'untracked',
) {
  const { body } = await shop.staff.call(createProduct, {
    body: {
      title: `Thing ${randomUUID()}`,
      status: 'active',
      options: ['Size'],
      variants: counts.map((onHand, at) => ({
        optionValues: [`${at}`],
        onHand,
        stockPolicy: policy,
        prices: [{ amountMinor: 1_000 + at, currency: 'EUR' }],
      })),
    },
  })
  return { productId: body.id, variantIds: body.variants.map((one) => one.id) }
}

const reserve = (
  lines: readonly { variantId: string; quantity: number }[],
  { orderId = randomUUID() }: { orderId?: string } = {},
) => orders.call(shop.id, reserveStock, { body: { orderId, currency: 'EUR', lines: [...lines] } })

const commit = (reservationId: string) =>
  orders.call(shop.id, commitReservation, { params: { reservationId } })
const release = (reservationId: string) =>
  orders.call(shop.id, releaseReservation, { params: { reservationId } })

/** As if their time had gone by. */
async function expire(ids: readonly string[]): Promise<void> {
  await platform.sql.query(
    `update product_service.reservation set expires_at = '2020-01-01' where id = any ($1)`,
    [ids],
  )
  await makeDue()
  await platform.runJob('product-service', 'expire-reservations')
  await makeDue()
}

const makeDue = () =>
  platform.sql.query(
    `update product_service.lease set last_run_at = 'epoch' where name = 'expire-reservations'`,
  )

async function stockOf(variantId: string) {
  const { body } = await shop.staff.call(readStock, { params: { variantId } })
  return { onHand: body.onHand, reserved: body.reserved }
}

async function only(variantIds: readonly string[]): Promise<string> {
  const [id] = variantIds
  if (!id) throw new Error('no variant was made')
  return id
}

describe('a reservation', () => {
  test('holds stock, and says what it holds at which price', async () => {
    const { productId, variantIds } = await makeVariants([5, 5])
    const [first = '', second = ''] = variantIds
    const held = await reserve([
      { variantId: second, quantity: 2 },
      { variantId: first, quantity: 1 },
      { variantId: second, quantity: 1 },
    ])
    expect(held).toMatchObject({ state: 'held' })
    expect(held.lines).toHaveLength(2)
    expect(held.lines).toContainEqual({
      ...{ variantId: second, taxClass: 'standard' },
      productId,
      title: expect.stringContaining('Thing'),
      sku: null,
      optionValues: ['1'],
      quantity: 3,
      unitPrice: { amountMinor: 1_001, currency: 'EUR' },
    })
    expect(await stockOf(second)).toEqual({ onHand: 5, reserved: 3 })
    await commit(held.id)
    expect(await stockOf(second)).toEqual({ onHand: 2, reserved: 0 })
    expect(await stockOf(first)).toEqual({ onHand: 4, reserved: 0 })
    expect(await commit(held.id)).toMatchObject({ state: 'committed' })
    expect(await stockOf(second)).toEqual({ onHand: 2, reserved: 0 })
    await expect(release(held.id)).rejects.toMatchObject({ code: 'product.reservation_ended' })
  })

  test('of three by twelve at once is given to exactly three', async () => {
    const variantId = await only((await makeVariants([3])).variantIds)
    const all = await Promise.allSettled(
      Array.from({ length: 12 }, () => reserve([{ variantId, quantity: 1 }])),
    )
    const refused = all.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    expect(refused).toHaveLength(9)
    for (const reason of refused)
      expect(reason).toMatchObject({
        code: 'product.stock_insufficient',
        errors: [
          { pointer: '/body/lines/0/quantity', expected: 'at most 0', detail: '1 are wanted' },
        ],
      })
    expect(await stockOf(variantId)).toEqual({ onHand: 3, reserved: 3 })
  })

  test('of three by twelve at once is so a hundred times, however the ones before ended', async () => {
    const variantId = await only((await makeVariants([3])).variantIds)
    for (let round = 0; round < 100; round++) {
      const all = await Promise.allSettled(
        Array.from({ length: 12 }, () => reserve([{ variantId, quantity: 1 }])),
      )
      const held = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value.id] : []))
      expect(held, `round ${round}`).toHaveLength(3)
      if (round % 3 === 0) await Promise.all(held.map(release))
      else if (round % 3 === 1) await expire(held)
      else {
        await Promise.all(held.map(commit))
        expect(await stockOf(variantId)).toEqual({ onHand: 0, reserved: 0 })
        await shop.staff.call(adjustStock, {
          params: { variantId },
          body: { change: 3, reason: 'received' },
        })
      }
      expect(await stockOf(variantId)).toEqual({ onHand: 3, reserved: 0 })
    }
  }, 120_000)

  test('of several variants in opposite orders never waits for itself', async () => {
    const { variantIds } = await makeVariants([100, 100, 100])
    const lines = variantIds.map((variantId) => ({ variantId, quantity: 1 }))
    await Promise.all(
      Array.from({ length: 30 }, (_, at) => reserve(at % 2 === 0 ? lines : lines.toReversed())),
    )
    for (const id of variantIds) expect(await stockOf(id)).toEqual({ onHand: 100, reserved: 30 })
  })

  test('is all or nothing', async () => {
    const [plenty = '', few = ''] = (await makeVariants([10, 1])).variantIds
    const orderId = randomUUID()
    const wanted = [
      { variantId: plenty, quantity: 2 },
      { variantId: few, quantity: 2 },
    ]
    await expect(reserve(wanted, { orderId })).rejects.toMatchObject({
      code: 'product.stock_insufficient',
      errors: [{ pointer: '/body/lines/1/quantity', expected: 'at most 1' }],
    })
    expect(await stockOf(plenty)).toEqual({ onHand: 10, reserved: 0 })
    const { rows } = await platform.sql.query(
      'select count(*)::int as count from product_service.reservation where order_id = $1',
      [orderId],
    )
    expect(rows[0].count).toBe(0)
  })

  test('is made once for an order, which is told the same whenever it asks again', async () => {
    const { variantIds } = await makeVariants([9, 9])
    const [variantId = '', another = ''] = variantIds
    const orderId = randomUUID()
    const lines = [{ variantId, quantity: 1 }]
    const [first, ...others] = await Promise.all(
      Array.from({ length: 5 }, () => reserve(lines, { orderId })),
    )
    for (const one of others) expect(one).toEqual(first)
    await shop.staff.call(changeVariant, {
      params: { variantId },
      body: { prices: [{ amountMinor: 7, currency: 'EUR' }] },
    })
    expect(await reserve(lines, { orderId })).toEqual(first)
    expect(await stockOf(variantId)).toEqual({ onHand: 9, reserved: 1 })
    const { rows } = await platform.sql.query(
      `select type from every_event where data::jsonb ->> 'orderId' = $1`,
      [orderId],
    )
    expect(rows).toEqual([{ type: 'stock.reserved' }])
    for (const other of [
      [{ variantId, quantity: 2 }],
      [...lines, { variantId: another, quantity: 1 }],
      [{ variantId: another, quantity: 1 }],
    ])
      await expect(reserve(other, { orderId })).rejects.toMatchObject({
        code: 'product.order_reserved',
      })
  })

  test('that nobody comes back for expires, and what it held is free again', async () => {
    const variantId = await only((await makeVariants([4])).variantIds)
    const held = await reserve([{ variantId, quantity: 4 }])
    const kept = await reserve([
      { variantId: await only((await makeVariants([1])).variantIds), quantity: 1 },
    ])
    await commit(kept.id)
    platform.clock.advance(16 * 60_000)
    await expect
      .poll(() => stockOf(variantId), { timeout: 15_000 })
      .toEqual({ onHand: 4, reserved: 0 })
    const read = (reservationId: string) =>
      orders.call(shop.id, readReservation, { params: { reservationId } })
    expect(await read(held.id)).toMatchObject({ state: 'expired' })
    expect(await read(kept.id)).toMatchObject({ state: 'committed' })
    await expect(commit(held.id)).rejects.toMatchObject({ code: 'product.reservation_ended' })
    expect(await release(held.id)).toMatchObject({ state: 'expired' })
    const { rows } = await platform.sql.query(
      `select type, data from every_event where key = $1 order by seq`,
      [held.id],
    )
    expect(rows.map((row) => row.type)).toEqual(['stock.reserved', 'stock.released'])
    expect(JSON.parse(rows[1].data)).toMatchObject({ expired: true, orderId: held.orderId })
  })

  test('ended by two at once is ended by one', async () => {
    for (let round = 0; round < 10; round++) {
      const variantId = await only((await makeVariants([5])).variantIds)
      const held = await reserve([{ variantId, quantity: 2 }])
      const ends = await Promise.allSettled([commit(held.id), release(held.id), commit(held.id)])
      const committed = ends[0]?.status === 'fulfilled'
      expect(ends[1]?.status).toBe(committed ? 'rejected' : 'fulfilled')
      expect(await stockOf(variantId)).toEqual({ onHand: committed ? 3 : 5, reserved: 0 })
    }
  })

  test('goes beyond the stock only where the policy says so', async () => {
    const beyond = await only((await makeVariants([1], 'continue')).variantIds)
    const held = await reserve([{ variantId: beyond, quantity: 3 }])
    await commit(held.id)
    expect(await stockOf(beyond)).toEqual({ onHand: -2, reserved: 0 })
    const uncounted = await only((await makeVariants([0], 'untracked')).variantIds)
    await commit((await reserve([{ variantId: uncounted, quantity: 7 }])).id)
    expect(await stockOf(uncounted)).toEqual({ onHand: 0, reserved: 0 })
  })

  test('needs what is on sale, has a price, and belongs to the tenant', async () => {
    const { productId, variantIds } = await makeVariants([5])
    const lines = [{ variantId: await only(variantIds), quantity: 1 }]
    const inDollars = orders.call(shop.id, reserveStock, {
      body: { orderId: randomUUID(), currency: 'USD', lines },
    })
    await expect(inDollars).rejects.toMatchObject({ code: 'product.price_missing' })
    const other = await platform.shop()
    const across = orders.call(other.id, reserveStock, {
      body: { orderId: randomUUID(), currency: 'EUR', lines },
    })
    await expect(across).rejects.toMatchObject({ code: 'product.variant_missing' })
    const held = await reserve(lines)
    for (const operation of [readReservation, commitReservation, releaseReservation])
      await expect(
        orders.call(other.id, operation, { params: { reservationId: held.id } }),
      ).rejects.toMatchObject({ code: 'product.reservation_missing' })
    await shop.staff.call(changeProduct, {
      params: { productId },
      body: { version: 1, changes: { status: 'archived' } },
    })
    await expect(reserve(lines)).rejects.toMatchObject({ code: 'product.variant_missing' })
  })

  test('stays counted when the policy of its variant changes', async () => {
    const setPolicy = (variantId: string, stockPolicy: 'deny' | 'untracked') =>
      shop.staff.call(changeVariant, { params: { variantId }, body: { stockPolicy } })
    const untracked = await only((await makeVariants([10], 'untracked')).variantIds)
    const early = await reserve([{ variantId: untracked, quantity: 5 }])
    await setPolicy(untracked, 'deny')
    await reserve([{ variantId: untracked, quantity: 5 }])
    await release(early.id)
    expect(await stockOf(untracked)).toEqual({ onHand: 10, reserved: 5 })

    const denied = await only((await makeVariants([10])).variantIds)
    const held = await reserve([{ variantId: denied, quantity: 5 }])
    await setPolicy(denied, 'untracked')
    await release(held.id)
    expect(await stockOf(denied)).toEqual({ onHand: 10, reserved: 0 })
  })

  test('can be made again for an order whose first one was given back', async () => {
    const lines = [{ variantId: await only((await makeVariants([5])).variantIds), quantity: 5 }]
    const orderId = randomUUID()
    await release((await reserve(lines, { orderId })).id)
    const second = await reserve(lines, { orderId })
    await commit(second.id)
    expect(await reserve(lines, { orderId })).toEqual({ ...second, state: 'committed' })
  })

  test('keeps its variant from being removed', async () => {
    const [kept = '', other = ''] = (await makeVariants([5, 5])).variantIds
    const held = await reserve([{ variantId: kept, quantity: 1 }])
    const params = { variantId: kept }
    const refused = await shop.staff.call(removeVariant, { params })
    expect(refused.problem.code).toBe('product.variant_in_use')
    await release(held.id)
    expect((await shop.staff.call(removeVariant, { params })).status).toBe(204)
    expect(await stockOf(other)).toEqual({ onHand: 5, reserved: 0 })
  })

  test('is for the order-service alone', async () => {
    const answer = await shop.staff.raw('POST', '/api/v1/reservations', {
      body: '{}',
      headers: { 'content-type': 'application/json' },
    })
    expect(answer.status).toBe(404)
  })
})

describe('stock', () => {
  test('is adjusted by a change or a count, and tells how it came to be', async () => {
    const variantId = await only((await makeVariants([10])).variantIds)
    const params = { variantId }
    const adjust = (body: object) =>
      shop.staff.call(adjustStock, { params, body: { reason: 'counted', ...body } as never })
    const both = await Promise.all([adjust({ change: -1 }), adjust({ change: -2 })])
    expect(both.map((one) => one.status)).toEqual([201, 201])
    expect((await adjust({ onHand: 20, note: 'Whole shelf' })).body).toMatchObject({
      change: 13,
      onHand: 20,
    })
    expect(await stockOf(variantId)).toEqual({ onHand: 20, reserved: 0 })
    const { body } = await shop.staff.call(listAdjustments, { params, query: { limit: 2 } })
    expect(body.items.map((one) => one.change)).toEqual([13, expect.any(Number)])
    const rest = await shop.staff.call(listAdjustments, {
      params,
      query: { after: body.next ?? '' },
    })
    expect(rest.body.items.at(-1)).toMatchObject({ change: 10, onHand: 10, reason: 'received' })
    for (const wrong of [{}, { change: 1, onHand: 1 }, { change: 1_000_000_000 }])
      expect((await adjust(wrong)).problem.code).toBe('product.stock_unfit')
    const other = await platform.shop()
    const across = await other.staff.call(adjustStock, {
      params,
      body: { change: 1, reason: 'received' },
    })
    expect(across.problem.code).toBe('product.variant_missing')
    const unseen = await other.staff.call(readStock, { params })
    expect(unseen.problem.code).toBe('product.variant_missing')
  })
})
