import { randomUUID } from 'node:crypto'
import { orderContract } from '@prognetwork/contracts/order'
import { startTestPlatform, type TestPlatform, type TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createShopping, type Shopping } from './shopping.ts'

const {
  addCoupon,
  cancelOrder,
  checkOut,
  createPromotion,
  createShippingMethod,
  endPromotion,
  listPromotions,
  listShippingMethods,
  listTaxRates,
  quoteCart,
  readCart,
  readOrder,
  removeCoupon,
  removeShippingMethod,
  setTaxRates,
} = orderContract.operations

let platform: TestPlatform
let shop: TestShop
let shopping: Shopping

beforeAll(async () => {
  platform = await startTestPlatform()
})
// Promotions and shipping are the whole shop's.
beforeEach(async () => {
  shop = await platform.shop()
  shopping = createShopping(platform, shop)
})
afterAll(() => platform?.stop())

const euro = (amountMinor: number) => ({ amountMinor, currency: 'EUR' })
type Terms = Parameters<typeof shop.staff.call<typeof createPromotion>>[1]['body']

let codes = 0
async function promote(terms: Partial<Terms> = {}) {
  codes += 1
  const { status, body } = await shop.staff.call(createPromotion, {
    body: {
      ...{ name: 'Sale', code: `CODE-${codes}` },
      reduction: { kind: 'percent', basisPoints: 1_000 },
      ...terms,
    },
  })
  expect(status).toBe(201)
  return { ...body, code: body.code ?? '' }
}
const type = (cartId: string, code: string, client = shop.shopper) =>
  client.call(addCoupon, { params: { cartId, code } })
const quote = (cartId: string, body: { country?: string; shippingMethodId?: string } = {}) =>
  shop.shopper.call(quoteCart, { params: { cartId }, body: { country: 'GB', ...body } })
const usedOf = async (id: string) => {
  const { body } = await shop.staff.call(listPromotions, { query: {} })
  return body.items.find((one) => one.id === id)?.used
}

async function cartWorth(amountMinor: number, code?: string, client = shop.shopper) {
  const cartId = await shopping.cart([[await shopping.variant({ amountMinor }), 1]], client)
  if (code !== undefined) expect((await type(cartId, code, client)).status).toBe(200)
  return cartId
}

