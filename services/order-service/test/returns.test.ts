import { randomUUID } from 'node:crypto'
import { orderContract } from '@prognetwork/contracts/order'
import { paymentContract } from '@prognetwork/contracts/payment'
import { productContract } from '@prognetwork/contracts/product'
import { tenantContract } from '@prognetwork/contracts/tenant'
import {
  startTestPlatform,
  type TestClient,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createShopping, type Shopping } from './shopping.ts'

const { approveReturn, listMyReturns, listReturns, lookUpReturns, readInvoice, readOrder } =
  orderContract.operations
const { readReturn, receiveReturn, refundReturn, refuseReturn, requestMyReturn, requestReturn } =
  orderContract.operations
const { refundOrder, requestReturnByKey, shipOrder } = orderContract.operations
const { readPayment, refundPayment } = paymentContract.operations
const { readStock } = productContract.operations
const { changeSettings, readSettings } = tenantContract.operations

let platform: TestPlatform
let shop: TestShop
let shopping: Shopping
let customer: TestClient

beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
  shopping = createShopping(platform, shop)
  customer = await shopping.customer()
})
afterAll(() => platform?.stop())

type Lines = readonly (readonly [variantId: string, quantity: number])[]
const wanted = (lines: Lines, id: string = randomUUID()) => ({
  ...{ id, reason: 'They are too small' },
  lines: lines.map(([variantId, quantity]) => ({ variantId, quantity })),
})
const at = (orderId: string) => ({ params: { orderId } })
const of = (returnId: string) => ({ params: { returnId } })

/** Three pots and two lids, paid for and sent. */
async function sent(client = customer) {
  const pot = await shopping.variant({ amountMinor: 1_000 })
  const lid = await shopping.variant({ amountMinor: 500 })
  const lines = [
    [pot, 3],
    [lid, 2],
  ] as const
  const { body } = await shopping.buy(lines, client)
  await shop.staff.call(shipOrder, { ...at(body.id), body: { carrier: 'Mail', number: '1' } })
  return { ...body, paymentId: body.paymentId ?? '', pot, lid, all: lines }
}

const ask = (
  orderId: string,
  lines: Lines,
  { client = customer, id = randomUUID() as string } = {},
) => client.call(requestMyReturn, { ...at(orderId), body: wanted(lines, id) })
const approve = (id: string) => shop.staff.call(approveReturn, of(id))
const refuse = (id: string) =>
  shop.staff.call(refuseReturn, { ...of(id), body: { reason: 'They were worn' } })
const receive = (id: string, lines: readonly (readonly [variantId: string, restock: boolean])[]) =>
  shop.staff.call(receiveReturn, {
    ...of(id),
    body: { lines: lines.map(([variantId, restock]) => ({ variantId, restock })) },
  })
const refund = (id: string, deductionMinor = 0) =>
  shop.staff.call(refundReturn, { ...of(id), body: { deductionMinor } })
const orderOf = async (orderId: string) =>
  (await shop.staff.call(readOrder, { ...at(orderId), query: {} })).body
const refundedOf = async (paymentId: string) =>
  (await shop.staff.call(readPayment, { params: { paymentId } })).body.refundedMinor
const onHandOf = async (variantId: string) =>
  (await shop.staff.call(readStock, { params: { variantId } })).body.onHand

async function received(order: Awaited<ReturnType<typeof sent>>, lines: Lines, restock = true) {
  const { body } = await ask(order.id, lines)
  await approve(body.id)
  await receive(
    body.id,
    lines.map(([variantId]) => [variantId, restock]),
  )
  return body.id
}

const unfit = 'order.return_unfit'
const notReturnable = 'order.goods_not_returnable'

