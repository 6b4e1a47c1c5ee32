import { randomUUID } from 'node:crypto'
import { orderContract } from '@prognetwork/contracts/order'
import {
  startTestPlatform,
  type TestClient,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { at, createReturning, type Lines, of } from './returning.ts'
import { createShopping, type Shopping } from './shopping.ts'

const { createFulfilment, receiveReturn } = orderContract.operations
const notReturnable = 'order.goods_not_returnable'

let platform: TestPlatform
let shop: TestShop
let shopping: Shopping
let customer: TestClient
let returning: ReturnType<typeof createReturning>

beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
  shopping = createShopping(platform, shop)
  customer = await shopping.customer()
  returning = createReturning(shop, shopping, customer)
})
afterAll(() => platform?.stop())

describe('a part', () => {
  const come = (id: string, lines: readonly (readonly [string, number, boolean])[]) =>
    shop.staff.call(receiveReturn, {
      ...of(id),
      body: {
        lines: lines.map(([variantId, quantity, restock]) => ({ variantId, quantity, restock })),
      },
    })

  test('of a return that has come is paid back, and the rest may be asked for anew', async () => {
    const { sent, ask, approve, refund, received, orderOf, onHandOf, refundedOf } = returning
    const order = await sent()
    const { body } = await ask(order.id, order.all)
    await approve(body.id)
    const receipt = 'order.receipt_unfit'
    const wrong = [
      await come(body.id, [
        [order.pot, 4, true],
        [order.lid, 1, true],
      ]),
      await come(body.id, [
        [order.pot, 0, true],
        [order.lid, 0, true],
      ]),
      await come(body.id, [[order.pot, 1, true]]),
    ]
    for (const { problem } of wrong) expect(problem.code).toBe(receipt)
    const { body: after } = await come(body.id, [
      [order.pot, 2, true],
      [order.lid, 0, true],
    ])
    const lines = new Map(after.lines.map((one) => [one.variantId, one]))
    expect(lines.get(order.pot)).toMatchObject({
      ...{ quantity: 3, received: 2, restocked: true, amount: { amountMinor: 2_000 } },
    })
    expect(lines.get(order.lid)).toMatchObject({ received: 0, amount: { amountMinor: 0 } })
    expect((await orderOf(order.id)).state).toBe('shipped')
    await expect.poll(() => onHandOf(order.pot)).toBe(9)
    expect(await onHandOf(order.lid)).toBe(8)
    expect((await refund(body.id)).body.refunded?.amountMinor).toBe(2_000)
    expect((await ask(order.id, [[order.pot, 2]])).problem.code).toBe(notReturnable)
    const rest = await received(order, [
      [order.pot, 1],
      [order.lid, 2],
    ])
    expect((await refund(rest)).body.refunded?.amountMinor).toBe(2_000)
    expect((await orderOf(order.id)).state).toBe('returned')
    expect(await refundedOf(order.paymentId)).toBe(4_000)
  })

  test('of an order that was sent can be returned, and no more than that', async () => {
    const { ask, approve, receive, refund, orderOf } = returning
    const [pot, lid] = [await shopping.variant(), await shopping.variant()]
    const { body: order } = await shopping.buy(
      [
        [pot, 3],
        [lid, 1],
      ],
      customer,
    )
    const parcel = (lines: Lines) =>
      shop.staff.call(createFulfilment, {
        ...at(order.id),
        body: {
          ...{ id: randomUUID(), carrier: 'Mail', number: '1' },
          lines: lines.map(([variantId, quantity]) => ({ variantId, quantity })),
        },
      })
    expect((await parcel([[pot, 2]])).status).toBe(201)
    expect((await ask(order.id, [[pot, 3]])).problem.code).toBe(notReturnable)
    expect((await ask(order.id, [[lid, 1]])).problem.code).toBe(notReturnable)
    const asked = await ask(order.id, [[pot, 2]])
    expect([asked.status, asked.body.amount.amountMinor]).toEqual([201, 2_000])
    await approve(asked.body.id)
    await receive(asked.body.id, [[pot, true]])
    expect((await refund(asked.body.id)).body.state).toBe('refunded')
    expect((await orderOf(order.id)).state).toBe('fulfilling')
    await parcel([
      [pot, 1],
      [lid, 1],
    ])
    const all: Lines = [
      [pot, 1],
      [lid, 1],
    ]
    const rest = await ask(order.id, all)
    await approve(rest.body.id)
    await receive(rest.body.id, [
      [pot, true],
      [lid, true],
    ])
    expect((await orderOf(order.id)).state).toBe('returned')
  })
})
