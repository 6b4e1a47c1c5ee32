// That all who tell a price tell the same one.
import { productContract } from '@prognetwork/contracts/product'
import {
  startTestPlatform,
  type TestClient,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPricing, euro, type Pricing } from './list-pricing.ts'

const {
  changeProduct,
  changeVariant,
  createCategory,
  createCustomerGroup,
  createPriceList,
  createProduct,
  listListedPrices,
  listProducts,
  readCatalogueProduct,
  readRecommendations,
  readVariantPrices,
  removePriceList,
  removeVariant,
  searchProducts,
  setListedPrice,
  setListedPrices,
} = productContract.operations

let platform: TestPlatform
let shop: TestShop
let pricing: Pricing
let wholesale: string
let reseller: TestClient

beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
  pricing = createPricing(platform, shop)
  const made = await shop.staff.call(createCustomerGroup, {
    body: { key: 'wholesale', name: 'Wholesale' },
  })
  wholesale = made.body.id
  reseller = await pricing.join(wholesale)
})
afterAll(() => platform?.stop())

test('the price of a list holds for its group alone, in every place that tells one', async () => {
  const made = await pricing.make([euro(1_000)])
  await pricing.listed({ groupId: wholesale }, [made.variantIds[0], 700])
  await pricing.expectPrice(reseller, made, 700, 1_000)
  await pricing.expectPrice(shop.shopper, made, 1_000, null)
  const { body: retail } = await shop.staff.call(createCustomerGroup, {
    body: { key: 'retail', name: 'Retail' },
  })
  await pricing.expectPrice(await pricing.join(retail.id), made, 1_000, null)
})

test('what is recommended is told at the prices of who asks', async () => {
  const { body: category } = await shop.staff.call(createCategory, {
    body: { name: 'Alike', parentId: null },
  })
  const [one, other] = [await pricing.make([euro(500)]), await pricing.make([euro(900)])]
  for (const { id } of [one, other])
    await shop.staff.call(changeProduct, {
      params: { productId: id },
      body: { version: 1, changes: { categoryIds: [category.id] } },
    })
  await pricing.listed({ groupId: wholesale }, [other.variantIds[0], 600])
  const similar = async (client: TestClient) => {
    const { body } = await client.call(readRecommendations, {
      params: { product: one.id },
      query: {},
    })
    return body.similar.find((card) => card.id === other.id)?.price?.from.amountMinor
  }
  await expect
    .poll(
      async () => {
        await platform.runJob('product-service', 'rebuild-recommendations')
        return similar(reseller)
      },
      { timeout: 15_000 },
    )
    .toBe(600)
  expect(await similar(shop.shopper)).toBe(900)
})

test('the lowest of several lists holds, and never more than the normal price', async () => {
  const made = await pricing.make([euro(1_000)])
  const [variantId = ''] = made.variantIds
  const dear = await pricing.listed({ groupId: wholesale }, [variantId, 1_200])
  await pricing.expectPrice(reseller, made, 1_000, null)
  const sale = await pricing.listed({}, [variantId, 800])
  await pricing.expectPrice(reseller, made, 800, 1_000)
  await pricing.expectPrice(shop.shopper, made, 800, 1_000)
  const own = await pricing.listed({ groupId: wholesale }, [variantId, 750])
  await pricing.expectPrice(reseller, made, 750, 1_000)
  await pricing.expectPrice(shop.shopper, made, 800, 1_000)
  for (const { id } of [own, sale, dear])
    expect((await shop.staff.call(removePriceList, { params: { priceListId: id } })).status).toBe(
      204,
    )
  await pricing.expectPrice(reseller, made, 1_000, null)
})

test('what holds for whom is told to staff, with the list that makes it so', async () => {
  const made = await pricing.make([euro(1_000)])
  const [variantId = ''] = made.variantIds
  const ask = (client: TestClient, id = variantId) =>
    client.call(readVariantPrices, { params: { variantId: id } })
  const everyone = await pricing.listed({}, [variantId, 900])
  const own = await pricing.listed({ groupId: wholesale }, [variantId, 700])
  await pricing.listed({ state: 'draft' }, [variantId, 100])
  await pricing.listed({ startsAt: '2999-01-01T00:00:00.000Z' }, [variantId, 200])
  const { body } = await ask(shop.staff)
  expect(body.own).toEqual([{ ...euro(1_000), compareAtMinor: null }])
  expect(body.listed.map(({ price }) => price.amountMinor).sort()).toEqual([100, 200, 700, 900])
  expect(body.holding).toEqual([
    { groupId: null, price: { ...euro(900), compareAtMinor: 1_000 }, priceListId: everyone.id },
    { groupId: wholesale, price: { ...euro(700), compareAtMinor: 1_000 }, priceListId: own.id },
  ])
  // A list that is no lower has made nothing so.
  const even = await pricing.make([euro(500)])
  await pricing.listed({}, [even.variantIds[0], 500])
  const { holding } = (await ask(shop.staff, even.variantIds[0])).body
  expect(holding).toEqual([
    { groupId: null, price: { ...euro(500), compareAtMinor: null }, priceListId: null },
  ])
  expect((await ask(reseller)).status).toBe(403)
  expect((await ask(shop.shopper)).status).toBe(401)
  const { staff } = await platform.shop()
  expect((await ask(staff)).problem.code).toBe('product.variant_missing')
})