describe('a code', () => {
  test('takes off what it says, in the quote as in the order', async () => {
    const promotion = await promote({ code: 'summer-15' })
    expect(promotion.code).toBe('SUMMER-15')
    const cartId = await cartWorth(1_999, 'Summer-15')
    expect(
      (await shop.shopper.call(readCart, { query: {}, params: { cartId } })).body.coupons,
    ).toEqual(['SUMMER-15'])
    const { body: quoted } = await quote(cartId)
    expect(quoted).toMatchObject({
      ...{ subtotal: euro(1_999), discount: euro(200), total: euro(1_799) },
      discounts: [{ name: 'Sale', code: 'SUMMER-15', amount: euro(200) }],
      ...{ shipping: null, tax: null, shippingMethods: [], idleCoupons: [] },
    })
    const { body: order } = await shop.shopper.call(checkOut, {
      body: { ...shopping.form(cartId), expectedTotal: quoted.total },
    })
    expect(order).toMatchObject({ state: 'paid', total: euro(1_799), discount: euro(200) })
    expect(order.lines[0]).toMatchObject({ total: euro(1_999), discount: euro(200) })
    expect(await usedOf(promotion.id)).toBe(1)
  })

  test('with one use and fifty who want it is used once', async () => {
    const { id, code } = await promote({ limit: 1 })
    const variantId = await shopping.variant({ onHand: 100 })
    const carts = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const cartId = await shopping.cart([[variantId, 1]])
        await type(cartId, code)
        return cartId
      }),
    )
    const answers = await Promise.all(carts.map((cartId) => shopping.checkOut(cartId)))
    const refused = answers.filter((one) => one.status !== 201)
    expect(refused).toHaveLength(49)
    expect(new Set(refused.map((one) => one.problem.code))).toEqual(
      new Set(['order.coupon_unavailable']),
    )
    expect(await usedOf(id)).toBe(1)
    expect((await type(await cartWorth(500), code)).problem.code).toBe('order.coupon_unavailable')
    const left = carts[answers.findIndex((one) => one.status !== 201)] ?? ''
    const without = await shop.shopper.call(removeCoupon, { params: { cartId: left, code } })
    expect([without.status, (await shopping.checkOut(left)).status]).toEqual([204, 201])
  })

  test('of an order that comes to nothing is free again', async () => {
    const { id, code } = await promote({ limit: 1 })
    const cartId = await cartWorth(1_000, code)
    const declined = await shopping.checkOut(cartId, { number: '4000000000000002' })
    expect([declined.problem.code, await usedOf(id)]).toEqual(['order.payment_failed', 0])
    const { body: order } = await shopping.checkOut(cartId)
    expect([order.state, await usedOf(id)]).toEqual(['paid', 1])
    const params = { orderId: order.id }
    await shop.staff.call(cancelOrder, { params, body: { reason: 'They said so' } })
    expect(await usedOf(id)).toBe(0)
  })

  test('is used by one customer as often as it says, and by nobody who is not signed in', async () => {
    const { code } = await promote({ limitPerCustomer: 1 })
    const customer = await shopping.customer()
    const buy = async () =>
      shopping.checkOut(await cartWorth(1_000, code, customer), { client: customer })
    expect((await buy()).status).toBe(201)
    expect((await buy()).problem.code).toBe('order.coupon_unavailable')
    const guest = await shopping.checkOut(await cartWorth(1_000, code))
    expect(guest.problem.code).toBe('order.coupon_unavailable')
  })

  test('that takes nothing off is said, and is not used up', async () => {
    const { id, code } = await promote({ minimum: euro(5_000) })
    const cartId = await cartWorth(1_000, code)
    expect((await quote(cartId)).body).toMatchObject({ idleCoupons: [code], total: euro(1_000) })
    const refused = await shopping.checkOut(cartId)
    expect(refused.problem).toMatchObject({ code: 'order.coupon_unavailable' })
    expect(await usedOf(id)).toBe(0)
  })

  test('is good from its start to its end', async () => {
    const in_ = (minutes: number) =>
      new Date(platform.clock.nowMs() + minutes * 60_000).toISOString()
    const early = await promote({ startsAt: in_(60) })
    const late = await promote({ endsAt: in_(-1) })
    const cartId = await cartWorth(1_000)
    for (const { code } of [early, late, { code: 'NO-SUCH-CODE' }])
      expect((await type(cartId, code)).problem.code).toBe('order.coupon_unavailable')
    const good = await promote()
    await type(cartId, good.code)
    const { body: ended } = await shop.staff.call(endPromotion, {
      params: { promotionId: good.id },
    })
    expect(ended.endsAt).not.toBeNull()
    expect((await shopping.checkOut(cartId)).problem.code).toBe('order.coupon_unavailable')
    const missing = { params: { promotionId: randomUUID() } }
    expect((await shop.staff.call(endPromotion, missing)).problem.code).toBe(
      'order.promotion_missing',
    )
  })

  test('is one promotion’s alone, and limits need one', async () => {
    const { code } = await promote()
    const again = { name: 'Other', code, reduction: { kind: 'free_shipping' as const } }
    expect((await shop.staff.call(createPromotion, { body: again })).problem.code).toBe(
      'order.code_taken',
    )
    const limited = await shop.staff.call(createPromotion, {
      body: { ...again, code: null, limit: 5 },
    })
    expect(limited.problem).toMatchObject({ errors: [{ pointer: '/body/code' }] })
  })

  test('cannot be typed into a cart that is ordered or not there', async () => {
    const { code } = await promote()
    const cartId = await cartWorth(1_000)
    await shopping.checkOut(cartId)
    const [closed, nowhere] = [
      { cartId, code },
      { cartId: randomUUID(), code },
    ]
    for (const operation of [addCoupon, removeCoupon]) {
      const answers = [
        await shop.shopper.call(operation, { params: closed }),
        await shop.shopper.call(operation, { params: nowhere }),
      ]
      expect(answers.map((one) => one.problem.code)).toEqual([
        'order.cart_closed',
        'order.cart_missing',
      ])
    }
  })
})

