import { productContract } from '@prognetwork/contracts/product'
import { startTestPlatform, type TestPlatform, type TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const {
  changeAttribute,
  changeCategory,
  changeCollection,
  changeProduct,
  createAttribute,
  createCategory,
  createCollection,
  createProduct,
  listCategories,
  listCollections,
  listProducts,
  readCatalogueProduct,
  readProduct,
  readRecommendations,
  searchProducts,
} = productContract.operations

let platform: TestPlatform
let shop: TestShop
beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
  await fill(shop)
})
afterAll(() => platform?.stop())

const terms = [
  { term: 'Large', text: 'Groß' },
  { term: 'Size', text: 'Größe' },
]
const german = { locale: 'de', title: 'Tontopf', description: '<p>Zweimal gebrannt.</p>', terms }
const austrian = { locale: 'de-AT', title: 'Tonhäferl', description: null, terms: [] }

async function fill({ staff }: TestShop): Promise<void> {
  await staff.call(createAttribute, {
    body: {
      ...{ key: 'glaze', type: 'choice', label: 'Glaze', choices: ['Ash', 'Salt'] },
      isFilterable: true,
      translations: [
        {
          ...{ locale: 'de', label: 'Glasur' },
          choices: [{ choice: 'Ash', text: 'Asche' }],
        },
      ],
    },
  })
  await staff.call(createAttribute, {
    body: {
      ...{ key: 'height', type: 'number', label: 'Height', unit: 'in', isFilterable: true },
      translations: [{ locale: 'de', label: 'Höhe', unit: 'Zoll' }],
    },
  })
  const pots = await staff.call(createCategory, {
    body: { name: 'Pots', translations: [{ locale: 'de', name: 'Töpfe' }] },
  })
  const made = await staff.call(createProduct, {
    body: {
      ...{ title: 'Clay pot', description: '<p>Fired twice.</p>', status: 'active' },
      ...{ options: ['Size'], categoryIds: [pots.body.id], tags: ['garden'] },
      attributes: [
        { key: 'glaze', value: 'Ash' },
        { key: 'height', value: '9' },
      ],
      translations: [austrian, german],
      variants: ['Large', 'Small'].map((size) => ({
        optionValues: [size],
        prices: [{ amountMinor: 100, currency: 'EUR' }],
      })),
    },
  })
  expect(made.status, JSON.stringify(made.body)).toBe(201)
  expect(made.body).toMatchObject({ title: 'Clay pot', translations: [german, austrian] })
  const plain = await staff.call(createProduct, {
    body: { title: 'Plain pot', status: 'active', tags: ['garden'] },
  })
  const summer = await staff.call(createCollection, {
    body: {
      ...{ name: 'Summer', isPublished: true, productIds: [made.body.id, plain.body.id] },
      translations: [{ locale: 'de', name: 'Sommer' }],
    },
  })
  expect([plain.status, summer.status, pots.status]).toEqual([201, 201, 201])
}

const opened = async (locale?: string, at = shop) =>
  (
    await at.shopper.call(readProduct, {
      params: { product: 'clay-pot' },
      query: locale === undefined ? {} : { locale },
    })
  ).body