test('a former price stays what the product says, where it is the higher one', async () => {
  const made = await pricing.make([{ ...euro(1_000), compareAtMinor: 1_500 }])
  await pricing.listed({}, [made.variantIds[0], 900])
  await pricing.expectPrice(shop.shopper, made, 900, 1_500)
  const odd = await pricing.make([{ ...euro(1_000), compareAtMinor: 950 }])
  await pricing.listed({}, [odd.variantIds[0], 900])
  await pricing.expectPrice(shop.shopper, odd, 900, 1_000)
})

test('a list holds from its first moment on, and at its last no longer', async () => {
  const made = await pricing.make([euro(1_000)])
  const [variantId] = made.variantIds
  const at = (ms: number) => new Date(platform.clock.nowMs() + ms).toISOString()
  const [startsAt, endsAt] = [at(60_000), at(120_000)]
  await pricing.listed({ groupId: wholesale, startsAt, endsAt }, [variantId, 600])
  await pricing.listed({ startsAt: endsAt }, [variantId, 900])
  const until = (time: string) =>
    platform.clock.advance(Date.parse(time) - platform.clock.nowMs() + 1)
  await pricing.expectPrice(reseller, made, 1_000, null)
  until(startsAt)
  await pricing.expectPrice(reseller, made, 600, 1_000)
  await pricing.expectPrice(shop.shopper, made, 1_000, null)
  until(endsAt)
  await pricing.expectPrice(reseller, made, 900, 1_000)
  await pricing.expectPrice(shop.shopper, made, 900, 1_000)

  /** To the millisecond: of the variant, and as lists have it. */
  const exactly = async (time: string, ms: number, group: string | null) => {
    const moment = new Date(Date.parse(time) + ms).toISOString()
    await platform.sql.query('begin; set local search_path = product_service')
    const { rows } = await platform.sql.query(
      `select p.amount_minor::int as price, o.from_minor::int as listed
       from prices_at($1, $2, $3) p, product_offer o
       where o.product_id = $4 and offer_holds(o, $2, $3)`,
      [variantId, group, moment, made.id],
    )
    await platform.sql.query('rollback')
    return rows
  }
  const agreeing = (price: number) => [{ price, listed: price }]
  expect(await exactly(startsAt, -1, wholesale)).toEqual(agreeing(1_000))
  expect(await exactly(startsAt, 0, wholesale)).toEqual(agreeing(600))
  expect(await exactly(startsAt, 0, null)).toEqual(agreeing(1_000))
  expect(await exactly(endsAt, -1, wholesale)).toEqual(agreeing(600))
  expect(await exactly(endsAt, -1, null)).toEqual(agreeing(1_000))
  expect(await exactly(endsAt, 0, wholesale)).toEqual(agreeing(900))
  expect(await exactly(endsAt, 0, null)).toEqual(agreeing(900))
})

test('a product of several variants is listed from the lowest to the highest that holds', async () => {
  const made = await pricing.make(
    [euro(1_000)],
    [{ ...euro(2_000), compareAtMinor: 2_500 }],
    [euro(3_000)],
  )
  const [, second, third] = made.variantIds
  const list = await pricing.listed({ groupId: wholesale }, [third, 500])
  const card = async (client: TestClient) =>
    (await client.call(listProducts, { query: { vendor: made.vendor } })).body.items[0]?.price
  expect(await card(reseller)).toEqual({ from: euro(500), to: euro(2_000), compareAtMinor: 3_000 })
  const normal = { from: euro(1_000), to: euro(3_000), compareAtMinor: null }
  expect(await card(shop.shopper)).toEqual(normal)
  const params = { priceListId: list.id }
  const items = [
    { variantId: second ?? '', prices: [euro(400)] },
    { variantId: third ?? '', prices: [] },
  ]
  await shop.staff.call(setListedPrices, { params, body: { items } })
  expect(await card(reseller)).toEqual({ from: euro(400), to: euro(3_000), compareAtMinor: 2_500 })
  const kept = await shop.staff.call(readCatalogueProduct, { params: { productId: made.id } })
  expect(kept.body.variants.map((one) => one.prices[0]?.amountMinor)).toEqual([1_000, 2_000, 3_000])
  await shop.staff.call(changeVariant, {
    params: { variantId: third ?? '' },
    body: { prices: [euro(300)] },
  })
  expect((await card(reseller))?.from).toEqual(euro(300))
  await shop.staff.call(removeVariant, { params: { variantId: second ?? '' } })
  const { body } = await shop.staff.call(listListedPrices, { params, query: {} })
  expect(body).toEqual({ items: [], next: null })
  expect(await card(reseller)).toEqual({ from: euro(300), to: euro(1_000), compareAtMinor: null })
})

