import type { CallInput } from '@prognetwork/contracts'
import { orderContract } from '@prognetwork/contracts/order'
import { productContract } from '@prognetwork/contracts/product'
import { startTestPlatform, type TestPlatform, type TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createShopping, type Shopping } from './shopping.ts'

const { createShippingMethod, listTaxRates, quoteCart, readOrder, setTaxRates } =
  orderContract.operations
const { changeProduct, createProduct, readCatalogueProduct } = productContract.operations

let platform: TestPlatform
let shop: TestShop
let shopping: Shopping

type Rates = CallInput<typeof setTaxRates>['body']['items']
const included = (country: string, taxClass: string, basisPoints: number, region?: string) => ({
  ...{ country, taxClass, basisPoints, name: 'VAT', included: true },
  ...(region !== undefined && { region }),
})
const setRates = (items: Rates) => shop.staff.call(setTaxRates, { body: { items } })

beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
  shopping = createShopping(platform, shop)
  const rates = [
    included('GB', 'standard', 2_000),
    included('GB', 'reduced', 500),
    included('ES', 'standard', 2_100),
    included('ES', 'reduced', 1_000),
    included('ES', 'standard', 700, 'Canarias'),
    ...['standard', 'reduced'].map((taxClass) => ({
      ...{ country: 'US', taxClass, name: 'Sales tax', included: false },
      basisPoints: taxClass === 'standard' ? 1_000 : 0,
    })),
  ]
  const { status, body } = await setRates(rates)
  expect([status, body.items.length]).toEqual([200, rates.length])
  const listed = await shop.staff.call(listTaxRates, {})
  expect(listed.body).toEqual(body)
  const { name, countries, price } = { name: 'Mail', countries: null, price: euro(1_200) }
  await shop.staff.call(createShippingMethod, {
    body: { name, countries, price, freeFromMinor: null },
  })
})
afterAll(() => platform?.stop())

const euro = (amountMinor: number) => ({ amountMinor, currency: 'EUR' })

let count = 0
async function sold(amountMinor: number, taxClass?: string) {
  const { status, body } = await shop.staff.call(createProduct, {
    body: {
      ...{ title: `Thing ${++count}`, status: 'active' },
      ...(taxClass !== undefined && { taxClass }),
      variants: [{ onHand: 9, prices: [euro(amountMinor)] }],
    },
  })
  expect(status).toBe(201)
  return { ...body, variantId: body.variants[0]?.id ?? '' }
}

/** A lamp, a book of the reduced class and something of a class that has no rate anywhere. */
async function filled() {
  const things = [await sold(12_000), await sold(1_050, 'reduced'), await sold(600, 'unheard_of')]
  const cartId = await shopping.cart(things.map((one) => [one.variantId, 1]))
  return { cartId, things }
}

const taxOf = async (cartId: string, country: string, region: string | null = null) => {
  const { status, body } = await shop.shopper.call(quoteCart, {
    params: { cartId },
    body: { country, region },
  })
  expect(status, JSON.stringify(body)).toBe(200)
  const rates = body.tax?.rates.map((one) => [one.basisPoints, one.amount.amountMinor])
  return { rates, tax: body.tax?.amount.amountMinor, total: body.total.amountMinor }
}

test('each class is taxed by its rate at the place, and by the standard one where it has none', async () => {
  const { cartId } = await filled()
  expect(await taxOf(cartId, 'GB')).toEqual({
    ...{ tax: 2_350, total: 14_850 },
    rates: [
      [2_000, 2_000 + 100 + 200],
      [500, 50],
    ],
  })
  expect(await taxOf(cartId, 'US')).toEqual({
    ...{ tax: 1_380, total: 16_230 },
    rates: [
      [1_000, 1_380],
      [0, 0],
    ],
  })
  expect((await taxOf(cartId, 'ES')).rates?.map(([rate]) => rate)).toEqual([2_100, 1_000])
  expect((await taxOf(cartId, 'ES', 'CANARIAS')).rates?.map(([rate]) => rate)).toEqual([700])
  expect(await taxOf(cartId, 'FR')).toEqual({ rates: undefined, tax: undefined, total: 14_850 })
})

