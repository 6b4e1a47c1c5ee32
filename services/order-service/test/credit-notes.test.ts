import { randomUUID } from 'node:crypto'
import { orderContract } from '@prognetwork/contracts/order'
import { paymentContract } from '@prognetwork/contracts/payment'
import { tenantContract } from '@prognetwork/contracts/tenant'
import {
  startTestPlatform,
  type TestClient,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { textOf } from './pdf-text.ts'
import { at, createReturning } from './returning.ts'
import { createShopping, type Shopping } from './shopping.ts'

const { cancelOrder, lookUpCreditNote, lookUpOrder, readCreditNote, readMyCreditNote } =
  orderContract.operations
const { readOrder, setTaxRates } = orderContract.operations
const { refundPayment } = paymentContract.operations
const { changeSettings } = tenantContract.operations

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
  const vat = { country: 'GB', region: null, name: 'VAT', basisPoints: 2_000, included: true }
  await shop.staff.call(setTaxRates, { body: { items: [vat] } })
  const changes = { sellerAddress: ['Looms Ltd', '2 Lane'], vatId: 'GB980780684' }
  await shop.staff.call(changeSettings, { body: { version: 1, changes } })
})
afterAll(() => platform?.stop())

const notesOf = async (orderId: string) =>
  (await shop.staff.call(readOrder, { ...at(orderId), query: {} })).body.creditNotes
const noted = async (orderId: string, count: number) => {
  await expect.poll(async () => (await notesOf(orderId)).length).toBe(count)
  return notesOf(orderId)
}
const giveBack = (paymentId: string, amountMinor: number) =>
  shop.staff.call(refundPayment, { params: { paymentId }, body: { amountMinor } })
const one = (orderId: string, number: number) => ({
  params: { orderId, number: String(number) },
})
const printed = async (bytes: string) => {
  const { pages, title } = await textOf(Buffer.from(bytes, 'base64'))
  return { title, text: pages.join(' ') }
}

test('goods that are returned have a credit note, with their tax and who sold them', async () => {
  const order = await returning.sent()
  const id = await returning.received(order, [[order.pot, 2]])
  await returning.refund(id, 300)
  const [note] = await noted(order.id, 1)
  expect(note).toMatchObject({ amount: { amountMinor: 1_700 }, isVoid: false })
  const number = note?.number ?? 0
  const written = note?.writtenNumber ?? ''
  expect(written).toBe(`CN-${String(number).padStart(6, '0')}`)
  const { body } = await shop.staff.call(readCreditNote, one(order.id, number))
  const { title, text } = await printed(body.bytes)
  expect(title).toBe(`Credit note ${written}`)
  for (const part of [
    ...['Looms Ltd 2 Lane', 'VAT number GB980780684', `Order ${order.reference}`, 'Of invoice'],
    ...['2 €20.00', 'Kept -€3.00', 'Total without tax €14.17', 'VAT 20% €2.83'],
    'Given back €17.00',
  ])
    expect(text).toContain(part)
})

test('parts that are given back come to what was paid, and so does their tax', async () => {
  const { body: order } = await shopping.buy([
    [await shopping.variant({ amountMinor: 999 }), 1],
    [await shopping.variant({ amountMinor: 333 }), 3],
  ])
  const amounts = [1, 700, 333, 500, 464]
  for (const amountMinor of amounts)
    expect((await giveBack(order.paymentId ?? '', amountMinor)).status).toBe(201)
  const notes = await noted(order.id, amounts.length)
  expect(notes.map((note) => note.amount.amountMinor)).toEqual(amounts)
  const { rows } = await platform.sql.query(
    `select sum((r ->> 'taxMinor')::int)::int as tax
     from order_service.credit_note, jsonb_array_elements(rates) r where order_id = $1`,
    [order.id],
  )
  expect(rows[0].tax).toBe(order.tax?.amount.amountMinor)
})

test('numbers have no gaps, however many are given back at once', async () => {
  const orders = await Promise.all(
    Array.from({ length: 3 }, async () =>
      shopping.buy([[await shopping.variant({ amountMinor: 1_000 }), 1]]),
    ),
  )
  await Promise.all(
    orders.flatMap(({ body }) =>
      [100, 200, 300].map((some) => giveBack(body.paymentId ?? '', some)),
    ),
  )
  for (const { body } of orders) await noted(body.id, 3)
  const { rows } = await platform.sql.query(
    `select array_agg(number order by number) as numbers from order_service.credit_note
     where tenant_id = $1`,
    [shop.id],
  )
  const { numbers } = rows[0]
  expect(numbers).toEqual(numbers.map((_: number, index: number) => index + 1))
})

test('what is told again is credited once, and what was never paid is not', async () => {
  const { body: order } = await shopping.buy([[await shopping.variant(), 1]])
  await shop.staff.call(cancelOrder, { ...at(order.id), body: { reason: 'Out of clay' } })
  const [note] = await noted(order.id, 1)
  expect(note?.amount).toEqual(order.total)
  await expect(
    platform.sql.query(
      `insert into order_service.credit_note (tenant_id, number, order_id, event_id, amount_minor,
         rates, lines, made_at)
       select tenant_id, 1000000, order_id, event_id, 1, '[]', '[]', made_at
       from order_service.credit_note where order_id = $1`,
      [order.id],
    ),
  ).rejects.toThrow('credit_note_tenant_id_event_id_key')
  const cartId = await shopping.cart([[await shopping.variant(), 1]])
  const { body: waiting } = await shopping.checkOut(cartId, { number: '4000002500003155' })
  await shop.staff.call(cancelOrder, { ...at(waiting.id), body: { reason: 'So' } })
  expect(await notesOf(waiting.id)).toEqual([])
})

test('they are read by who may see the order, and by nobody else', async () => {
  const { body: order } = await shopping.buy([[await shopping.variant(), 1]], customer)
  await giveBack(order.paymentId ?? '', 100)
  const [note] = await noted(order.id, 1)
  const number = note?.number ?? 0
  const params = { key: order.key, number: String(number) }
  const { body: looked } = await shop.shopper.call(lookUpOrder, { params: { key: order.key } })
  expect(looked.creditNotes).toEqual([note])
  for (const { status, body } of [
    await customer.call(readMyCreditNote, one(order.id, number)),
    await shop.shopper.call(lookUpCreditNote, { params }),
  ]) {
    expect(status).toBe(200)
    expect((await printed(body.bytes)).text).toContain('Given back €1.00')
  }
  const [other, bob] = [await platform.shop(), await shopping.customer()]
  for (const { problem } of [
    await other.staff.call(readCreditNote, one(order.id, number)),
    await shop.staff.call(readCreditNote, one(randomUUID(), number)),
    await bob.call(readMyCreditNote, one(order.id, number)),
    await other.shopper.call(lookUpCreditNote, { params }),
  ])
    expect(problem.code).toBe('order.order_missing')
  const another = { ...params, number: '2000000' }
  for (const { problem } of [
    await shop.staff.call(readCreditNote, one(order.id, 2_000_000)),
    await customer.call(readMyCreditNote, one(order.id, 2_000_000)),
    await shop.shopper.call(lookUpCreditNote, { params: another }),
  ])
    expect(problem.code).toBe('order.credit_note_missing')
  const { anonymous } = platform
  for (const operation of [readCreditNote, readMyCreditNote])
    expect((await anonymous.call(operation, one(order.id, number))).status).toBe(401)
  expect((await customer.call(readCreditNote, one(order.id, number))).status).toBe(403)
})
