import type { CallInput } from '@prognetwork/contracts'
import { productContract } from '@prognetwork/contracts/product'
import { tenantContract } from '@prognetwork/contracts/tenant'
import { startTestPlatform, type TestPlatform, type TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const {
  listProducts,
  readProduct,
  listCatalogue,
  readCatalogueProduct,
  createCategory,
  createProduct,
  changeProduct,
  addVariant,
  changeVariant,
  removeVariant,
} = productContract.operations

let platform: TestPlatform
let shop: TestShop

beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
})
afterAll(() => platform?.stop())

const eur = (amountMinor: number, compareAtMinor: number | null = null) => ({
  amountMinor,
  currency: 'EUR',
  compareAtMinor,
})

let count = 0
async function make(fields: Record<string, unknown> = {}, at = shop) {
  const body = {
    title: `Thing ${++count}`,
    status: 'active' as const,
    variants: [{ prices: [eur(1_000)], onHand: 5 }],
    ...fields,
  }
  const answer = await at.staff.call(createProduct, { body })
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}

describe('a product', () => {
  test('is made with its variants, and shown to shoppers when it is on sale', async () => {
    const made = await make({
      title: 'Crème Pot',
      description: '<p onclick="x()">Fired <script>x()</script>twice</p>',
      vendor: 'Rustic',
      tags: ['garden'],
      options: ['Size'],
      variants: [
        { sku: 'CP-S', optionValues: ['Small'], prices: [eur(999)], onHand: 1 },
        { sku: 'CP-L', optionValues: ['Large'], prices: [eur(1_599, 1_999)] },
      ],
    })
    expect(made).toMatchObject({
      slug: 'creme-pot',
      version: 1,
      description: '<p>Fired twice</p>',
      variants: [
        { sku: 'CP-S', position: 1, stock: { onHand: 1, reserved: 0, policy: 'deny' } },
        { sku: 'CP-L', position: 2, stock: { onHand: 0, reserved: 0, policy: 'deny' } },
      ],
    })
    const shown = await shop.shopper.call(readProduct, {
      query: {},
      params: { product: 'creme-pot' },
    })
    expect(shown.body).toMatchObject({
      id: made.id,
      variants: [
        { optionValues: ['Small'], available: true, prices: [eur(999)] },
        { optionValues: ['Large'], available: false, prices: [eur(1_599, 1_999)] },
      ],
    })
    expect(shown.body.variants[0]).not.toHaveProperty('stock')
    const byId = await shop.shopper.call(readProduct, { query: {}, params: { product: made.id } })
    expect(byId.body).toEqual(shown.body)
    const again = await shop.shopper.call(
      readProduct,
      { query: {}, params: { product: made.id } },
      { 'if-none-match': String(byId.headers.etag) },
    )
    expect(again.status).toBe(304)
  })

  test('is seen by staff alone while it is a draft or archived', async () => {
    const draft = await make({ status: 'draft' })
    for (const product of [draft.id, draft.slug]) {
      const answer = await shop.shopper.call(readProduct, { query: {}, params: { product } })
      expect(answer.problem.code).toBe('product.product_missing')
    }
    const listed = await shop.staff.call(listCatalogue, { query: { status: 'draft' } })
    expect(listed.body.items.map((one) => one.id)).toContain(draft.id)
    const read = await shop.staff.call(readCatalogueProduct, { params: { productId: draft.id } })
    expect(read.body).toEqual(draft)
    expect((await shop.shopper.call(listCatalogue, { query: {} })).status).toBe(401)
  })

  test('is found by staff by words, SKU, status and category, a page at a time', async () => {
    const { body: outer } = await shop.staff.call(createCategory, { body: { name: 'Lamps' } })
    const { body: inner } = await shop.staff.call(createCategory, {
      body: { name: 'Desk lamps', parentId: outer.id },
    })
    const sku = `LAMP_${crypto.randomUUID()}`
    const lamp = await make({ title: 'Brass Banker Lamp', status: 'draft', variants: [{ sku }] })
    const { id: tray } = await make({ title: 'Brass Bankers Tray', categoryIds: [inner.id] })
    const { id: box } = await make({
      ...{ title: 'Brass Banker Box', status: 'archived', categoryIds: [outer.id] },
    })
    const found = async (
      query: NonNullable<CallInput<typeof listCatalogue>['query']>,
      of = shop,
    ) => {
      const { body } = await of.staff.call(listCatalogue, { query })
      return body.items.map(({ id }) => id)
    }
    expect(await found({ q: 'banker BRÄSS' })).toEqual([box, tray, lamp.id])
    expect(await found({ q: 'brass banker', status: 'archived' })).toEqual([box])
    expect(await found({ q: sku.slice(0, 12).toLowerCase() })).toEqual([lamp.id])
    // Signs of a pattern stand for themselves, and what holds no word finds nothing.
    for (const q of ['%', '_', '& | !', 'nothing like it']) expect(await found({ q })).toEqual([])
    expect(await found({ category: 'lamps' })).toEqual([box, tray])
    expect(await found({ category: 'desk-lamps', q: 'brass' })).toEqual([tray])
    const first = await shop.staff.call(listCatalogue, { query: { q: 'brass', limit: 2 } })
    expect(first.body.items.map(({ id }) => id)).toEqual([box, tray])
    expect(await found({ q: 'brass', limit: 2, after: first.body.next ?? '' })).toEqual([lamp.id])
    expect(await found({ q: 'brass' }, await platform.shop())).toEqual([])
    const gone = await shop.staff.call(listCatalogue, { query: { category: 'no-such' } })
    expect(gone.problem.code).toBe('product.category_missing')
  })

  test('of one tenant is nothing to another', async () => {
    const made = await make({ status: 'active' })
    const other = await platform.shop()
    const params = { productId: made.id }
    const [variant] = made.variants
    for (const answer of [
      await other.shopper.call(readProduct, { query: {}, params: { product: made.id } }),
      await other.staff.call(readCatalogueProduct, { params }),
      await other.staff.call(changeProduct, { params, body: { version: 1, changes: {} } }),
      await other.staff.call(addVariant, { params, body: {} }),
    ])
      expect(answer.problem.code).toBe('product.product_missing')
    const answer = await other.staff.call(changeVariant, {
      params: { variantId: variant?.id ?? '' },
      body: { sku: 'MINE' },
    })
    expect(answer.problem.code).toBe('product.variant_missing')
    expect((await other.shopper.call(listProducts, { query: {} })).body.items).toEqual([])
    expect((await other.staff.call(listCatalogue, { query: {} })).body.items).toEqual([])
    await make({ slug: made.slug }, other)
  })

  test('cannot take the slug or the SKU of another', async () => {
    const made = await make({ variants: [{ sku: 'ONLY-ONE', prices: [eur(1)] }] })
    const sameSlug = await shop.staff.call(createProduct, {
      body: { title: 'Other', slug: made.slug },
    })
    expect(sameSlug.problem).toMatchObject({ status: 409, code: 'product.slug_taken' })
    const sameSku = await shop.staff.call(createProduct, {
      body: { title: 'Other thing', variants: [{ sku: 'ONLY-ONE' }] },
    })
    expect(sameSku.problem).toMatchObject({ status: 409, code: 'product.sku_taken' })
    const other = await make({ options: ['Size'], variants: [{ optionValues: ['S'] }] })
    const params = { productId: other.id }
    const renamed = await shop.staff.call(changeProduct, {
      params,
      body: { version: 1, changes: { slug: made.slug } },
    })
    expect(renamed.problem.code).toBe('product.slug_taken')
    const added = await shop.staff.call(addVariant, {
      params,
      body: { sku: 'ONLY-ONE', optionValues: ['L'] },
    })
    expect(added.problem.code).toBe('product.sku_taken')
    const changed = await shop.staff.call(changeVariant, {
      params: { variantId: other.variants[0]?.id ?? '' },
      body: { sku: 'ONLY-ONE' },
    })
    expect(changed.problem.code).toBe('product.sku_taken')
  })

  test('whose parts contradict each other is refused with every place', async () => {
    const answer = await shop.staff.call(createProduct, {
      body: {
        title: 'Wrong',
        options: ['Size', 'Size'],
        variants: [
          { sku: 'W', optionValues: ['S', 'S'], prices: [eur(1), eur(2)] },
          { sku: 'W', optionValues: ['S', 'S'] },
          { optionValues: ['S'] },
        ],
      },
    })
    expect(answer.problem.code).toBe('product.product_unfit')
    expect(answer.problem.errors?.map((one) => one.pointer)).toEqual([
      '/body/options/1',
      '/body/variants/0/prices/1',
      '/body/variants/2/optionValues',
      '/body/variants/1/optionValues',
      '/body/variants/1/sku',
    ])
    const nameless = await shop.staff.call(createProduct, { body: { title: '!!!' } })
    expect(nameless.problem.code).toBe('product.product_unfit')
    const unknown = await shop.staff.call(createProduct, {
      body: { title: 'Lost', categoryIds: [shop.id] },
    })
    expect(unknown.problem.code).toBe('product.category_missing')
    const made = await make()
    const params = { productId: made.id }
    const moved = await shop.staff.call(changeProduct, {
      params,
      body: { version: 1, changes: { categoryIds: [shop.id] } },
    })
    expect(moved.problem.code).toBe('product.category_missing')
  })

  test('changes from the version that was read, once, and archiving is told by its name', async () => {
    const made = await make()
    const change = (version: number, changes: object) =>
      shop.staff.call(changeProduct, { params: { productId: made.id }, body: { version, changes } })
    const both = await Promise.all([change(1, { title: 'A' }), change(1, { title: 'B' })])
    expect(both.map((one) => one.status).sort()).toEqual([200, 412])
    const archived = await change(2, { status: 'archived' })
    expect(archived.body).toMatchObject({ version: 3, status: 'archived', slug: made.slug })
    const { rows } = await platform.sql.query(
      `select type, aggregate_version from every_event where key = $1 order by aggregate_version`,
      [made.id],
    )
    expect(rows.map((row) => [row.type, row.aggregate_version])).toEqual([
      ['product.created', 1],
      ['product.updated', 2],
      ['product.archived', 3],
    ])
  })

  test('made again under the same Idempotency-Key is the first one', async () => {
    const headers = { 'idempotency-key': 'a-product-once' }
    const body = { title: 'Only once' }
    const answers = await Promise.all([
      shop.staff.call(createProduct, { body }, headers),
      shop.staff.call(createProduct, { body }, headers),
    ])
    const done = answers.filter((one) => one.status === 201)
    const late = await shop.staff.call(createProduct, { body }, headers)
    for (const one of done) expect(one.body).toEqual(late.body)
    const { rows } = await platform.sql.query(
      `select count(*)::int as count from product_service.product where title = 'Only once'`,
    )
    expect(rows[0].count).toBe(1)
  })
})

