// What a quote says is what the order comes to.
import { orderContract } from '@prognetwork/contracts/order'
import { productContract } from '@prognetwork/contracts/product'
import { userContract } from '@prognetwork/contracts/user'
import { startTestPlatform, type TestPlatform, type TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createShopping, type Shopping } from './shopping.ts'

const {
  addCoupon,
  checkOut,
  createPromotion,
  listPromotions,
  quoteCart,
  readCart,
  setTaxRates,
  takeCart,
} = orderContract.operations

let platform: TestPlatform
let shop: TestShop
let shopping: Shopping

beforeAll(async () => {
  platform = await startTestPlatform()
})
// Promotions and taxes are the whole shop's.
beforeEach(async () => {
  shop = await platform.shop()
  shopping = createShopping(platform, shop)
})
afterAll(() => platform?.stop())

type Rates = Parameters<typeof shop.staff.call<typeof setTaxRates>>[1]['body']['items']
async function tax(items: Rates) {
  expect((await shop.staff.call(setTaxRates, { body: { items } })).status).toBe(200)
}
const quote = (cartId: string, region: string | null = null) =>
  shop.shopper.call(quoteCart, { params: { cartId }, body: { country: 'GB', region } })

test('whichever of its lines came into the cart first', async () => {
  await tax([{ country: 'GB', name: 'VAT', basisPoints: 5_000, included: false }])
  const reduction = { kind: 'amount' as const, amount: { amountMinor: 2, currency: 'EUR' } }
  await shop.staff.call(createPromotion, { body: { name: 'Two cents', reduction } })
  const cheap = await shopping.variant({ amountMinor: 100 })
  const dear = await shopping.variant({ amountMinor: 300 })
  for (const variants of [
    [cheap, dear],
    [dear, cheap],
  ]) {
    const cartId = await shopping.cart([])
    for (const variantId of variants) {
      platform.clock.advance(10)
      await shopping.put(cartId, variantId)
    }
    const { total: expectedTotal } = (await quote(cartId)).body
    const { status, body } = await shop.shopper.call(checkOut, {
      body: { ...shopping.form(cartId), expectedTotal },
    })
    expect([status, body.total]).toEqual([201, expectedTotal])
  }
})

test('where a code is of another currency', async () => {
  const code = 'DOLLARS'
  const reduction = { kind: 'amount' as const, amount: { amountMinor: 200, currency: 'USD' } }
  await shop.staff.call(createPromotion, { body: { name: 'Sale', code, reduction } })
  const cartId = await shopping.cart([[await shopping.variant(), 1]])
  await shop.shopper.call(addCoupon, { params: { cartId, code } })
  expect((await quote(cartId)).body.idleCoupons).toEqual([code])
  expect((await shopping.checkOut(cartId)).problem.code).toBe('order.coupon_unavailable')
  const { body } = await shop.staff.call(listPromotions, { query: {} })
  expect(body.items[0]?.used).toBe(0)
})

test('where a code is used up, by everybody or by who asks', async () => {
  const reduction = { kind: 'percent' as const, basisPoints: 1_000 }
  for (const limits of [
    { code: 'LAST-ONE', limit: 1 },
    { code: 'ONCE-EACH', limitPerCustomer: 1 },
  ])
    await shop.staff.call(createPromotion, { body: { name: 'Sale', reduction, ...limits } })
  const variantId = await shopping.variant({ amountMinor: 1_000 })
  const customer = await shopping.customer()
  const quoted = async (code: string) => {
    const cartId = await shopping.cart([[variantId, 1]], customer)
    await customer.call(addCoupon, { params: { cartId, code } })
    const { body } = await customer.call(quoteCart, { params: { cartId }, body: { country: 'GB' } })
    return { cartId, idle: body.idleCoupons, total: body.total.amountMinor }
  }
  for (const code of ['LAST-ONE', 'ONCE-EACH']) {
    const [first, second] = [await quoted(code), await quoted(code)]
    expect([first.idle, first.total, second.total]).toEqual([[], 900, 900])
    expect((await shopping.checkOut(first.cartId, { client: customer })).status).toBe(201)
    const params = { cartId: second.cartId }
    const { body } = await customer.call(quoteCart, { params, body: { country: 'GB' } })
    expect([body.idleCoupons, body.total.amountMinor]).toEqual([[code], 1_000])
  }
  const cartId = await shopping.cart([[variantId, 1]])
  await shop.shopper.call(addCoupon, { params: { cartId, code: 'ONCE-EACH' } })
  expect((await quote(cartId)).body.idleCoupons).toEqual(['ONCE-EACH'])
})