describe('a return', () => {
  test('is asked for, approved, received and paid back, and says so', async () => {
    const order = await sent()
    const asked = await ask(order.id, [
      [order.pot, 1],
      [order.lid, 2],
    ])
    expect([asked.status, asked.body]).toMatchObject([
      201,
      { state: 'requested', amount: { amountMinor: 2_000, currency: 'EUR' }, refunded: null },
    ])
    const { id } = asked.body
    expect((await approve(id)).body.state).toBe('approved')
    const come = await receive(id, [
      [order.pot, true],
      [order.lid, false],
    ])
    const restocked = new Map(come.body.lines.map((line) => [line.variantId, line.restocked]))
    expect([restocked.get(order.pot), restocked.get(order.lid)]).toEqual([true, false])
    const paid = await refund(id, 300)
    expect(paid.body).toMatchObject({
      ...{ state: 'refunded', deduction: { amountMinor: 300 }, refunded: { amountMinor: 1_700 } },
    })
    expect(await refundedOf(order.paymentId)).toBe(1_700)
    await expect.poll(async () => (await orderOf(order.id)).refunded.amountMinor).toBe(1_700)
    expect((await orderOf(order.id)).state).toBe('shipped')
    await expect.poll(() => onHandOf(order.pot)).toBe(8)
    expect(await onHandOf(order.lid)).toBe(8)
    const { body: mine } = await customer.call(listMyReturns, at(order.id))
    expect(mine.items).toMatchObject([{ id, state: 'refunded', reason: 'They are too small' }])
    const [first, second] = mine.items[0]?.history ?? []
    expect([first?.by, second?.by]).toEqual([order.accountId, 'shop'])
    const { rows } = await platform.sql.query(
      'select type from every_event where tenant_id = $1 and key = $2 order by seq',
      [shop.id, id],
    )
    expect(rows.map(({ type }) => type.replace('order.return_', ''))).toEqual([
      ...['requested', 'approved', 'received', 'refunded'],
    ])
  })

  test('of all that was bought ends the order', async () => {
    const order = await sent()
    const first = await received(order, [[order.pot, 3]], false)
    expect((await orderOf(order.id)).state).toBe('shipped')
    const second = await received(order, [[order.lid, 2]])
    const { state, history } = await orderOf(order.id)
    expect([state, history.at(-1)?.state]).toEqual(['returned', 'returned'])
    await Promise.all([refund(first), refund(second)])
    expect(await refundedOf(order.paymentId)).toBe(4_000)
    await expect.poll(async () => (await orderOf(order.id)).refunded.amountMinor).toBe(4_000)
    expect((await orderOf(order.id)).state).toBe('returned')
    expect((await shop.staff.call(readInvoice, at(order.id))).status).toBe(200)
    const again = await shop.staff.call(refundOrder, { ...at(order.id), body: { reason: 'So' } })
    expect(again.problem.code).toBe('order.order_unfit')
  })

  test('is refused with a reason, and may be asked for anew', async () => {
    const order = await sent()
    const { body } = await ask(order.id, order.all)
    expect((await ask(order.id, [[order.pot, 1]])).problem.code).toBe(notReturnable)
    const { body: refused } = await refuse(body.id)
    expect(refused.history.at(-1)).toMatchObject({ state: 'refused', note: 'They were worn' })
    for (const tried of [await approve(body.id), await refuse(body.id), await refund(body.id)])
      expect(tried.problem.code).toBe(unfit)
    expect((await ask(order.id, order.all)).status).toBe(201)
  })

  test('takes no step before the one before it, and none twice', async () => {
    const order = await sent()
    const { body } = await ask(order.id, [[order.pot, 1]])
    expect((await refund(body.id)).problem.code).toBe(unfit)
    expect((await receive(body.id, [[order.pot, true]])).problem.code).toBe(unfit)
    const approvals = await Promise.all([approve(body.id), approve(body.id), approve(body.id)])
    expect(approvals.map(({ status }) => status).toSorted()).toEqual([200, 409, 409])
    expect((await receive(body.id, [[order.lid, true]])).problem.code).toBe('order.receipt_unfit')
    const receipts = await Promise.all([
      receive(body.id, [[order.pot, true]]),
      receive(body.id, [[order.pot, true]]),
    ])
    expect(receipts.map(({ status }) => status).toSorted()).toEqual([200, 409])
    expect((await refuse(body.id)).problem.code).toBe(unfit)
    await expect.poll(() => onHandOf(order.pot)).toBe(8)
  })
})

