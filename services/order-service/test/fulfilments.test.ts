import { randomUUID } from 'node:crypto'
import { orderContract } from '@prognetwork/contracts/order'
import { paymentContract } from '@prognetwork/contracts/payment'
import { productContract } from '@prognetwork/contracts/product'
import {
  startTestPlatform,
  type TestClient,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { textOf } from './pdf-text.ts'
import { createShopping, type Shopping } from './shopping.ts'

const {
  cancelOrder,
  createFulfilment,
  deliverFulfilment,
  deliverOrder,
  listFulfilments,
  readInvoice,
  readOrder,
  readPackingSlip,
  refundOrder,
  shipOrder,
} = orderContract.operations
const { refundPayment } = paymentContract.operations
const { listAdjustments, readStock } = productContract.operations

let platform: TestPlatform
let shop: TestShop
let shopping: Shopping

beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
  shopping = createShopping(platform, shop)
})
afterAll(() => platform?.stop())

const at = (orderId: string) => ({ params: { orderId } })
const tracking = { carrier: 'Royal Mail', number: 'RM1' }
const reason = { body: { reason: 'They changed their mind' } }

/** Three pots and two lids, paid for. */
async function bought() {
  const pot = await shopping.variant({ title: `Pot ${randomUUID()}`, onHand: 10 })
  const lid = await shopping.variant({ title: `Lid ${randomUUID()}`, onHand: 10 })
  const { body } = await shopping.buy([
    [pot, 3],
    [lid, 2],
  ])
  return { ...body, pot, lid }
}

const send = (
  orderId: string,
  lines: readonly (readonly [variantId: string, quantity: number])[],
  { id = randomUUID() as string, client = shop.staff, number = tracking.number } = {},
) =>
  client.call(createFulfilment, {
    ...at(orderId),
    body: {
      ...{ id, carrier: tracking.carrier, number },
      lines: lines.map(([variantId, quantity]) => ({ variantId, quantity })),
    },
  })
const stateOf = async (orderId: string) =>
  (await shop.staff.call(readOrder, { ...at(orderId), query: {} })).body.state
const onHandOf = async (variantId: string) =>
  (await shop.staff.call(readStock, { params: { variantId } })).body.onHand
const sentOf = async (orderId: string) =>
  (await shop.staff.call(listFulfilments, at(orderId))).body.items
const arrived = (orderId: string, fulfilmentId: string) =>
  shop.staff.call(deliverFulfilment, { params: { orderId, fulfilmentId } })

const unfit = 'order.order_unfit'
const notLeft = 'order.goods_not_left'
const taken = 'order.fulfilment_taken'

