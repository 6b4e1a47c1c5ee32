import { productContract } from '@prognetwork/contracts/product'
import {
  createTenants,
  startTestPlatform,
  type TestClient,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

const {
  changeCollection,
  createCollection,
  createProduct,
  listCatalogueCollections,
  listCollections,
  listProducts,
  readCatalogueCollection,
  removeCollection,
  searchProducts,
} = productContract.operations
const nowhere = '01938d5e-7c1a-7b32-9f60-0c5b1a2d3e4f'

let platform: TestPlatform
let shop: TestShop
let looking: TestClient

beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
  const tenants = createTenants(platform)
  looking = await tenants.act(await tenants.join(shop, 'viewer'), shop.id)
})
afterAll(() => platform?.stop())

async function make(title: string, amountMinor = 1_000, status: 'active' | 'draft' = 'active') {
  const variants = [{ prices: [{ amountMinor, currency: 'EUR' }] }]
  const answer = await shop.staff.call(createProduct, { body: { title, status, variants } })
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body.id
}

async function collect(name: string, productIds: string[] = [], isPublished = true) {
  const answer = await shop.staff.call(createCollection, {
    body: { name, productIds, isPublished },
  })
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}

const change = (
  { id, version }: { id: string; version: number },
  changes: { name?: string; slug?: string; isPublished?: boolean; productIds?: string[] },
) =>
  shop.staff.call(changeCollection, {
    params: { collectionId: id },
    body: { version, changes },
  })

type Sort = 'newest' | 'title' | 'price' | '-price'
const titles = async (query: { collection: string; sort?: Sort; vendor?: string }) =>
  (await shop.shopper.call(listProducts, { query })).body.items.map((one) => one.title)

test('a collection lists its products as staff ordered them, page by page, or by a sort', async () => {
  const ids = [await make('Bucket', 300), await make('Apron', 100), await make('Cup', 200)]
  const draft = await make('Draft', 50, 'draft')
  const [bucket = '', apron = '', cup = ''] = ids
  await make('Not in it')
  const made = await collect('For the summer', [cup, draft, bucket, apron])
  expect(made).toMatchObject({
    ...{ slug: 'for-the-summer', name: 'For the summer', isPublished: true, version: 1 },
    productIds: [cup, draft, bucket, apron],
  })
  const collection = made.slug
  expect(await titles({ collection })).toEqual(['Cup', 'Bucket', 'Apron'])
  expect(await titles({ collection, sort: 'title' })).toEqual(['Apron', 'Bucket', 'Cup'])
  expect(await titles({ collection, sort: '-price' })).toEqual(['Bucket', 'Cup', 'Apron'])
  expect(await titles({ collection, vendor: 'Nobody' })).toEqual([])

  const walked: string[] = []
  for (let after: string | undefined; walked.length < 9; ) {
    const { body } = await shop.shopper.call(listProducts, {
      query: { collection, limit: 1, after },
    })
    walked.push(...body.items.map((one) => one.title))
    if (body.next === null) break
    after = body.next
  }
  expect(walked).toEqual(['Cup', 'Bucket', 'Apron'])

  const moved = await change(made, { productIds: [apron, cup] })
  expect(moved.body).toMatchObject({ version: 2, productIds: [apron, cup] })
  expect(await titles({ collection })).toEqual(['Apron', 'Cup'])
})

test('search stays within a collection, whose order it keeps when no words are given', async () => {
  const ids = [await make('Red lantern', 100), await make('Blue lantern', 200)]
  const [red = '', blue = ''] = ids
  await make('Green lantern', 300)
  const vase = await make('Vase', 400)
  const { slug: collection } = await collect('Lights', [blue, vase, red])
  const found = async (query: { q?: string; sort?: 'price' | '-price' }) =>
    (await shop.shopper.call(searchProducts, { query: { collection, ...query } })).body
  const all = await found({})
  expect(all.items.map((one) => one.title)).toEqual(['Blue lantern', 'Vase', 'Red lantern'])
  expect(all).toMatchObject({
    total: 3,
    facets: { availability: { available: 0, unavailable: 3 }, price: { toMinor: 400 } },
  })
  const lanterns = await found({ q: 'lantern', sort: 'price' })
  expect(lanterns.items.map((one) => one.title)).toEqual(['Red lantern', 'Blue lantern'])
  expect((await found({ sort: '-price' })).items[0]?.title).toBe('Vase')
  const { slug: empty } = await collect('Nothing in it')
  const { body } = await shop.shopper.call(searchProducts, { query: { collection: empty } })
  expect(body).toMatchObject({ total: 0, items: [] })
})

test('what is not published is nothing to shoppers', async () => {
  const product = await make('Hidden thing')
  const hidden = await collect('Hidden', [product], false)
  const shown = async () =>
    (await shop.shopper.call(listCollections, { query: {} })).body.items.map((one) => one.slug)
  expect(await shown()).not.toContain('hidden')
  for (const operation of [listProducts, searchProducts]) {
    const answer = await shop.shopper.call(operation, { query: { collection: 'hidden' } })
    expect(answer.problem).toMatchObject({ status: 404, code: 'product.collection_missing' })
  }
  const listed = await shop.staff.call(listCatalogueCollections, {})
  const { productIds, ...kept } = hidden
  expect(productIds).toEqual([product])
  expect(listed.body.items).toContainEqual(kept)
  await change(hidden, { isPublished: true })
  expect(await shown()).toContain('hidden')
  expect(await titles({ collection: 'hidden' })).toEqual(['Hidden thing'])
})

