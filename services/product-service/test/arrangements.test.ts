import { productContract } from '@prognetwork/contracts/product'
import {
  createTenants,
  startTestPlatform,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

const {
  createAttribute,
  createCategory,
  createCollection,
  createCustomerGroup,
  createPriceList,
  createProduct,
  createSynonym,
  listProducts,
  setListedPrices,
} = productContract.operations

let platform: TestPlatform
let shop: TestShop
beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
  await fill(shop)
})
afterAll(() => platform?.stop())

const euro = (amountMinor: number) => ({ amountMinor, currency: 'EUR' })

async function make(of: TestShop, title: string) {
  const { body } = await of.staff.call(createProduct, {
    body: {
      ...{ title, status: 'active', options: ['Size'] },
      variants: ['S', 'L'].map((size) => ({ optionValues: [size], prices: [euro(1_000)] })),
    },
  })
  return body
}

/** The same products in every shop, each made in another order. */
async function fill({ staff }: TestShop): Promise<void> {
  const cup = await make(shop, 'Cup')
  const pot = await make(shop, 'Pot')
  const group = await staff.call(createCustomerGroup, { body: { key: 'vip', name: 'VIP' } })
  const done = [
    await staff.call(createSynonym, { body: { words: ['cup', 'mug "large"'] } }),
    await staff.call(createSynonym, { body: { typed: 'vessel', words: ['pot'] } }),
    await staff.call(createCollection, {
      body: {
        ...{ name: 'Summer', productIds: [cup.id, pot.id], isPublished: true },
        translations: [{ locale: 'de', name: 'Sommer' }],
      },
    }),
    await staff.call(createCollection, { body: { name: 'Empty' } }),
  ]
  expect(done.map((one) => one.status)).toEqual([201, 201, 201, 201])
  const table = await staff.call(createCategory, {
    body: { name: 'Table', translations: [{ locale: 'de', name: 'Tisch' }] },
  })
  // Its slug comes before that of what it stands under.
  await staff.call(createCategory, { body: { name: 'Cups', parentId: table.body.id } })
  await staff.call(createAttribute, {
    body: {
      ...{ key: 'glaze', type: 'choice', label: 'Glaze', choices: ['Ash', 'Salt'] },
      translations: [
        { locale: 'de', label: 'Glasur', choices: [{ choice: 'Ash', text: 'Asche' }] },
        { locale: 'fr', label: 'Émail' },
      ],
    },
  })
  const list = await staff.call(createPriceList, {
    body: {
      ...{ name: 'Sale', groupId: group.body.id, state: 'active' },
      ...{ startsAt: '2026-03-01T00:00:00.000Z', endsAt: '2027-03-01T00:00:00.000Z' },
    },
  })
  await staff.call(createPriceList, { body: { name: 'Everyone' } })
  const items = [...cup.variants, ...pot.variants].map(({ id }, at) => ({
    variantId: id,
    prices: [euro(100 + at), { amountMinor: 50, currency: 'CHF' }],
  }))
  const set = await staff.call(setListedPrices, {
    params: { priceListId: list.body.id },
    body: { items },
  })
  expect(set.status).toBe(200)
}

const path = '/api/v1/catalogue/arrangements'
async function exported(of: TestShop): Promise<object[]> {
  const { status, body } = await of.staff.raw('GET', path)
  expect(status).toBe(200)
  return body as object[]
}
async function taken(of: TestShop, lines: readonly (object | string)[]): Promise<object[]> {
  const body = lines.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n')
  const headers = { 'content-type': 'application/x-ndjson' }
  const answer = await of.staff.raw('PUT', path, { headers, body })
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body as object[]
}
const finished = (counts: object, line = 11) => ({
  ...{ kind: 'finished', line },
  counts: { created: 0, updated: 0, unchanged: 0, refused: 0, ...counts },
})

