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
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { textOf } from './pdf-text.ts'
import { createShopping, type Shopping } from './shopping.ts'

const {
  addCoupon,
  cancelOrder,
  checkOut,
  createPromotion,
  createShippingMethod,
  deliverOrder,
  lookUpInvoice,
  readInvoice,
  readMyInvoice,
  readOrder,
  readPackingSlip,
  refundOrder,
  setTaxRates,
  shipOrder,
} = orderContract.operations
const { refundPayment } = paymentContract.operations
const { changeSettings } = tenantContract.operations

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
const slow = { number: '4000002500003155' }
const tracking = { carrier: 'Royal Mail', number: 'RM123456785GB' }
const reason = { body: { reason: 'They changed their mind' } }

const paid = async (client?: TestClient) =>
  (await shopping.buy([[await shopping.variant(), 1]], client)).body

/** The text of a document, and how it came. */
async function read(
  operation: typeof readInvoice | typeof readPackingSlip,
  orderId: string,
  client: TestClient = shop.staff,
) {
  const { status, headers, body } = await client.call(operation, at(orderId))
  expect(status).toBe(200)
  const { pages, title } = await textOf(Buffer.from(body.bytes, 'base64'))
  return { headers, title, text: pages.join(' ') }
}

describe('an order with everything', () => {
  let order: Awaited<ReturnType<typeof paid>>

  beforeAll(async () => {
    const shopOfAda = await platform.shop()
    shop = shopOfAda
    shopping = createShopping(platform, shop)
    const changes = {
      ...{ displayName: 'Webstühle Lovelace', locale: 'de', timezone: 'Asia/Tokyo' },
      ...{ supportEmail: 'hilfe@example.com', brandColor: '#0f5f66' },
      ...{ sellerAddress: ['Lovelace GmbH', '2 Gasse'], vatId: 'DE136695976' },
    }
    expect((await shop.staff.call(changeSettings, { body: { version: 1, changes } })).status).toBe(
      200,
    )
    const body = {
      ...{ name: 'Spring sale', code: 'SPRING-10', minimum: null, startsAt: null, endsAt: null },
      reduction: { kind: 'percent' as const, basisPoints: 1_000 },
      ...{ productIds: null, limit: null, limitPerCustomer: null, combinable: true },
    }
    await shop.staff.call(createPromotion, { body })
    const vat = { country: 'GB', region: null, name: 'VAT', basisPoints: 1_950, included: true }
    await shop.staff.call(setTaxRates, { body: { items: [vat] } })
    const price = { amountMinor: 499, currency: 'EUR' }
    const method = await shop.staff.call(createShippingMethod, {
      body: { name: 'Brieftaube', countries: null, price, freeFromMinor: null },
    })
    const cartId = await shopping.cart([
      [await shopping.variant({ title: 'Blumentopf aus Ton', amountMinor: 123_456 }), 2],
      [await shopping.variant({ title: 'Ξύλινο κουτί', amountMinor: 1_000 }), 3],
    ])
    await shop.shopper.call(addCoupon, { params: { cartId, code: 'SPRING-10' } })
    const form = { ...shopping.form(cartId), shippingMethodId: method.body.id }
    order = (await shop.shopper.call(checkOut, { body: form })).body
    expect(order.state).toBe('paid')
  })

  test('has an invoice of it, as the shop writes dates and amounts', async () => {
    const { headers, title, text } = await read(readInvoice, order.id)
    expect(headers['content-type']).toBe('application/pdf')
    expect(headers['cross-origin-resource-policy']).not.toBe('cross-origin')
    const day = new Intl.DateTimeFormat('de', { dateStyle: 'long', timeZone: 'Asia/Tokyo' })
    const placedOn = day.format(new Date(order.placedAt))
    const number = `${placedOn.slice(-4)}-000001`
    expect(title).toBe(`Invoice ${number}`)
    for (const part of [
      ...['Webstühle Lovelace', 'hilfe@example.com', order.reference, 'ada@example.com'],
      ...['Ada', '1 Street', 'London', 'Vereinigtes Königreich'],
      `Invoice number ${number} Invoice date ${placedOn} VAT number DE136695976`,
      'Lovelace GmbH 2 Gasse',
      ...['Blumentopf aus Ton 2 1.234,56 € 2.469,12 €', 'Ξύλινο κουτί 3 10,00 € 30,00 €'],
      ...['Discount -246,91 €', 'Discount -3,00 €'],
      'Subtotal 2.499,12 € Spring sale (SPRING-10) -249,91 € Shipping: Brieftaube 4,99 €',
      // 19.5 % of what is left of the first line and of the second, and of the shipping.
      'Total without tax 1.886,36 € Included VAT 19,5 % 367,84 € Total 2.254,20 €',
      `Paid on ${placedOn}.`,
    ])
      expect(text).toContain(part)
  })

  test('has a packing slip that says what is in the parcel, and no price', async () => {
    await shop.staff.call(shipOrder, { ...at(order.id), body: tracking })
    const { title, text } = await read(readPackingSlip, order.id)
    expect(title).toBe(`Packing slip ${order.reference}`)
    expect(text).toContain('Blumentopf aus Ton 2')
    expect(text).toContain('Ξύλινο κουτί 3')
    expect(text).toContain('Pieces 5')
    expect(text).toContain('Carrier Royal Mail Tracking RM123456785GB')
    expect(text).not.toContain('€')
  })

  test('says how much of the money was given back', async () => {
    const params = { paymentId: order.paymentId ?? '' }
    await shop.staff.call(refundPayment, { params, body: { amountMinor: 1_234 } })
    await expect
      .poll(async () => (await read(readInvoice, order.id)).text)
      .toContain('12,34 € of it was given back.')
  })
})