describe('a variant', () => {
  test('is added, priced in several currencies, changed and removed', async () => {
    const product = await make({
      options: ['Size'],
      variants: [{ optionValues: ['S'], prices: [eur(500)] }],
    })
    const added = await shop.staff.call(addVariant, {
      params: { productId: product.id },
      body: { optionValues: ['L'], prices: [eur(900), { amountMinor: 950, currency: 'USD' }] },
    })
    expect(added.body).toMatchObject({ position: 2, optionValues: ['L'] })
    const params = { variantId: added.body.id }
    const changed = await shop.staff.call(changeVariant, {
      params,
      body: { sku: 'S-L', prices: [{ amountMinor: 400, currency: 'EUR', compareAtMinor: 700 }] },
    })
    expect(changed.body).toMatchObject({ sku: 'S-L', prices: [eur(400, 700)], optionValues: ['L'] })
    const query = { sort: 'price' as const, limit: 100 }
    const card = (await shop.shopper.call(listProducts, { query })).body.items.find(
      (one) => one.id === product.id,
    )
    expect(card?.price).toEqual({
      from: { amountMinor: 400, currency: 'EUR' },
      to: { amountMinor: 500, currency: 'EUR' },
      compareAtMinor: 700,
    })
    const inDollars = await shop.shopper.call(listProducts, {
      query: { currency: 'USD', sort: 'price' },
    })
    expect(inDollars.body.items).toEqual([])
    expect((await shop.staff.call(removeVariant, { params })).status).toBe(204)
    const last = product.variants[0]?.id ?? ''
    const kept = await shop.staff.call(removeVariant, { params: { variantId: last } })
    expect(kept.problem.code).toBe('product.variant_in_use')
    const { body } = await shop.staff.call(readCatalogueProduct, {
      params: { productId: product.id },
    })
    expect(body).toMatchObject({ version: 4, variants: [{ id: last }] })
    const { rows } = await platform.sql.query(
      `select data from every_event where type = 'price.changed' and key = $1`,
      [params.variantId],
    )
    expect(rows.map((row) => JSON.parse(row.data).prices)).toEqual([
      [{ amountMinor: 400, currency: 'EUR' }],
    ])
  })

  test('cannot have the option values of another, or too few', async () => {
    const product = await make({
      options: ['Size'],
      variants: [{ optionValues: ['S'] }, { optionValues: ['M'] }],
    })
    const params = { productId: product.id }
    for (const optionValues of [['S'], [], ['S', 'T']]) {
      const answer = await shop.staff.call(addVariant, { params, body: { optionValues } })
      expect(answer.problem.code).toBe('product.product_unfit')
    }
    const answer = await shop.staff.call(changeVariant, {
      params: { variantId: product.variants[1]?.id ?? '' },
      body: { optionValues: ['S'] },
    })
    expect(answer.problem.code).toBe('product.product_unfit')
  })
})