test('what one shop exports another imports, and exports alike', async () => {
  const lines = await exported(shop)
  expect(lines).toHaveLength(11)
  const other = await platform.shop()
  await make(other, 'Pot')
  await make(other, 'Cup')
  expect(await taken(other, lines)).toEqual([finished({ created: 10, updated: 1 })])
  const sorted = (all: object[]) =>
    all.map((one) => {
      const { listedPrices, ...rest } = one as { listedPrices?: { list: string; items: object[] } }
      if (!listedPrices) return rest
      const items = listedPrices.items.map((item) => JSON.stringify(item)).sort()
      return { ...listedPrices, items }
    })
  // Only variants come in the order in which each shop made them.
  expect(sorted(await exported(other))).toEqual(sorted(lines))
  const { body } = await other.shopper.call(listProducts, { query: { collection: 'summer' } })
  expect(body.items.map((one) => one.title)).toEqual(['Cup', 'Pot'])
  expect(await taken(other, lines)).toEqual([finished({ unchanged: 11 })])
})

test('what a line says replaces what was there of the same name', async () => {
  const other = await platform.shop()
  await fillSmall(other)
  const lines = [
    {
      collection: {
        ...{ slug: 'summer', name: 'Hot', isPublished: false, products: ['pot', 'cup'] },
        translations: [{ locale: 'de', name: 'Heiß' }],
      },
    },
    { customerGroup: { key: 'vip', name: 'Friends' } },
    {
      priceList: {
        ...{ name: 'Sale', group: null, startsAt: null, endsAt: null, state: 'draft' },
      },
    },
    {
      listedPrices: {
        list: 'Sale',
        items: [
          { product: 'cup', optionValues: ['S'], prices: [] },
          { product: 'cup', optionValues: ['L'], prices: [euro(7)] },
        ],
      },
    },
  ]
  expect(await taken(other, lines)).toEqual([finished({ updated: 4 }, 4)])
  const names = { slug: 'summer', name: 'Hotter', isPublished: false, products: ['pot', 'cup'] }
  const structure = [
    { category: { slug: 'cups', name: 'Cups', parent: null, translations: [] } },
    { attribute: { ...{ key: 'form', label: 'Form', type: 'choice' }, ...choices(['Round']) } },
  ]
  expect(await taken(other, structure)).toEqual([finished({ created: 2 }, 2)])
  const changed = [
    { category: { slug: 'mugs', name: 'Mugs', parent: 'cups' } },
    { category: { slug: 'cups', name: 'Cups', parent: null, translations: [german] } },
    { category: { slug: 'lost', name: 'Lost', parent: 'nowhere' } },
    { attribute: { ...{ key: 'form', label: 'Shape', type: 'choice' }, ...choices(['Oval']) } },
    { attribute: { ...{ key: 'form', label: 'Shape', type: 'number' }, ...choices([]) } },
    // Without a word of them translations stay.
    { collection: names },
    { category: { slug: 'cups', name: 'Cups', parent: null } },
  ]
  expect(await taken(other, changed)).toMatchObject([
    { kind: 'refused', line: 3, problem: { code: 'product.category_missing' } },
    { kind: 'refused', line: 5, problem: { code: 'product.attribute_unfit' } },
    finished({ created: 1, updated: 3, unchanged: 1, refused: 2 }, 7),
  ])
  expect(await exported(other)).toEqual(
    expect.arrayContaining([
      { category: { slug: 'mugs', name: 'Mugs', parent: 'cups', translations: [] } },
      { category: { slug: 'cups', name: 'Cups', parent: null, translations: [german] } },
      { collection: { ...names, translations: [{ locale: 'de', name: 'Heiß' }] } },
    ]),
  )
  expect(await taken(other, [lines[0] ?? {}])).toEqual([finished({ updated: 1 }, 1)])
  const after = await exported(other)
  expect(after).toEqual(
    expect.arrayContaining([
      ...lines.slice(0, 3),
      {
        listedPrices: {
          list: 'Sale',
          items: [{ product: 'cup', optionValues: ['L'], prices: [euro(7)] }],
        },
      },
    ]),
  )
})