describe('a shopper', () => {
  test('opens a product in the language that is asked for', async () => {
    expect(await opened('de')).toMatchObject({
      ...{ slug: 'clay-pot', title: 'Tontopf', locale: 'de' },
      ...{ description: '<p>Zweimal gebrannt.</p>', descriptionLocale: 'de' },
      options: ['Größe'],
      categories: [{ slug: 'pots', name: 'Töpfe' }],
      attributes: [
        { key: 'glaze', label: 'Glasur', value: 'Asche' },
        { key: 'height', label: 'Höhe', unit: 'Zoll', value: '9' },
      ],
      variants: [{ optionValues: ['Groß'] }, { optionValues: ['Small'] }],
    })
    expect(await opened('de')).not.toHaveProperty('translations')
  })

  test('is told what is missing in the nearest other language, and at last in that of the shop', async () => {
    expect(await opened('de-AT')).toMatchObject({
      ...{ title: 'Tonhäferl', locale: 'de-AT' },
      ...{ description: '<p>Zweimal gebrannt.</p>', descriptionLocale: 'de' },
      options: ['Größe'],
    })
    const own = {
      ...{ title: 'Clay pot', locale: null, description: '<p>Fired twice.</p>' },
      ...{ descriptionLocale: null, options: ['Size'], categories: [{ name: 'Pots' }] },
      attributes: [
        { label: 'Glaze', value: 'Ash' },
        { label: 'Height', unit: 'in' },
      ],
    }
    expect(await opened('fr-CA')).toMatchObject(own)
    expect(await opened()).toMatchObject(own)
    expect(await opened('DE-ch')).toMatchObject({ title: 'Tontopf' })
  })

  test('lists what there is in it, some of it translated and some not', async () => {
    const query = { locale: 'de-AT', sort: 'title' as const }
    const { items } = (await shop.shopper.call(listProducts, { query })).body
    expect(items.map(({ title, locale }) => [title, locale])).toEqual([
      ['Tonhäferl', 'de-AT'],
      ['Plain pot', null],
    ])
    expect(items[0]).not.toHaveProperty('titles')
    const besides = await shop.shopper.call(readRecommendations, {
      params: { product: 'plain-pot' },
      query: { locale: 'de' },
    })
    expect(besides.status).toBe(200)
    const { body: categories } = await shop.shopper.call(listCategories, {
      query: { locale: 'de-AT' },
    })
    expect(categories.items).toMatchObject([{ slug: 'pots', name: 'Töpfe', locale: 'de' }])
    expect(categories.items[0]).not.toHaveProperty('translations')
    const { body: collections } = await shop.shopper.call(listCollections, {
      query: { locale: 'en' },
    })
    expect(collections.items).toMatchObject([{ name: 'Summer', locale: null }])
  })

  test.each([
    ['tontopf', 'words'],
    ['clay', 'words'],
    ['gebrannt', 'words'],
    ['tonhaeferl', 'similar'],
  ])('finds it by %s, whichever language that is of', async (q, matched) => {
    const { body } = await shop.shopper.call(searchProducts, { query: { q, locale: 'de' } })
    expect(body).toMatchObject({ total: 1, matched, items: [{ title: 'Tontopf', locale: 'de' }] })
  })

  test('narrows a search by what is shown in the language and asked for by its value', async () => {
    const found = await shop.shopper.call(searchProducts, {
      query: { attribute: ['glaze:Ash'], locale: 'de' },
    })
    expect(found.body).toMatchObject({ total: 1, facets: { categories: [{ name: 'Töpfe' }] } })
    const [glaze, height] = found.body.facets.attributes
    expect(glaze).toEqual({
      ...{ key: 'glaze', label: 'Glasur', type: 'choice', unit: null, bounds: null },
      values: [{ value: 'Ash', text: 'Asche', count: 1 }],
    })
    expect(height).toMatchObject({ label: 'Höhe', unit: 'Zoll', values: [{ text: '9' }] })
    const own = await shop.shopper.call(searchProducts, { query: {} })
    expect(own.body.facets.attributes[0]).toMatchObject({
      label: 'Glaze',
      values: [{ text: 'Ash' }],
    })
  })

  test('asks for a language that is one', async () => {
    for (const locale of [
      '',
      'd',
      'de_AT',
      'de-a-b',
      '../de',
      'x'.repeat(99),
      'de-AT-u-co-phonebk',
    ]) {
      const answer = await shop.shopper.call(listProducts, { query: { locale } })
      expect(answer.status, locale).toBe(400)
    }
  })
})