describe('an order in parcels', () => {
  test('is fulfilling while something is left, shipped when nothing is, and says what was in each', async () => {
    const order = await bought()
    const first = await send(order.id, [[order.pot, 2]])
    expect(first.status).toBe(201)
    expect(first.body).toMatchObject({
      lines: [{ variantId: order.pot, quantity: 2 }],
      ...{ tracking, deliveredAt: null },
    })
    expect(await stateOf(order.id)).toBe('fulfilling')
    const rest = [
      [order.pot, 1],
      [order.lid, 2],
    ] as const
    const second = await send(order.id, rest, { number: 'RM2' })
    expect(await stateOf(order.id)).toBe('shipped')
    expect(await sentOf(order.id)).toEqual([first.body, second.body])
    const { rows } = await platform.sql.query(
      `select data::jsonb -> 'fulfilment' as told from every_event
       where tenant_id = $1 and key = $2 and type = 'order.shipped' order by seq`,
      [shop.id, order.id],
    )
    const told = (fulfilment: typeof first.body, isLast: boolean) => ({
      told: {
        fulfilmentId: fulfilment.id,
        lines: expect.arrayContaining(fulfilment.lines),
        ...{ tracking: fulfilment.tracking, isLast },
      },
    })
    expect(rows).toEqual([told(first.body, false), told(second.body, true)])
  })

  test('is shipped as a whole by what is left of it', async () => {
    const order = await bought()
    await send(order.id, [[order.lid, 2]])
    const shipped = await shop.staff.call(shipOrder, { ...at(order.id), body: tracking })
    expect(shipped.body.state).toBe('shipped')
    const [, last] = await sentOf(order.id)
    expect(last?.lines).toEqual([{ variantId: order.pot, quantity: 3 }])
    expect((await send(order.id, [[order.pot, 1]])).problem.code).toBe(unfit)
  })

  test('is never sent more than was bought of it', async () => {
    const order = await bought()
    expect((await send(order.id, [[order.pot, 4]])).problem.code).toBe(notLeft)
    const other = await shopping.variant()
    expect((await send(order.id, [[other, 1]])).problem.code).toBe(notLeft)
    await send(order.id, [[order.pot, 2]])
    const tooMany = await send(order.id, [
      [order.lid, 1],
      [order.pot, 2],
    ])
    expect(tooMany.problem).toMatchObject({ code: notLeft, detail: expect.stringMatching(/^1 of/) })
    const twice = await send(order.id, [
      [order.lid, 1],
      [order.lid, 1],
    ])
    expect(twice.status).toBe(400)
    expect(await sentOf(order.id)).toHaveLength(1)
  })

  test('nor by many at once', async () => {
    const order = await bought()
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, turn) =>
        turn % 2 === 0
          ? send(order.id, [[order.pot, 2]])
          : shop.staff.call(shipOrder, { ...at(order.id), body: tracking }),
      ),
    )
    for (const { status } of answers) expect([200, 201, 409]).toContain(status)
    const counts = new Map<string, number>()
    for (const { variantId, quantity } of (await sentOf(order.id)).flatMap((one) => one.lines))
      counts.set(variantId, (counts.get(variantId) ?? 0) + quantity)
    expect(counts).toEqual(
      new Map([
        [order.pot, 3],
        [order.lid, 2],
      ]),
    )
  })

  test('is sent once under one id, however often that is said', async () => {
    const [order, another] = [await bought(), await bought()]
    const id = randomUUID()
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => send(order.id, [[order.pot, 1]], { id })),
    )
    const [first] = answers
    for (const { status, body } of answers) expect([status, body]).toEqual([201, first?.body])
    expect(await sentOf(order.id)).toEqual([first?.body])
    expect((await send(order.id, [[order.pot, 2]], { id })).problem.code).toBe(taken)
    expect((await send(order.id, [[order.pot, 1]], { id, number: 'X' })).problem.code).toBe(taken)
    expect((await send(another.id, [[another.pot, 1]], { id })).problem.code).toBe(taken)
    expect(await stateOf(another.id)).toBe('paid')
  })

  test('has arrived when its last parcel has', async () => {
    const order = await bought()
    const { body: first } = await send(order.id, [[order.pot, 3]])
    expect((await arrived(order.id, first.id)).body.deliveredAt).not.toBeNull()
    expect(await stateOf(order.id)).toBe('fulfilling')
    const { body: second } = await send(order.id, [[order.lid, 2]])
    expect(await stateOf(order.id)).toBe('shipped')
    const last = await arrived(order.id, second.id)
    expect(await stateOf(order.id)).toBe('delivered')
    expect((await arrived(order.id, second.id)).body).toEqual(last.body)
    const missing = await arrived(order.id, randomUUID())
    expect(missing.problem.code).toBe('order.fulfilment_missing')
  })

  test('has arrived with all parcels when that is said of it', async () => {
    const order = await bought()
    await send(order.id, [[order.pot, 3]])
    expect((await shop.staff.call(deliverOrder, at(order.id))).problem.code).toBe(unfit)
    await send(order.id, [[order.lid, 2]])
    await shop.staff.call(deliverOrder, at(order.id))
    const moments = (await sentOf(order.id)).map((one) => one.deliveredAt)
    expect(moments).toEqual([expect.any(String), expect.any(String)])
  })
})