const german = { locale: 'de', name: 'Tassen' }
const choices = (all: string[]) => ({ choices: all, unit: null, isFilterable: false })

async function fillSmall(of: TestShop) {
  await make(of, 'Cup')
  await make(of, 'Pot')
  const price = { product: 'cup', optionValues: ['S'], prices: [euro(5)] }
  expect(
    await taken(of, [
      { customerGroup: { key: 'vip', name: 'VIP' } },
      { collection: { slug: 'summer', name: 'Summer', isPublished: true, products: ['cup'] } },
      {
        priceList: {
          ...{ name: 'Sale', group: 'vip', startsAt: null, endsAt: null, state: 'active' },
        },
      },
      { listedPrices: { list: 'Sale', items: [price] } },
    ]),
  ).toEqual([finished({ created: 3, updated: 1 }, 4)])
}

test('a line that cannot be taken is told, and the others are taken', async () => {
  const other = await platform.shop()
  await make(other, 'Cup')
  const list = { name: 'Sale', startsAt: null, endsAt: null, state: 'draft' }
  const price = { product: 'cup', optionValues: ['S'], prices: [euro(5)] }
  const told = await taken(other, [
    'no json',
    '',
    {},
    { synonym: { typed: null, words: ['alone'] } },
    { synonym: { typed: null, words: ['one', 'two'] }, customerGroup: { key: 'a', name: 'A' } },
    { collection: { slug: 'lost', name: 'Lost', isPublished: true, products: ['nowhere'] } },
    { priceList: { ...list, group: 'nobody' } },
    { listedPrices: { list: 'Never', items: [price] } },
    { priceList: { ...list, group: null } },
    { listedPrices: { list: 'Sale', items: [{ ...price, optionValues: ['XXL'] }] } },
    { listedPrices: { list: 'Sale', items: [price, price] } },
    { listedPrices: { list: 'Sale', items: [{ ...price, prices: [euro(-1)] }] } },
    { listedPrices: { list: 'Sale', items: [price] } },
  ])
  const problems = told.map((one) => one as { line: number; problem?: { code: string } })
  expect(problems.map(({ line, problem }) => [line, problem?.code])).toEqual([
    [1, 'product.file_unreadable'],
    [3, 'product.file_unreadable'],
    [4, 'product.synonym_unfit'],
    [5, 'product.file_unreadable'],
    [6, 'product.product_missing'],
    [7, 'product.customer_group_missing'],
    [8, 'product.price_list_missing'],
    [10, 'product.variant_missing'],
    [11, 'product.variant_missing'],
    [12, 'product.file_unreadable'],
    [13, undefined],
  ])
  expect(told.at(-1)).toEqual(finished({ created: 1, updated: 1, refused: 10 }, 13))
  expect(await taken(other, [])).toEqual([finished({}, 0)])
})

test('a file that is no text is read no further', async () => {
  const headers = { 'content-type': 'application/x-ndjson' }
  const body = Buffer.from([0x7b, 0x7d, 0x0a, 0xff, 0xfe, 0x0a])
  const answer = await shop.staff.raw('PUT', path, { headers, body })
  const lines = answer.body as { kind: string; problem: { code: string } }[]
  expect(lines.at(-1)).toMatchObject({
    kind: 'failed',
    problem: { code: 'product.file_unreadable' },
  })
  const long = await shop.staff.raw('PUT', path, { headers, body: 'x'.repeat(3_000_000) })
  expect((long.body as object[]).at(-1)).toMatchObject({ kind: 'failed' })
})

test('nobody exports or imports without the permission', async () => {
  const tenants = createTenants(platform)
  const looking = await tenants.act(await tenants.join(shop, 'viewer'), shop.id)
  const headers = { 'content-type': 'application/x-ndjson' }
  for (const [client, status] of [
    [shop.shopper, 401],
    [looking, 403],
  ] as const) {
    expect((await client.raw('GET', path)).status).toBe(status)
    expect((await client.raw('PUT', path, { headers, body: '' })).status).toBe(status)
  }
})