test('a currency that a list alone has is sold in to those whom it is for', async () => {
  const made = await pricing.make([euro(1_000)])
  const { body } = await shop.staff.call(createPriceList, {
    body: { name: 'In dollars', groupId: wholesale, state: 'active' },
  })
  await shop.staff.call(setListedPrice, {
    params: { priceListId: body.id, variantId: made.variantIds[0] ?? '' },
    body: { prices: [{ amountMinor: 900, currency: 'USD' }] },
  })
  const price = [900, null]
  expect(await pricing.told(reseller, made, 'USD')).toEqual({
    ...{ cards: [price, price, price], prices: [price], cart: [900] },
  })
  const none = await pricing.told(shop.shopper, made, 'USD')
  expect(none).toEqual({ cards: [null, undefined, null], prices: [undefined], cart: [undefined] })
})

test('lists and searches sort and narrow by the prices that they show', async () => {
  const other = await platform.shop()
  const shopper = other.shopper
  const staff = other.staff
  const ids: string[] = []
  for (const amount of [100, 200, 300]) {
    const { body } = await staff.call(createProduct, {
      body: {
        ...{ title: `Cup ${amount}`, status: 'active' },
        variants: [{ onHand: 1, prices: [euro(amount)] }],
      },
    })
    ids.push(body.variants[0]?.id ?? '')
  }
  const soon = new Date(platform.clock.nowMs() + 60_000).toISOString()
  const { body: sale } = await staff.call(createPriceList, {
    body: { name: 'Sale', startsAt: soon, state: 'active' },
  })
  await staff.call(setListedPrice, {
    params: { priceListId: sale.id, variantId: ids[2] ?? '' },
    body: { prices: [euro(50)] },
  })
  const look = async () => {
    const { body } = await shopper.call(listProducts, { query: { sort: 'price', limit: 2 } })
    const after = body.next ?? undefined
    const rest = await shopper.call(listProducts, { query: { sort: 'price', limit: 2, after } })
    const found = await shopper.call(searchProducts, { query: { q: 'cup', sort: '-price' } })
    const cheap = await shopper.call(searchProducts, { query: { toMinor: '99' } })
    const titles = (items: readonly { title: string }[]) => items.map((one) => one.title)
    return {
      listed: titles([...body.items, ...rest.body.items]),
      found: titles(found.body.items),
      cheap: titles(cheap.body.items),
      bounds: found.body.facets.price,
    }
  }
  expect(await look()).toEqual({
    listed: ['Cup 100', 'Cup 200', 'Cup 300'],
    found: ['Cup 300', 'Cup 200', 'Cup 100'],
    ...{ cheap: [], bounds: { fromMinor: 100, toMinor: 300 } },
  })
  platform.clock.advance(60_000)
  expect(await look()).toEqual({
    listed: ['Cup 300', 'Cup 100', 'Cup 200'],
    found: ['Cup 200', 'Cup 100', 'Cup 300'],
    ...{ cheap: ['Cup 300'], bounds: { fromMinor: 50, toMinor: 200 } },
  })
})

test('lists and products that change at the same moment agree in the end', async () => {
  const made = await pricing.make([euro(1_000)], [euro(1_000)])
  const [first = '', second = ''] = made.variantIds
  const lists = await Promise.all(
    [1, 2, 3].map((n) => pricing.listed({}, [first, 900 - n], [second, 950])),
  )
  const answers = await Promise.all([
    ...lists.map(({ id }, at) =>
      shop.staff.call(setListedPrices, {
        params: { priceListId: id },
        body: {
          items: [second, first].map((variantId) => ({ variantId, prices: [euro(800 + at)] })),
        },
      }),
    ),
    shop.staff.call(changeVariant, { params: { variantId: first }, body: { prices: [euro(820)] } }),
    shop.staff.call(changeVariant, {
      params: { variantId: second },
      body: { prices: [euro(830)] },
    }),
  ])
  expect(answers.map((one) => one.status)).toEqual([200, 200, 200, 200, 200])
  const { cards, prices } = await pricing.told(shop.shopper, made)
  expect(cards).toEqual([
    [800, 820],
    [800, 820],
    [800, 820],
  ])
  expect(prices).toEqual([
    [800, 820],
    [800, 830],
  ])
})