describe('a list', () => {
  let store: TestShop
  const titles = ['Anvil', 'Äpfel', 'Bench', 'chair', 'Desk', 'Easel', 'Frame']

  beforeAll(async () => {
    store = await platform.shop()
    for (const [at, title] of titles.entries())
      await make(
        {
          title,
          vendor: at % 2 === 0 ? 'Even' : 'Odd',
          type: 'Furniture',
          variants: [{ prices: at === 6 ? [] : [eur(1_000 - at * 100)], onHand: at }],
        },
        store,
      )
  })

  async function walk(query: { sort: 'newest' | 'title' | 'price' | '-price'; vendor?: string }) {
    const found: string[] = []
    let after: string | undefined
    for (let pages = 0; pages < 10; pages++) {
      const { body } = await store.shopper.call(listProducts, {
        query: { ...query, limit: 2, after },
      })
      found.push(...body.items.map((one) => one.title))
      if (body.next === null) return found
      after = body.next
    }
    throw new Error('the list does not end')
  }

  test('is walked page by page in any order, each product once', async () => {
    expect(await walk({ sort: 'newest' })).toEqual(titles.toReversed())
    expect(await walk({ sort: 'title' })).toEqual(titles)
    expect(await walk({ sort: 'price' })).toEqual(titles.slice(0, 6).toReversed())
    expect(await walk({ sort: '-price' })).toEqual(titles.slice(0, 6))
    expect(await walk({ sort: 'title', vendor: 'Odd' })).toEqual(['Äpfel', 'chair', 'Easel'])
  })

  test('says what is to be had, and what has no price', async () => {
    const { body } = await store.shopper.call(listProducts, { query: { sort: 'title' } })
    expect(body.items[0]).toMatchObject({ title: 'Anvil', available: false })
    expect(body.items[1]).toMatchObject({ title: 'Äpfel', available: true })
    expect(body.items[6]).toMatchObject({ title: 'Frame', price: null })
  })

  test('is in the currency of the tenant, and follows when that changes', async () => {
    const { readSettings, changeSettings } = tenantContract.operations
    const { version } = (await store.staff.call(readSettings, { query: {} })).body
    await store.staff.call(changeSettings, {
      body: { version, changes: { currency: 'USD', currencies: ['USD', 'EUR'] } },
    })
    await expect
      .poll(
        async () => (await store.shopper.call(listProducts, { query: {} })).body.items[1]?.price,
      )
      .toBeNull()
  })

  test('of no tenant at all says that one must be named', async () => {
    const answer = await platform.anonymous.call(listProducts, { query: {} })
    expect(answer.problem).toMatchObject({ status: 404, code: 'identity.tenant_missing' })
  })

  test('refuses a cursor of another order', async () => {
    const { body } = await store.shopper.call(listProducts, { query: { sort: 'title', limit: 1 } })
    const answer = await store.shopper.call(listProducts, {
      query: { sort: 'price', after: body.next ?? '' },
    })
    expect(answer.problem.code).toBe('request.invalid')
    const nul = Buffer.from(JSON.stringify([1, 'a\u0000b', shop.id])).toString('base64url')
    const forged = await shop.shopper.call(listProducts, { query: { sort: 'title', after: nul } })
    expect(forged.problem.code).toBe('request.invalid')
  })
})