describe('goods', () => {
  test('are returned no more often than they were bought, by however many at once', async () => {
    const order = await sent()
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => ask(order.id, [[order.pot, 2]])),
    )
    const statuses = answers.map(({ status }) => status).toSorted()
    expect(statuses).toEqual([201, 409, 409, 409, 409, 409])
    expect((await ask(order.id, [[order.pot, 2]])).problem.code).toBe(notReturnable)
    expect((await ask(order.id, [[await shopping.variant(), 1]])).problem.code).toBe(notReturnable)
    const byStaff = { ...at(order.id), body: wanted([[order.pot, 2]]) }
    expect((await shop.staff.call(requestReturn, byStaff)).problem.code).toBe(notReturnable)
    expect((await ask(order.id, [[order.pot, 1]])).status).toBe(201)
  })

  test('are asked for once under one id', async () => {
    const [order, another] = [await sent(), await sent()]
    const id = randomUUID()
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => ask(order.id, [[order.pot, 1]], { id })),
    )
    for (const { status, body } of answers) expect([status, body]).toEqual([201, answers[0]?.body])
    const taken = 'order.return_taken'
    expect((await ask(order.id, [[order.pot, 2]], { id })).problem.code).toBe(taken)
    expect((await ask(another.id, [[another.pot, 1]], { id })).problem.code).toBe(taken)
    const byStaff = { ...at(another.id), body: wanted([[another.pot, 1]], id) }
    expect((await shop.staff.call(requestReturn, byStaff)).problem.code).toBe(taken)
  })

  test('go back to the shelf once, also when it is told again', async () => {
    const order = await sent()
    const id = await received(order, [[order.pot, 2]])
    await expect.poll(() => onHandOf(order.pot)).toBe(9)
    const again = (lot: string) =>
      platform.sql.query(
        `begin; set local role product_service; set local search_path to product_service, kernel;
         select set_config('app.tenant_id', '${shop.id}', true);
         select put_goods_back('${lot}', '${order.id}', array['${order.pot}'::uuid], array[2],
           array[gen_random_uuid()], 'Again', 'a test', current_timestamp);
         commit`,
      )
    await again(id)
    expect(await onHandOf(order.pot)).toBe(9)
    await again(randomUUID())
    expect(await onHandOf(order.pot)).toBe(11)
  })

  test('that were not sent are not returned', async () => {
    const pot = await shopping.variant()
    const { body: order } = await shopping.buy([[pot, 1]], customer)
    expect((await ask(order.id, [[pot, 1]])).problem.code).toBe('order.order_unfit')
    const body = wanted([[pot, 1]])
    const byStaff = await shop.staff.call(requestReturn, { ...at(order.id), body })
    expect(byStaff.problem.code).toBe('order.order_unfit')
    const byKey = { params: { key: order.key }, body }
    const guest = await shop.shopper.call(requestReturnByKey, byKey)
    expect(guest.problem.code).toBe('order.order_unfit')
  })
})

describe('money', () => {
  test('goes back once, however many ask for it at once and again', async () => {
    const order = await sent()
    const id = await received(order, [[order.pot, 2]])
    expect((await refund(id, 2_001)).problem.code).toBe('order.deduction_exceeded')
    const answers = await Promise.all(Array.from({ length: 5 }, () => refund(id)))
    for (const { status } of answers) expect([200, 409]).toContain(status)
    expect((await refund(id)).body).toMatchObject({
      ...{ state: 'refunded', refunded: { amountMinor: 2_000 } },
    })
    expect((await refund(id, 5)).problem.code).toBe(unfit)
    expect(await refundedOf(order.paymentId)).toBe(2_000)
  })

  test('goes back once also when it was not noted that it did', async () => {
    const order = await sent()
    const id = await received(order, [[order.pot, 2]])
    await refund(id)
    await platform.sql.query(
      `update order_service.order_return
       set state = 'refunding', refunded_minor = null, due_at = requested_at where id = $1`,
      [id],
    )
    const stateOf = async () => (await shop.staff.call(readReturn, of(id))).body
    expect((await stateOf()).state).toBe('refunding')
    await expect
      .poll(stateOf, { timeout: 20_000 })
      .toMatchObject({ state: 'refunded', refunded: { amountMinor: 2_000 } })
    expect(await refundedOf(order.paymentId)).toBe(2_000)
  })

  test('that was given back otherwise is not given again', async () => {
    const order = await sent()
    const id = await received(order, order.all)
    const params = { paymentId: order.paymentId }
    await shop.staff.call(refundPayment, { params, body: { amountMinor: 3_500 } })
    expect((await refund(id)).body.refunded?.amountMinor).toBe(500)
    expect(await refundedOf(order.paymentId)).toBe(4_000)
  })

  test('that is all kept does not move', async () => {
    const order = await sent()
    const id = await received(order, [[order.pot, 1]])
    expect((await refund(id, 1_000)).body).toMatchObject({ state: 'refunded' })
    expect(await refundedOf(order.paymentId)).toBe(0)
  })
})