test('however a region is written', async () => {
  await tax([
    { country: 'GB', name: 'VAT', basisPoints: 2_000, included: false },
    { country: 'GB', region: 'Ynys Môn', name: 'Own', basisPoints: 500, included: false },
    { country: 'GB', region: 'ΑΤΤΙΚΗΣ', name: 'Other', basisPoints: 600, included: false },
  ])
  const cartId = await shopping.cart([[await shopping.variant(), 1]])
  const named = async (region: string) => (await quote(cartId, region)).body.tax?.name
  expect(await named('Ynys Môn')).toBe('Own')
  expect(await named('YNYS MÔN')).toBe('Own')
  expect(await named('ΑΤΤΙΚΗΣ')).toBe('Other')
  const form = shopping.form(cartId)
  const { body } = await shop.shopper.call(checkOut, {
    body: { ...form, shippingAddress: { ...form.shippingAddress, region: 'YNYS MÔN' } },
  })
  expect(body.tax?.name).toBe('Own')
})

test('and nothing is when it is more than can be paid', async () => {
  const variantId = await shopping.variant({ onHand: 1_000_000, amountMinor: 999_999_999_999 })
  const cartId = await shopping.cart([[variantId, 999_999]])
  expect((await quote(cartId)).problem.code).toBe('order.goods_unavailable')
  const reduction = { kind: 'percent' as const, basisPoints: 10_000 }
  await shop.staff.call(createPromotion, { body: { name: 'Everything', reduction } })
  expect((await shopping.checkOut(cartId)).problem.code).toBe('order.payment_failed')
})

describe('at the prices of a list', () => {
  const { createCustomerGroup, createPriceList, setGroupMember, setListedPrice } =
    productContract.operations
  const { readProfile } = userContract.operations

  async function priced(groupId: string | null, variantId: string, amountMinor: number) {
    const { body } = await shop.staff.call(createPriceList, {
      body: { name: 'List', groupId, state: 'active' },
    })
    const { status } = await shop.staff.call(setListedPrice, {
      params: { priceListId: body.id, variantId },
      body: { prices: [{ amountMinor, currency: 'EUR' }] },
    })
    expect(status).toBe(200)
  }

  async function reseller() {
    const customer = await shopping.customer()
    const accountId = (await customer.call(readProfile, {})).body.id
    const group = { key: 'resellers', name: 'Resellers' }
    const { body } = await shop.staff.call(createCustomerGroup, { body: group })
    await shop.staff.call(setGroupMember, {
      params: { accountId },
      body: { groupId: body.id },
    })
    return { customer, groupId: body.id, accountId }
  }

  test('of a group, from the moment on that a guest is known to be in it', async () => {
    const { customer, groupId } = await reseller()
    const variantId = await shopping.variant({ amountMinor: 1_000 })
    await priced(groupId, variantId, 700)
    const cartId = await shopping.cart([[variantId, 2]])
    const params = { cartId }
    const read = await shop.shopper.call(readCart, { query: {}, params })
    expect(read.body.total.amountMinor).toBe(2_000)
    expect((await quote(cartId)).body.total.amountMinor).toBe(2_000)
    const taken = await customer.call(takeCart, { params })
    expect(taken.body.lines[0]?.unitPrice?.amountMinor).toBe(700)
    const quoted = await customer.call(quoteCart, { params, body: { country: 'GB' } })
    expect(quoted.body.total.amountMinor).toBe(1_400)
    const { status, body } = await customer.call(checkOut, {
      body: { ...shopping.form(cartId), expectedTotal: quoted.body.total },
    })
    expect([status, body.total.amountMinor]).toEqual([201, 1_400])
    expect(body.lines[0]?.unitPrice.amountMinor).toBe(700)
  })

  test('and nobody pays another than they were shown when one begins or ends meanwhile', async () => {
    const variantId = await shopping.variant({ amountMinor: 1_000 })
    const cartId = await shopping.cart([[variantId, 1]])
    const shown = (await quote(cartId)).body.total
    await priced(null, variantId, 800)
    const order = (expectedTotal: typeof shown) =>
      shop.shopper.call(checkOut, { body: { ...shopping.form(cartId), expectedTotal } })
    expect((await order(shown)).problem).toMatchObject({
      ...{ status: 409, code: 'order.total_changed' },
      errors: [{ expected: '800 EUR' }],
    })
    const again = (await quote(cartId)).body.total
    expect((await order(again)).body.total.amountMinor).toBe(800)
  })
})