describe('what was called off', () => {
  test('is not sent, and what was sent in part is not cancelled but refunded', async () => {
    const cancelled = await bought()
    await shop.staff.call(cancelOrder, { ...at(cancelled.id), ...reason })
    expect((await send(cancelled.id, [[cancelled.pot, 1]])).problem.code).toBe(unfit)
    const order = await bought()
    const { body: parcel } = await send(order.id, [[order.pot, 1]])
    const late = await shop.staff.call(cancelOrder, { ...at(order.id), ...reason })
    expect(late.problem.code).toBe(unfit)
    const refunded = await shop.staff.call(refundOrder, { ...at(order.id), ...reason })
    expect(refunded.body.state).toBe('refunded')
    expect((await send(order.id, [[order.pot, 1]])).problem.code).toBe(unfit)
    expect((await arrived(order.id, parcel.id)).problem.code).toBe(unfit)
  })

  test.each([1, 2, 3, 4])('leaves on the shelf what was not sent at that moment: %i', async () => {
    const order = await bought()
    await send(order.id, [[order.pot, 1]])
    const refund = () => shop.staff.call(refundOrder, { ...at(order.id), ...reason })
    const answers = await Promise.all([refund(), refund(), send(order.id, [[order.pot, 1]])])
    const states = answers.slice(0, 2).map(({ status }) => status)
    expect(states.toSorted()).toEqual([200, 409])
    const sentPots = (await sentOf(order.id)).length
    await expect.poll(() => onHandOf(order.pot)).toBe(10 - sentPots)
    await expect.poll(() => onHandOf(order.lid)).toBe(10)
    const params = { variantId: order.lid }
    const { body } = await shop.staff.call(listAdjustments, { params, query: {} })
    expect(body.items[0]).toMatchObject({ change: 2, onHand: 10, reason: 'returned' })
  })

  test('leaves on the shelf nothing that was sent', async () => {
    const sent = await bought()
    await shop.staff.call(shipOrder, { ...at(sent.id), body: tracking })
    await shop.staff.call(refundOrder, { ...at(sent.id), ...reason })
    const next = await bought()
    await send(next.id, [[next.pot, 3]])
    await shop.staff.call(refundOrder, { ...at(next.id), ...reason })
    const counts = () => Promise.all([sent.pot, sent.lid, next.pot, next.lid].map(onHandOf))
    await expect.poll(counts).toEqual([7, 8, 7, 10])
  })

  test('at the payment is refunded as well', async () => {
    const order = await bought()
    await send(order.id, [[order.pot, 1]])
    const params = { paymentId: order.paymentId ?? '' }
    await shop.staff.call(refundPayment, { params, body: {} })
    await expect.poll(() => stateOf(order.id)).toBe('refunded')
  })

  test('or is sent, and never both', async () => {
    const order = await bought()
    const answers = await Promise.all([
      send(order.id, [[order.pot, 1]]),
      shop.staff.call(cancelOrder, { ...at(order.id), ...reason }),
    ])
    expect(answers.filter(({ status }) => status < 300)).toHaveLength(1)
    const isSent = (await sentOf(order.id)).length === 1
    expect(await stateOf(order.id)).toBe(isSent ? 'fulfilling' : 'cancelled')
  })
})

test('a parcel has a packing slip of its own', async () => {
  const order = await bought()
  const { body: parcel } = await send(order.id, [[order.pot, 2]], { number: 'RM7' })
  const slip = async (fulfilmentId?: string) => {
    const query = { ...(fulfilmentId !== undefined && { fulfilmentId }) }
    const { body } = await shop.staff.call(readPackingSlip, { ...at(order.id), query })
    return (await textOf(Buffer.from(body.bytes, 'base64'))).pages.join(' ')
  }
  const text = await slip(parcel.id)
  expect(text).toMatch(/Pot [0-9a-f-]{36} 2 /)
  expect(text).toContain('Pieces 2')
  expect(text).toContain('RM7')
  expect(text).not.toContain('Lid')
  expect(await slip()).toContain('Pieces 5')
  const query = { fulfilmentId: randomUUID() }
  const missing = await shop.staff.call(readPackingSlip, { ...at(order.id), query })
  expect(missing.problem.code).toBe('order.fulfilment_missing')
  expect((await shop.staff.call(readInvoice, at(order.id))).status).toBe(200)
})

test('nobody but staff of the shop sends and sees parcels', async () => {
  const order = await bought()
  const { body: parcel } = await send(order.id, [[order.pot, 1]])
  const [person, other] = [await platform.person(), await platform.shop()]
  const tries = (client: TestClient) => [
    send(order.id, [[order.pot, 1]], { client }),
    client.call(listFulfilments, at(order.id)),
    client.call(deliverFulfilment, { params: { orderId: order.id, fulfilmentId: parcel.id } }),
  ]
  for (const [client, status] of [
    [platform.anonymous, 401],
    [person, 403],
  ] as const)
    for (const answer of await Promise.all(tries(client))) expect(answer.status).toBe(status)
  for (const answer of await Promise.all(tries(other.staff)))
    expect(answer.problem.code).toBe('order.order_missing')
})
