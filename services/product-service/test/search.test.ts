import { productContract } from '@prognetwork/contracts/product'
import { startTestPlatform, type TestPlatform, type TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

const { searchProducts, createProduct, createCategory } = productContract.operations
type Query = NonNullable<Parameters<typeof find>[0]>

let platform: TestPlatform
let shop: TestShop

const things = [
  { title: 'Clay pot', vendor: 'Rustic', type: 'Outdoor', tags: ['garden', 'sale'], price: 900 },
  { title: 'Copper lamp', vendor: 'Bright', type: 'Indoor', tags: ['sale'], price: 5_900 },
  { title: 'Crème armchair', vendor: 'Rustic', type: 'Indoor', tags: [], price: 75_000 },
  { title: 'Potting table', vendor: 'Bright', type: 'Outdoor', tags: ['garden'], price: 9_900 },
]

beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
  const outside = await shop.staff.call(createCategory, { body: { name: 'Outside' } })
  const beds = await shop.staff.call(createCategory, {
    body: { name: 'Beds', parentId: outside.body.id },
  })
  for (const [at, { title, vendor, type, tags, price }] of things.entries()) {
    const answer = await shop.staff.call(createProduct, {
      body: {
        title,
        vendor,
        type,
        tags,
        status: 'active',
        description: at === 1 ? '<p>Hammered by <b>hand</b> in 100% copper</p>' : '',
        categoryIds: at === 0 ? [beds.body.id] : [],
        variants: [
          { sku: `SKU-${at}_A`, prices: [{ amountMinor: price, currency: 'EUR' }], onHand: at % 2 },
        ],
      },
    })
    expect(answer.status).toBe(201)
  }
  await shop.staff.call(createProduct, { body: { title: 'Secret clay draft' } })
})
afterAll(() => platform?.stop())

async function find(query: {
  q?: string
  vendor?: string
  type?: string
  tag?: string
  category?: string
  fromMinor?: number
  toMinor?: number
  available?: string
  sort?: 'relevance' | 'newest' | 'title' | 'price' | '-price'
  limit?: number
  skip?: number
}) {
  const { status, body } = await shop.shopper.call(searchProducts, { query })
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}
const titles = async (query: Query) => (await find(query)).items.map((one) => one.title)

test.each<[string, Query, string[]]>([
  ['the beginning of a word', { q: 'pot', sort: 'title' }, ['Clay pot', 'Potting table']],
  ['words in any order', { q: 'TABLE potting' }, ['Potting table']],
  ['a word without its accent', { q: 'creme' }, ['Crème armchair']],
  ['a word of the description', { q: 'hammered' }, ['Copper lamp']],
  ['a vendor', { q: 'rustic', sort: 'title' }, ['Clay pot', 'Crème armchair']],
  ['a SKU', { q: 'sku-3_a' }, ['Potting table']],
  ['the beginning of a SKU', { q: 'SKU-2' }, ['Crème armchair']],
  ['nothing of a wildcard', { q: 'SKU%A' }, []],
  ['nothing of signs alone', { q: '&|!:*' }, []],
  ['nothing of quotes', { q: `'; drop table product; --` }, []],
])('%s is found', async (_, query, expected) => {
  expect(await titles(query)).toEqual(expected)
})

test('a word that grows beyond what an index holds finds nothing, and fails nothing', async () => {
  const { body } = await shop.shopper.call(searchProducts, { query: { q: '㌖'.repeat(200) } })
  expect(body).toMatchObject({ total: 0, items: [] })
})

test('a word that is misspelt finds what comes close, and says so', async () => {
  const body = await find({ q: 'armchiar' })
  expect([body.matched, body.items.map((one) => one.title)]).toEqual([
    'similar',
    ['Crème armchair'],
  ])
  expect((await find({ q: 'clay' })).matched).toBe('words')
  expect(await titles({ q: 'xyzzyqqq' })).toEqual([])
})

test('filters narrow, and may be combined', async () => {
  expect(await titles({ vendor: 'Bright', type: 'Indoor' })).toEqual(['Copper lamp'])
  expect(await titles({ tag: 'garden', sort: 'price' })).toEqual(['Clay pot', 'Potting table'])
  expect(await titles({ fromMinor: 5_000, toMinor: 10_000, sort: '-price' })).toEqual([
    'Potting table',
    'Copper lamp',
  ])
  expect(await titles({ available: 'true', sort: 'title' })).toEqual([
    'Copper lamp',
    'Potting table',
  ])
  expect(await titles({ category: 'outside' })).toEqual(['Clay pot'])
  expect(await titles({ sort: 'title', limit: 2, skip: 1 })).toEqual([
    'Copper lamp',
    'Crème armchair',
  ])
})

test('a category that is not there is said to be missing', async () => {
  const answer = await shop.shopper.call(searchProducts, { query: { category: 'nowhere' } })
  expect(answer.problem.code).toBe('product.category_missing')
})

test('several values of one filter are alternatives; several tags must all be there', async () => {
  const at = (address: string) => shop.shopper.raw('GET', `/api/v1/product-search?${address}`)
  const vendors = await at('vendor=Rustic&vendor=Bright')
  expect(vendors.body).toMatchObject({ total: 4 })
  const tags = await at('tag=garden&tag=sale')
  expect(tags.body).toMatchObject({ total: 1, items: [{ title: 'Clay pot' }] })
})

test('a facet counts what its other values would find', async () => {
  const { total, facets } = await find({ vendor: 'Rustic', type: 'Outdoor' })
  expect(total).toBe(1)
  expect(facets).toEqual({
    vendors: [
      { value: 'Bright', count: 1 },
      { value: 'Rustic', count: 1 },
    ],
    types: [
      { value: 'Indoor', count: 1 },
      { value: 'Outdoor', count: 1 },
    ],
    tags: [
      { value: 'garden', count: 1 },
      { value: 'sale', count: 1 },
    ],
    categories: [{ id: expect.any(String), slug: 'beds', name: 'Beds', count: 1 }],
    attributes: [],
    availability: { available: 0, unavailable: 1 },
    price: { fromMinor: 900, toMinor: 900 },
  })
})

test("another tenant's products are neither found nor counted", async () => {
  const other = await platform.shop()
  const { body } = await other.shopper.call(searchProducts, { query: { q: 'pot' } })
  expect(body).toMatchObject({ total: 0, items: [], facets: { vendors: [], tags: [] } })
})