describe('who may', () => {
  test('return by the key of an order is a guest', async () => {
    const order = await sent(shop.shopper)
    const params = { key: order.key }
    const guest = shop.shopper
    const body = wanted([[order.pot, 1]])
    const asked = await guest.call(requestReturnByKey, { params, body })
    expect([asked.status, asked.body.history[0]?.by]).toEqual([201, 'guest'])
    expect((await guest.call(lookUpReturns, { params })).body.items).toEqual([asked.body])
    const more = { params, body: wanted([[order.pot, 3]]) }
    expect((await guest.call(requestReturnByKey, more)).problem.code).toBe(notReturnable)
    const other = { params, body: { ...body, reason: 'Another' } }
    expect((await guest.call(requestReturnByKey, other)).problem.code).toBe('order.return_taken')
    const wrong = { params: { key: `${order.key.slice(0, -2)}xx` } }
    const tries = [
      guest.call(lookUpReturns, wrong),
      guest.call(requestReturnByKey, { ...wrong, body }),
      (await platform.shop()).shopper.call(lookUpReturns, { params }),
    ]
    for (const { problem } of await Promise.all(tries))
      expect(problem.code).toBe('order.order_missing')
  })

  test('see and move them is staff of the shop alone', async () => {
    const order = await sent()
    const { body: own } = await ask(order.id, [[order.pot, 1]])
    const query = { limit: '1', orderId: order.id, state: 'requested' } as const
    const { body: listed } = await shop.staff.call(listReturns, { query })
    expect([listed.items.map((one) => one.id), listed.next]).toEqual([[own.id], null])
    expect((await shop.staff.call(readReturn, of(own.id))).body.id).toBe(own.id)
    const body = wanted([[order.pot, 1]])
    const ofReturn = (client: TestClient) => [
      client.call(readReturn, of(own.id)),
      client.call(approveReturn, of(own.id)),
      client.call(refuseReturn, { ...of(own.id), body: { reason: 'So' } }),
      client.call(receiveReturn, {
        ...of(own.id),
        body: { lines: [{ variantId: order.pot, restock: true }] },
      }),
      client.call(refundReturn, { ...of(own.id), body: {} }),
    ]
    const staffOnly = (client: TestClient) => [
      ...ofReturn(client),
      client.call(listReturns, { query: {} }),
      client.call(requestReturn, { ...at(order.id), body }),
    ]
    const mine = (client: TestClient) => [
      client.call(requestMyReturn, { ...at(order.id), body }),
      client.call(listMyReturns, at(order.id)),
    ]
    for (const { status } of await Promise.all(staffOnly(customer))) expect(status).toBe(403)
    const nobody = [...staffOnly(platform.anonymous), ...mine(platform.anonymous)]
    for (const { status } of await Promise.all(nobody)) expect(status).toBe(401)
    for (const { problem } of await Promise.all(mine(await shopping.customer())))
      expect(problem.code).toBe('order.order_missing')
    const other = await platform.shop()
    for (const { problem } of await Promise.all(ofReturn(other.staff)))
      expect(problem.code).toBe('order.return_missing')
    const elsewhere = await other.staff.call(requestReturn, { ...at(order.id), body })
    expect(elsewhere.problem.code).toBe('order.order_missing')
    expect((await other.staff.call(listReturns, { query: {} })).body.items).toEqual([])
  })

  test('ask after the time is over is staff alone', async () => {
    const [order, guests] = [await sent(), await sent(shop.shopper)]
    await platform.sql.query(
      `update order_service.order_change set at = at - interval '31 days'
       where order_id = any ($1::uuid[])`,
      [[order.id, guests.id]],
    )
    const tooLate = 'order.return_too_late'
    expect((await ask(order.id, [[order.pot, 1]])).problem.code).toBe(tooLate)
    const body = wanted([[guests.pot, 1]])
    const byKey = { params: { key: guests.key }, body }
    expect((await shop.shopper.call(requestReturnByKey, byKey)).problem.code).toBe(tooLate)
    expect((await shop.staff.call(requestReturn, { ...at(guests.id), body })).status).toBe(201)
    const { body: before } = await shop.staff.call(readSettings, { query: {} })
    await shop.staff.call(changeSettings, {
      body: { version: before.version, changes: { returnDays: 32 } },
    })
    expect((await ask(order.id, [[order.pot, 1]])).status).toBe(201)
  })
})