describe('whoever translates', () => {
  let cups = 0
  async function fresh() {
    const { body } = await shop.staff.call(createProduct, { body: { title: `Cup ${++cups}` } })
    return body
  }
  const change = (productId: string, version: number, translations: object[], as = shop.staff) =>
    as.call(changeProduct, {
      params: { productId },
      body: { version, changes: { translations: translations as (typeof german)[] } },
    })

  test('replaces what there was, in one spelling and one order, and takes it away again', async () => {
    const { id } = await fresh()
    const both = [
      { locale: 'FR-ca', title: 'Tasse', description: '<p onclick="x()">Une tasse</p>' },
      { locale: 'de', title: 'Tasse', description: '' },
    ]
    const changed = await change(id, 1, both)
    expect(changed.body).toMatchObject({ title: 'Cup 1', version: 2 })
    expect(changed.body.translations).toEqual([
      { locale: 'de', title: 'Tasse', description: null, terms: [] },
      { locale: 'fr-CA', title: 'Tasse', description: '<p>Une tasse</p>', terms: [] },
    ])
    const kept = await shop.staff.call(changeProduct, {
      params: { productId: id },
      body: { version: 2, changes: { title: 'Mug' } },
    })
    expect(kept.body.translations).toHaveLength(2)
    expect((await change(id, 3, [])).body.translations).toEqual([])
    const read = await shop.staff.call(readCatalogueProduct, { params: { productId: id } })
    expect(read.body).toMatchObject({ title: 'Mug', version: 4, translations: [] })
  })

  test('is told where a language stands twice, and of which choice there is none', async () => {
    const { id } = await fresh()
    const twice = [
      { ...german, locale: 'de-AT' },
      { ...german, locale: 'DE-at' },
    ]
    const refused = await change(id, 1, twice)
    expect(refused.problem).toMatchObject({
      ...{ status: 422, code: 'product.product_unfit' },
      errors: [{ pointer: '/body/changes/translations/1/locale' }],
    })
    const made = await shop.staff.call(createProduct, {
      body: { title: 'Jug', translations: twice },
    })
    expect(made.problem).toMatchObject({ errors: [{ pointer: '/body/translations/1/locale' }] })
    const names = ['de', 'de'].map((locale) => ({ locale, name: 'Zweimal' }))
    const category = await shop.staff.call(createCategory, {
      body: { name: 'Twice', translations: names },
    })
    expect(category.problem?.code).toBe('product.category_unfit')
    const collection = await shop.staff.call(createCollection, {
      body: { name: 'Twice', translations: names },
    })
    expect(collection.problem?.code).toBe('product.collection_unfit')
    const attribute = await shop.staff.call(createAttribute, {
      body: {
        ...{ key: 'form', type: 'choice', label: 'Form', choices: ['Round'] },
        translations: [
          { locale: 'de', label: 'Form', choices: [{ choice: 'Oval', text: 'oval' }] },
        ],
      },
    })
    expect(attribute.problem).toMatchObject({
      code: 'product.attribute_unfit',
      errors: [{ pointer: '/body/translations/0/choices/0/choice' }],
    })
  })

  test('changes the names of categories, collections and attributes like everything else of them', async () => {
    const { staff, shopper } = shop
    const vases = await staff.call(createCategory, { body: { name: 'Vases' } })
    const categoryId = vases.body.id
    const named = await staff.call(changeCategory, {
      params: { categoryId },
      body: { version: 1, translations: [{ locale: 'de', name: 'Vasen' }] },
    })
    expect(named.body).toMatchObject({ name: 'Vases', version: 2 })
    const moved = await staff.call(changeCategory, {
      params: { categoryId },
      body: { version: 2, name: 'Vessels' },
    })
    expect(moved.body.translations).toEqual([{ locale: 'de', name: 'Vasen' }])
    const winter = await staff.call(createCollection, {
      body: { name: 'Winter', isPublished: true },
    })
    const told = await staff.call(changeCollection, {
      params: { collectionId: winter.body.id },
      body: {
        version: 1,
        changes: { translations: [{ locale: 'nl', name: 'Winter, maar koud' }] },
      },
    })
    expect(told.body).toMatchObject({ version: 2, isPublished: true })
    const dutch = await shopper.call(listCollections, { query: { locale: 'nl-BE' } })
    expect(dutch.body.items.map((one) => one.name)).toEqual(['Summer', 'Winter, maar koud'])
    const tint = await staff.call(createAttribute, {
      body: {
        ...{ key: 'tint', type: 'choice', label: 'Tint', choices: ['Red', 'Blue'] },
        translations: [
          {
            ...{ locale: 'de', label: 'Ton' },
            choices: [
              { choice: 'Red', text: 'Rot' },
              { choice: 'Blue', text: 'Blau' },
            ],
          },
        ],
      },
    })
    const fewer = await staff.call(changeAttribute, {
      params: { attributeId: tint.body.id },
      body: { version: 1, changes: { choices: ['Red'] } },
    })
    expect(fewer.body.translations).toMatchObject([{ choices: [{ choice: 'Red', text: 'Rot' }] }])
    const strange = await staff.call(changeAttribute, {
      params: { attributeId: tint.body.id },
      body: { version: 2, changes: { translations: tint.body.translations } },
    })
    expect(strange.problem?.errors).toMatchObject([
      { pointer: '/body/changes/translations/0/choices/1/choice' },
    ])
  })

  test('is one of several at a time: of two from the same version one is refused', async () => {
    const { id } = await fresh()
    const answers = await Promise.all(
      ['de', 'fr', 'nl', 'it'].map((locale) => change(id, 1, [{ ...german, locale }])),
    )
    expect(answers.map((one) => one.status).sort()).toEqual([200, 412, 412, 412])
    const read = await shop.staff.call(readCatalogueProduct, { params: { productId: id } })
    expect(read.body).toMatchObject({ version: 2, translations: [{ title: 'Tontopf' }] })
  })

  test('may write as much as there may be, and every word of the beginning is found', async () => {
    const { id } = await fresh()
    const long = Array.from({ length: 4_000 }, (_, at) => `<p>語${at}章</p>`).join('')
    const locales = ['ja', 'zh', 'ko', 'de', 'fr', 'nl', 'it', 'es', 'pt', 'pl', 'cs', 'sk']
    const many = locales.map((locale) => ({
      ...{ locale, title: `${locale} ${'語'.repeat(200)}`, description: long },
      terms: Array.from({ length: 100 }, (_, at) => ({ term: `t${at}`, text: `${locale}${at}` })),
    }))
    const changed = await change(id, 1, many)
    expect(changed.status, JSON.stringify(changed.body).slice(0, 300)).toBe(200)
    const active = await shop.staff.call(changeProduct, {
      params: { productId: id },
      body: { version: 2, changes: { status: 'active' } },
    })
    expect(active.status).toBe(200)
    const found = await shop.shopper.call(searchProducts, { query: { q: '語7章', locale: 'ja' } })
    expect(found.body).toMatchObject({ total: 1, items: [{ locale: 'ja' }] })
    const tooMany = Array.from({ length: 31 }, (_, at) => ({
      ...german,
      locale: `a${String.fromCharCode(97 + (at % 26))}${at < 26 ? '' : 'a'}`,
    }))
    expect((await change(id, 3, tooMany)).status).toBe(400)
    const gone = await shop.staff.call(changeProduct, {
      params: { productId: id },
      body: { version: 3, changes: { status: 'draft' } },
    })
    expect(gone.status).toBe(200)
  })

  test('of another shop neither reads nor changes them', async () => {
    const other = await platform.shop()
    const { id } = await fresh()
    expect((await change(id, 1, [german], other.staff)).problem?.code).toBe(
      'product.product_missing',
    )
    expect((await change(id, 1, [german], other.shopper)).status).toBe(401)
    const listed = await other.shopper.call(listCategories, { query: { locale: 'de' } })
    expect(listed.body.items).toEqual([])
    const found = await other.shopper.call(searchProducts, {
      query: { q: 'tontopf', locale: 'de' },
    })
    expect(found.body.total).toBe(0)
  })
})