describe('documents exist', () => {
  const codeOf = async (
    operation: typeof readInvoice | typeof readPackingSlip,
    orderId: string,
  ) => {
    const answer = await shop.staff.call(operation, at(orderId))
    return answer.status === 200 ? 'made' : answer.problem.code
  }
  const both = async ({ id }: { id: string }) => [
    await codeOf(readInvoice, id),
    await codeOf(readPackingSlip, id),
  ]
  const unfit = 'order.order_unfit'

  test('while there is something to be paid for, and something to be sent', async () => {
    const { body } = await shop.staff.call(createShippingMethod, {
      body: {
        ...{ name: 'Mail', countries: null, freeFromMinor: null },
        price: { amountMinor: 100, currency: 'EUR' },
      },
    })
    const buy = async (card = {}) => {
      const cartId = await shopping.cart([[await shopping.variant(), 1]])
      const number = '4242424242424242'
      const form = shopping.form(cartId, { number, ...card }.number)
      const made = await shop.shopper.call(checkOut, {
        body: { ...form, shippingMethodId: body.id },
      })
      return made.body
    }
    const waiting = await buy(slow)
    expect(waiting.state).toBe('awaiting_payment')
    expect(await both(waiting)).toEqual([unfit, unfit])
    const cancelled = await buy()
    await shop.staff.call(cancelOrder, { ...at(cancelled.id), ...reason })
    expect(await both(cancelled)).toEqual(['made', unfit])
    const unpaid = await buy(slow)
    await shop.staff.call(cancelOrder, { ...at(unpaid.id), ...reason })
    expect(await both(unpaid)).toEqual([unfit, unfit])
    const order = await buy()
    expect(await both(order)).toEqual(['made', 'made'])
    await shop.staff.call(shipOrder, { ...at(order.id), body: tracking })
    expect(await both(order)).toEqual(['made', 'made'])
    await shop.staff.call(deliverOrder, at(order.id))
    expect(await both(order)).toEqual(['made', unfit])
    await shop.staff.call(refundOrder, { ...at(order.id), ...reason })
    expect(await both(order)).toEqual(['made', unfit])
  })
})

describe('documents are seen', () => {
  beforeAll(async () => {
    shop = await platform.shop()
    shopping = createShopping(platform, shop)
  })

  test('by the customer whose order it is, and by no other', async () => {
    const [ada, bob] = [await shopping.customer(), await shopping.customer()]
    const order = await paid(ada)
    const theirs = await ada.call(readMyInvoice, at(order.id))
    const { pages } = await textOf(Buffer.from(theirs.body.bytes, 'base64'))
    expect(pages.join(' ')).toContain(order.reference)
    expect((await bob.call(readMyInvoice, at(order.id))).problem.code).toBe('order.order_missing')
    expect((await platform.anonymous.call(readMyInvoice, at(order.id))).status).toBe(401)
    const cartId = await shopping.cart([[await shopping.variant(), 1]], ada)
    const { body: waiting } = await shopping.checkOut(cartId, { ...slow, client: ada })
    const early = await ada.call(readMyInvoice, at(waiting.id))
    expect(early.problem.code).toBe('order.order_unfit')
  })

  test('by whoever has the key, in its shop', async () => {
    const order = await paid()
    const look = (client: TestClient, key: string) =>
      client.call(lookUpInvoice, { params: { key } })
    const { body } = await look(shop.shopper, order.key)
    const { pages } = await textOf(Buffer.from(body.bytes, 'base64'))
    expect(pages.join(' ')).toContain(order.reference)
    const cartId = await shopping.cart([[await shopping.variant(), 1]])
    const { body: waiting } = await shopping.checkOut(cartId, slow)
    expect((await look(shop.shopper, waiting.key)).problem.code).toBe('order.order_unfit')
    const other = await platform.shop()
    for (const answer of [
      await look(other.shopper, order.key),
      await look(shop.shopper, `${randomUUID()}.${'x'.repeat(43)}`),
    ])
      expect(answer.problem.code).toBe('order.order_missing')
  })

  test('by staff of the shop alone otherwise', async () => {
    const { id } = await paid()
    const [person, other] = [await platform.person(), await platform.shop()]
    for (const operation of [readInvoice, readPackingSlip]) {
      expect((await platform.anonymous.call(operation, at(id))).status).toBe(401)
      expect((await person.call(operation, at(id))).status).toBe(403)
      const elsewhere = await other.staff.call(operation, at(id))
      expect(elsewhere.problem.code).toBe('order.order_missing')
    }
    const { body } = await shop.staff.call(readOrder, { ...at(id), query: {} })
    expect(body.id).toBe(id)
  })
})