test('an order keeps what it was taxed by, whatever products and rates become', async () => {
  const { cartId, things } = await filled()
  const {
    body: { shippingMethods },
  } = await shop.shopper.call(quoteCart, { params: { cartId }, body: { country: 'GB' } })
  const { checkOut } = orderContract.operations
  const placed = await shop.shopper.call(checkOut, {
    body: { ...shopping.form(cartId), shippingMethodId: shippingMethods[0]?.id },
  })
  expect(placed.status, JSON.stringify(placed.body)).toBe(201)
  const read = async () =>
    (await shop.staff.call(readOrder, { params: { orderId: placed.body.id }, query: {} })).body
  const order = await read()
  const byId = new Map(order.lines.map((line) => [line.variantId, line]))
  const lines = things.map(({ variantId }) => byId.get(variantId))
  expect(lines.map((line) => [line?.taxBasisPoints, line?.tax.amountMinor])).toEqual([
    [2_000, 2_000],
    [500, 50],
    [2_000, 100],
  ])
  expect(order.tax).toMatchObject({ name: 'VAT', included: true, amount: euro(2_350) })
  const [lamp] = things
  const changed = await shop.staff.call(changeProduct, {
    params: { productId: lamp?.id ?? '' },
    body: { version: 1, changes: { taxClass: 'reduced' } },
  })
  expect(changed.body.taxClass).toBe('reduced')
  const former = (await shop.staff.call(listTaxRates, {})).body.items
  await setRates([included('GB', 'standard', 100)])
  expect(await read()).toEqual(order)
  await setRates(former)
  const again = await shopping.cart([[lamp?.variantId ?? '', 1]])
  expect((await taxOf(again, 'GB')).rates).toEqual([
    [500, 571],
    [2_000, 200],
  ])
})

test('a class that no rate names is shown with the rates, until one does or nobody has it', async () => {
  const former = (await shop.staff.call(listTaxRates, {})).body.items
  const misspelt = await sold(500, 'redcued')
  await sold(500, 'redcued')
  const unrated = async () => {
    const { body } = await shop.staff.call(listTaxRates, {})
    return body.unratedClasses.filter((one) => one.taxClass !== 'unheard_of')
  }
  expect(await unrated()).toEqual([{ taxClass: 'redcued', products: 2 }])
  const { body } = await setRates([included('GB', 'standard', 2_000)])
  expect(body.unratedClasses).toEqual(
    expect.arrayContaining([
      { taxClass: 'redcued', products: 2 },
      { taxClass: 'reduced', products: expect.any(Number) },
    ]),
  )
  await shop.staff.call(changeProduct, {
    params: { productId: misspelt.id },
    body: { version: 1, changes: { status: 'archived' } },
  })
  const set = await setRates([...former, included('GB', 'seeds', 100)])
  expect(set.body.unratedClasses).toContainEqual({ taxClass: 'redcued', products: 1 })
  await setRates([...former, included('GB', 'redcued', 500)])
  expect(await unrated()).toEqual([])
  const other = await platform.shop()
  expect((await other.staff.call(listTaxRates, {})).body).toEqual({ items: [], unratedClasses: [] })
  await setRates(former)
})

test('a place without a standard rate, or with tax both included and added, is refused', async () => {
  const standard = included('GB', 'standard', 2_000)
  const wrong: Rates[] = [
    [included('GB', 'reduced', 500)],
    [standard, included('GB', 'reduced', 500, 'Kent')],
    [standard, { ...included('GB', 'reduced', 500), included: false }],
    [standard, included('GB', 'standard', 500)],
    [standard, included('GB', 'No Class', 500)],
  ]
  for (const items of wrong)
    expect((await setRates(items)).problem).toMatchObject({ status: 400, code: 'request.invalid' })
  const apart = [standard, { ...included('GB', 'standard', 500, 'Kent'), included: false }]
  const former = (await shop.staff.call(listTaxRates, {})).body.items
  expect((await setRates(apart)).status).toBe(200)
  await setRates(former)
})

test('a product is taxed as standard unless it is said, and shoppers are not told', async () => {
  const plain = await sold(100)
  const { body } = await shop.staff.call(readCatalogueProduct, {
    params: { productId: plain.id },
  })
  expect(body.taxClass).toBe('standard')
  const { readProduct } = productContract.operations
  const shown = await shop.shopper.call(readProduct, { query: {}, params: { product: plain.id } })
  expect(shown.body).not.toHaveProperty('taxClass')
})