test('a collection cannot have the slug of another, a product twice, or one that is not there', async () => {
  const product = await make('Once only')
  const first = await collect('Taken')
  const other = await collect('Other')
  const create = (body: { name: string; productIds?: string[] }) =>
    shop.staff.call(createCollection, { body })
  for (const answer of [await create({ name: 'TAKEN' }), await change(other, { slug: first.slug })])
    expect(answer.problem).toMatchObject({ status: 409, code: 'product.collection_slug_taken' })
  for (const answer of [
    await create({ name: 'Twice', productIds: [product, product] }),
    await create({ name: '???' }),
    await change(other, { productIds: [product, product] }),
  ])
    expect(answer.problem).toMatchObject({ status: 422, code: 'product.collection_unfit' })
  for (const answer of [
    await create({ name: 'Lost', productIds: [product, nowhere] }),
    await change(other, { productIds: [nowhere] }),
  ])
    expect(answer.problem).toMatchObject({ status: 404, code: 'product.product_missing' })
  const read = await shop.staff.call(readCatalogueCollection, {
    params: { collectionId: other.id },
  })
  expect(read.body).toEqual(other)
})

test('is changed from the version that was read, by one of two at once', async () => {
  const made = await collect('Raced')
  const both = await Promise.all([change(made, { name: 'A' }), change(made, { name: 'B' })])
  expect(both.map((one) => one.status).sort()).toEqual([200, 412])
  const late = await change(made, { name: 'C' })
  expect(late.problem.code).toBe('product.collection_outdated')
})

test('made again under the same Idempotency-Key is the first one', async () => {
  const key = { 'idempotency-key': 'one-collection' }
  const body = { name: 'Made once' }
  const answers = await Promise.all([
    shop.staff.call(createCollection, { body }, key),
    shop.staff.call(createCollection, { body }, key),
  ])
  const late = await shop.staff.call(createCollection, { body }, key)
  expect(late.status).toBe(201)
  for (const one of answers.filter(({ status }) => status === 201))
    expect(one.body).toEqual(late.body)
  const { rows } = await platform.sql.query(
    `select count(*)::int as count from product_service.collection where name = 'Made once'`,
  )
  expect(rows[0].count).toBe(1)
})

test('one that is removed is gone, and its products stay', async () => {
  const product = await make('Survivor')
  const made = await collect('Short lived', [product])
  const params = { collectionId: made.id }
  expect((await shop.staff.call(removeCollection, { params })).status).toBe(204)
  for (const answer of [
    await shop.staff.call(removeCollection, { params }),
    await shop.staff.call(readCatalogueCollection, { params }),
    await change(made, { name: 'Late' }),
  ])
    expect(answer.problem).toMatchObject({ status: 404, code: 'product.collection_missing' })
  const { body } = await shop.shopper.call(listProducts, { query: { limit: 100 } })
  expect(body.items.map((one) => one.id)).toContain(product)
})

test('those of one tenant are nothing to another', async () => {
  const product = await make('Ours')
  const made = await collect('Ours alone', [product])
  const other = await platform.shop()
  const params = { collectionId: made.id }
  for (const answer of [
    await other.staff.call(readCatalogueCollection, { params }),
    await other.staff.call(changeCollection, { params, body: { version: 1, changes: {} } }),
    await other.staff.call(removeCollection, { params }),
    await other.shopper.call(listProducts, { query: { collection: made.slug } }),
  ])
    expect(answer.problem.code).toBe('product.collection_missing')
  expect((await other.shopper.call(listCollections, { query: {} })).body.items).toEqual([])
  expect((await other.staff.call(listCatalogueCollections, {})).body.items).toEqual([])
  const stolen = await other.staff.call(createCollection, {
    body: { name: 'Stolen', productIds: [product] },
  })
  expect(stolen.problem.code).toBe('product.product_missing')
})

test('only those who may manage collections do', async () => {
  const made = await collect('Guarded')
  const params = { collectionId: made.id }
  const tries = (client: TestClient) => [
    client.call(createCollection, { body: { name: 'No' } }),
    client.call(changeCollection, { params, body: { version: 1, changes: {} } }),
    client.call(removeCollection, { params }),
  ]
  for (const answer of await Promise.all(tries(looking))) expect(answer.status).toBe(403)
  for (const answer of await Promise.all(tries(shop.shopper))) expect(answer.status).toBe(401)
  expect((await looking.call(readCatalogueCollection, { params })).body).toEqual(made)
  const customer = await platform.person()
  for (const answer of [
    await shop.shopper.call(listCatalogueCollections, {}),
    await shop.shopper.call(readCatalogueCollection, { params }),
  ])
    expect(answer.status).toBe(401)
  for (const answer of [
    await customer.call(listCatalogueCollections, {}),
    await customer.call(readCatalogueCollection, { params }),
  ])
    expect(answer.status).toBe(403)
})