test('what everybody gets needs no code, and is not for other products', async () => {
  const [variantId, other] = [
    await shopping.variant({ amountMinor: 2_000 }),
    await shopping.variant({ amountMinor: 500 }),
  ]
  const cartId = await shopping.cart([
    [variantId, 1],
    [other, 1],
  ])
  const { body: cart } = await shop.shopper.call(readCart, { query: {}, params: { cartId } })
  const productId = cart.lines.find((one) => one.variantId === variantId)?.productId ?? ''
  await promote({
    ...{ code: null, productIds: [productId] },
    reduction: { kind: 'amount', amount: euro(700) },
  })
  const { body: order } = await shopping.checkOut(cartId)
  expect(order).toMatchObject({ total: euro(1_800), discounts: [{ code: null }] })
  const lines = order.lines.map((one) => [one.variantId, one.discount.amountMinor])
  expect(lines.sort()).toEqual(
    [
      [variantId, 700],
      [other, 0],
    ].sort(),
  )
  const { body } = await shop.staff.call(readOrder, { params: { orderId: order.id }, query: {} })
  expect(body.discounts).toEqual(order.discounts)
})

describe('shipping', () => {
  async function method(terms: { countries?: string[]; price?: number; freeFromMinor?: number }) {
    const { countries = null, price = 500, freeFromMinor = null } = terms
    const { body } = await shop.staff.call(createShippingMethod, {
      body: { name: 'Mail', countries, price: euro(price), freeFromMinor },
    })
    return body.id
  }

  test('is chosen where there is a choice, and paid', async () => {
    const abroad = await method({ price: 900 })
    const home = await method({ countries: ['GB'], price: 400, freeFromMinor: 3_000 })
    const { body: all } = await shop.staff.call(listShippingMethods, {})
    expect(all.items.map((one) => one.id)).toEqual([home, abroad])
    const cartId = await cartWorth(2_999)
    const { body: quoted } = await quote(cartId)
    expect(quoted.shippingMethods.map((one) => [one.id, one.amount.amountMinor])).toEqual([
      [home, 400],
      [abroad, 900],
    ])
    expect([quoted.shippingMethodId, quoted.total]).toEqual([home, euro(3_399)])
    const order = (shippingMethodId?: string) =>
      shop.shopper.call(checkOut, {
        body: { ...shopping.form(cartId), ...(shippingMethodId && { shippingMethodId }) },
      })
    for (const wrong of [undefined, randomUUID()])
      expect((await order(wrong)).problem.code).toBe('order.shipping_unfit')
    const { body } = await order(abroad)
    expect(body).toMatchObject({ shipping: { amount: euro(900) }, total: euro(3_899) })
    expect((await quote(await cartWorth(3_000))).body.total).toEqual(euro(3_000))
  })

  test('goes where it goes, and not when it is given up', async () => {
    const home = await method({ countries: ['GB'] })
    const cartId = await cartWorth(1_000)
    expect((await quote(cartId, { country: 'FR' })).problem.code).toBe('order.shipping_unfit')
    const form = shopping.form(cartId)
    const abroad = await shop.shopper.call(checkOut, {
      body: {
        ...{ ...form, shippingMethodId: home },
        shippingAddress: { ...form.shippingAddress, country: 'FR' },
      },
    })
    expect(abroad.problem.code).toBe('order.shipping_unfit')
    const params = { shippingMethodId: home }
    expect((await shop.staff.call(removeShippingMethod, { params })).status).toBe(204)
    expect((await shop.staff.call(removeShippingMethod, { params })).problem.code).toBe(
      'order.shipping_method_missing',
    )
    expect((await shopping.checkOut(cartId)).body.shipping).toBeNull()
  })

  test('that costs nothing by a promotion is taken off what it costs', async () => {
    await method({ price: 450 })
    await promote({ code: null, reduction: { kind: 'free_shipping' } })
    const { body } = await quote(await cartWorth(1_000))
    expect(body).toMatchObject({ discount: euro(450), shipping: { amount: euro(450) } })
    expect(body.total).toEqual(euro(1_000))
  })

  test('is quoted for what can be ordered alone', async () => {
    const empty = await shopping.cart([])
    expect((await quote(empty)).problem.code).toBe('order.cart_empty')
    expect((await quote(randomUUID())).problem.code).toBe('order.cart_missing')
    const scarce = await shopping.cart([[await shopping.variant({ onHand: 1 }), 2]])
    expect((await quote(scarce)).problem.code).toBe('order.goods_unavailable')
  })
})

test('tax is that of the place, included or added', async () => {
  const items = [
    { country: 'GB', region: null, name: 'VAT', basisPoints: 2_000, included: true },
    { country: 'US', region: null, name: 'Sales tax', basisPoints: 0, included: false },
    { country: 'US', region: 'New York', name: 'NY', basisPoints: 888, included: false },
  ]
  const set = await shop.staff.call(setTaxRates, { body: { items } })
  expect(set.body.items).toHaveLength(3)
  expect((await shop.staff.call(listTaxRates, {})).body).toEqual(set.body)
  const cartId = await cartWorth(1_200)
  const taxOf = async (country: string, region: string | null = null) => {
    const body = { country, region }
    const { tax, total } = (await shop.shopper.call(quoteCart, { params: { cartId }, body })).body
    return [tax?.name ?? null, tax?.amount.amountMinor ?? 0, total.amountMinor]
  }
  expect(await taxOf('GB')).toEqual(['VAT', 200, 1_200])
  expect(await taxOf('US', 'new york')).toEqual(['NY', 107, 1_307])
  expect(await taxOf('US', 'Texas')).toEqual(['Sales tax', 0, 1_200])
  expect(await taxOf('FR')).toEqual([null, 0, 1_200])
  const { body: order } = await shopping.checkOut(cartId)
  expect(order).toMatchObject({ tax: { name: 'VAT', amount: euro(200), included: true } })
  expect(order.lines[0]?.tax).toEqual(euro(200))
  const twice = [...items, { ...items[2], region: 'NEW YORK' }] as typeof items
  expect((await shop.staff.call(setTaxRates, { body: { items: twice } })).status).toBe(400)
})

test('terms are made by staff, and seen in their shop alone', async () => {
  const promotion = await promote()
  const other = await platform.shop()
  expect((await other.staff.call(listPromotions, { query: {} })).body.items).toEqual([])
  const params = { promotionId: promotion.id }
  expect((await other.staff.call(endPromotion, { params })).status).toBe(404)
  const person = await platform.person()
  const reduction = { kind: 'free_shipping' as const }
  for (const [operation, input] of [
    [createPromotion, { body: { name: 'Mine', reduction } }],
    [listPromotions, { query: {} }],
    [endPromotion, { params }],
    [createShippingMethod, { body: { name: 'Mail', price: euro(0) } }],
    [listShippingMethods, {}],
    [removeShippingMethod, { params: { shippingMethodId: randomUUID() } }],
    [setTaxRates, { body: { items: [] } }],
    [listTaxRates, {}],
  ] as const) {
    const statusOf = async (client: typeof person | typeof platform.anonymous) =>
      (await client.call(operation, input as never)).status
    expect([await statusOf(person), await statusOf(platform.anonymous)], operation.name).toEqual([
      403, 401,
    ])
  }
})
