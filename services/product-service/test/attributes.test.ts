import { productContract } from '@prognetwork/contracts/product'
import {
  createTenants,
  startTestPlatform,
  type TestClient,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const {
  changeAttribute,
  changeProduct,
  createAttribute,
  createProduct,
  importProducts,
  listAttributes,
  readCatalogueProduct,
  readProduct,
  removeAttribute,
  searchProducts,
} = productContract.operations

let platform: TestPlatform
let shop: TestShop

beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
})
afterAll(() => platform?.stop())

type Values = { key: string; value: string }[]
interface Definition {
  key: string
  type: 'text' | 'number' | 'boolean' | 'choice'
  choices?: string[]
  unit?: string
  isFilterable?: boolean
}

const define = (body: Definition, at = shop) =>
  at.staff.call(createAttribute, { body: { label: body.key.toUpperCase(), ...body } })

async function defined(body: Definition, at = shop) {
  const answer = await define(body, at)
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}

const describeAs = (title: string, attributes: Values, at = shop) =>
  at.staff.call(createProduct, { body: { title, status: 'active', attributes } })

async function make(title: string, attributes: Values, at = shop) {
  const answer = await describeAs(title, attributes, at)
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}

const change = (
  { id, version }: { id: string; version: number },
  changes: { label?: string; choices?: string[]; unit?: string | null; isFilterable?: boolean },
) => shop.staff.call(changeAttribute, { params: { attributeId: id }, body: { version, changes } })

const short = (values: { key: string; value: string }[]) =>
  values.map(({ key, value }) => ({ key, value }))

describe('an attribute', () => {
  test('is defined once, described products show it, and values that do not fit are refused', async () => {
    const height = await defined({ key: 'height', type: 'number', unit: 'cm' })
    await defined({ key: 'glazed', type: 'boolean' })
    await defined({ key: 'glaze', type: 'choice', choices: ['Ash', 'Salt'] })
    await defined({ key: 'care', type: 'text' })
    const product = await make('Described', [
      { key: 'height', value: '022.50' },
      { key: 'glazed', value: 'TRUE' },
      { key: 'glaze', value: 'Salt' },
      { key: 'care', value: 'Wipe with a cloth' },
    ])
    expect(product.attributes).toEqual([
      { key: 'care', label: 'CARE', type: 'text', unit: null, value: 'Wipe with a cloth' },
      { key: 'glaze', label: 'GLAZE', type: 'choice', unit: null, value: 'Salt' },
      { key: 'glazed', label: 'GLAZED', type: 'boolean', unit: null, value: 'true' },
      { key: 'height', label: 'HEIGHT', type: 'number', unit: 'cm', value: '22.5' },
    ])
    await change(height, { label: 'How high', unit: 'mm' })
    const shown = await shop.shopper.call(readProduct, {
      query: {},
      params: { product: product.slug },
    })
    expect(shown.body.attributes[3]).toMatchObject({ label: 'How high', unit: 'mm' })

    const wrong = await describeAs('Wrong', [
      { key: 'height', value: 'tall' },
      { key: 'glazed', value: 'perhaps' },
      { key: 'glaze', value: 'salt' },
      { key: 'care', value: 'once' },
      { key: 'care', value: 'twice' },
      { key: 'unknown', value: 'x' },
    ])
    expect(wrong.problem.code).toBe('product.product_unfit')
    expect(wrong.problem.errors?.map((one) => one.pointer)).toEqual(
      ['0/value', '1/value', '2/value', '4/key', '5/key'].map((at) => `/body/attributes/${at}`),
    )
    const params = { productId: product.id }
    const update = (version: number, attributes: Values) =>
      shop.staff.call(changeProduct, { params, body: { version, changes: { attributes } } })
    const refused = await update(1, [{ key: 'glaze', value: 'None' }])
    expect(refused.problem).toMatchObject({
      code: 'product.product_unfit',
      errors: [{ pointer: '/body/changes/attributes/0/value', expected: 'one of Ash, Salt' }],
    })
    const updated = await update(1, [{ key: 'glaze', value: 'Ash' }])
    expect(short(updated.body.attributes)).toEqual([{ key: 'glaze', value: 'Ash' }])
    const untouched = await shop.staff.call(changeProduct, {
      params,
      body: { version: 2, changes: { title: 'Renamed' } },
    })
    expect(untouched.body.attributes).toEqual(updated.body.attributes)
  })

  test('cannot be like another, or contradict itself', async () => {
    await defined({ key: 'taken', type: 'text' })
    const taken = await define({ key: 'taken', type: 'number' })
    expect(taken.problem).toMatchObject({ status: 409, code: 'product.attribute_key_taken' })
    const wrong: Definition[] = [
      { key: 'no_choices', type: 'choice' },
      { key: 'choices_of_text', type: 'text', choices: ['A'] },
      { key: 'twice', type: 'choice', choices: ['A', 'A'] },
      { key: 'unit_of_text', type: 'text', unit: 'cm' },
    ]
    for (const body of wrong)
      expect((await define(body)).problem).toMatchObject({
        ...{ status: 422, code: 'product.attribute_unfit' },
      })
    const text = await defined({ key: 'words', type: 'text' })
    expect((await change(text, { choices: ['A'] })).problem.code).toBe('product.attribute_unfit')
  })

  test('never loses what products have of it unless that is said', async () => {
    const wood = await defined({ key: 'wood', type: 'choice', choices: ['Oak', 'Ash', 'Elm'] })
    const product = await make('Chair', [{ key: 'wood', value: 'Oak' }])
    const lost = await change(wood, { choices: ['Ash'] })
    expect(lost.problem).toMatchObject({ status: 409, code: 'product.attribute_in_use' })
    expect(lost.problem.detail).toContain('"Oak"')
    const fewer = await change(wood, { choices: ['Elm', 'Oak'] })
    expect(fewer.body).toMatchObject({ version: 2, choices: ['Elm', 'Oak'] })
    const params = { attributeId: wood.id }
    const kept = await shop.staff.call(removeAttribute, { params, query: {} })
    expect(kept.problem.code).toBe('product.attribute_in_use')
    const read = async () =>
      (await shop.staff.call(readCatalogueProduct, { params: { productId: product.id } })).body
    expect(short((await read()).attributes)).toEqual([{ key: 'wood', value: 'Oak' }])
    const dropped = await shop.staff.call(removeAttribute, {
      params,
      query: { dropValues: 'true' },
    })
    expect(dropped.status).toBe(204)
    expect((await read()).attributes).toEqual([])
    for (const answer of [
      await shop.staff.call(removeAttribute, { params, query: {} }),
      await change(fewer.body, { label: 'Late' }),
    ])
      expect(answer.problem).toMatchObject({ status: 404, code: 'product.attribute_missing' })
  })

  test('gives up a choice, or a product takes it, but not both at once', async () => {
    for (let at = 0; at < 8; at++) {
      const key = `raced_${at}`
      const attribute = await defined({ key, type: 'choice', choices: ['A', 'B'] })
      const [changed, made] = await Promise.all([
        change(attribute, { choices: ['B'] }),
        describeAs(`Raced ${at}`, [{ key, value: 'A' }]),
      ])
      expect([
        [200, 422],
        [409, 201],
      ]).toContainEqual([changed.status, made.status])
    }
  })

  test('is changed from the version that was read, by one of two at once', async () => {
    const made = await defined({ key: 'versioned', type: 'text' })
    const both = await Promise.all([change(made, { label: 'A' }), change(made, { label: 'B' })])
    expect(both.map((one) => one.status).sort()).toEqual([200, 412])
    const late = await change(made, { label: 'C' })
    expect(late.problem.code).toBe('product.attribute_outdated')
  })

  test('made again under the same Idempotency-Key is the first one', async () => {
    const key = { 'idempotency-key': 'one-attribute' }
    const body = { key: 'only_once', label: 'Once', type: 'text' as const }
    const answers = await Promise.all([
      shop.staff.call(createAttribute, { body }, key),
      shop.staff.call(createAttribute, { body }, key),
    ])
    const late = await shop.staff.call(createAttribute, { body }, key)
    expect(late.status).toBe(201)
    for (const one of answers.filter(({ status }) => status === 201))
      expect(one.body).toEqual(late.body)
  })

  test('of one tenant is nothing to another, and only those who may manage them do', async () => {
    const made = await defined({ key: 'ours', type: 'text' })
    const params = { attributeId: made.id }
    const other = await platform.shop()
    const tries = (client: TestClient) => [
      client.call(changeAttribute, { params, body: { version: 1, changes: {} } }),
      client.call(removeAttribute, { params, query: {} }),
    ]
    for (const answer of await Promise.all(tries(other.staff)))
      expect(answer.problem).toMatchObject({ status: 404, code: 'product.attribute_missing' })
    expect((await other.staff.call(listAttributes, {})).body.items).toEqual([])
    const described = await describeAs('Theirs', [{ key: 'ours', value: 'x' }], other)
    expect(described.problem.code).toBe('product.product_unfit')

    const tenants = createTenants(platform)
    const viewer = await tenants.act(await tenants.join(shop, 'viewer'), shop.id)
    const body = { key: 'no', label: 'No', type: 'text' as const }
    for (const [client, status] of [
      [viewer, 403],
      [shop.shopper, 401],
    ] as const)
      for (const answer of await Promise.all([
        ...tries(client),
        client.call(createAttribute, { body }),
      ]))
        expect(answer.status).toBe(status)
    expect((await viewer.call(listAttributes, {})).body.items).toContainEqual(made)
    expect((await shop.shopper.call(listAttributes, {})).status).toBe(401)
    expect((await (await platform.person()).call(listAttributes, {})).status).toBe(403)
  })
})

describe('a search', () => {
  let store: TestShop

  beforeAll(async () => {
    store = await platform.shop()
    const colours = ['Red', 'Blue', 'Green']
    await defined({ key: 'colour', type: 'choice', choices: colours, isFilterable: true }, store)
    await defined({ key: 'size', type: 'number', unit: 'cm', isFilterable: true }, store)
    await defined({ key: 'secret', type: 'text' }, store)
    const things: [string, string, string][] = [
      ['A', 'Red', '5'],
      ['B', 'Red', '10'],
      ['C', 'Blue', '10.0'],
      ['D', 'Green', '-20.25'],
    ]
    for (const [title, colour, size] of things)
      await make(
        title,
        [
          { key: 'colour', value: colour },
          { key: 'size', value: size },
          { key: 'secret', value: 'Hush' },
        ],
        store,
      )
    await make('E', [], store)
  })

  async function find(...attributes: string[]) {
    const asked = new URLSearchParams([
      ['sort', 'title'],
      ...attributes.map((one): [string, string] => ['attribute', one]),
    ])
    const answer = await store.shopper.raw('GET', `/api/v1/product-search?${asked}`)
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    return searchProducts.shape.reply[200].parse(answer.body)
  }

  test.each<[string, string[], string]>([
    ['one value', ['colour:Red'], 'A B'],
    ['either of two values of one attribute', ['colour:Red', 'colour:Blue'], 'A B C'],
    ['values of two attributes', ['colour:Red', 'size:10'], 'B'],
    ['a number however it is written', ['size:010.00'], 'B C'],
    ['a range', ['size:-21..5'], 'A D'],
    ['a range with one end', ['size:5.5..'], 'B C'],
    ['a range or a number', ['size:..0', 'size:5'], 'A D'],
    ['nothing of a value that none has', ['colour:Pink'], ''],
    ['nothing of what is no range', ['size:a..b'], ''],
  ])('finds %s', async (_, attributes, expected) => {
    expect((await find(...attributes)).items.map((one) => one.title).join(' ')).toBe(expected)
  })

  test('counts of each attribute what its other values would find, and no secret', async () => {
    const { total, facets } = await find('colour:Red', 'size:10')
    expect(total).toBe(1)
    expect(facets.attributes).toEqual([
      {
        ...{ key: 'colour', label: 'COLOUR', type: 'choice', unit: null, bounds: null },
        values: [
          { value: 'Blue', text: 'Blue', count: 1 },
          { value: 'Red', text: 'Red', count: 1 },
        ],
      },
      {
        ...{ key: 'size', label: 'SIZE', type: 'number', unit: 'cm' },
        values: [
          { value: '10', text: '10', count: 1 },
          { value: '5', text: '5', count: 1 },
        ],
        bounds: { from: '5', to: '10' },
      },
    ])
    expect(facets.availability).toEqual({ available: 0, unavailable: 1 })
    const all = (await find()).facets.attributes
    expect(all.map((one) => one.values.map(({ value, count }) => `${value} ${count}`))).toEqual([
      ['Red 2', 'Blue 1', 'Green 1'],
      ['10 2', '-20.25 1', '5 1'],
    ])
  })

  test('by an attribute that cannot be filtered by says that it is missing', async () => {
    for (const attribute of ['secret:Hush', 'unknown:x']) {
      const answer = await store.shopper.call(searchProducts, { query: { attribute } })
      expect(answer.problem).toMatchObject({ status: 404, code: 'product.attribute_missing' })
    }
  })
})

test('a product list describes products by columns of the attributes that there are', async () => {
  const store = await platform.shop()
  await defined({ key: 'finish', type: 'choice', choices: ['Matt', 'Gloss'] }, store)
  await defined({ key: 'depth', type: 'number' }, store)
  const send = async (csv: string) => {
    const answer = await store.staff.raw('PUT', '/api/v1/catalogue/import', {
      headers: { 'content-type': 'text/csv' },
      body: csv,
    })
    return (answer.body as unknown[]).map((one) => importProducts.shape.reply[200].parse(one))
  }
  const first = await send(
    'slug,title,attribute_finish,attribute_depth,attribute_unknown\n' +
      'bowl,Bowl,Matt,3.50,x\nplate,Plate,matt,2,x\ncup,Cup,,,\n',
  )
  expect(first.filter((one) => one.kind === 'refused').map((one) => one.error)).toEqual([
    {
      ...{ line: 3, column: 'attribute_finish', expected: 'one of Matt, Gloss' },
      detail: 'It is "matt"',
    },
  ])
  expect(first.at(-1)).toMatchObject({
    kind: 'finished',
    products: { created: 2, updated: 0, unchanged: 0 },
    file: { ignoredColumns: ['attribute_unknown'] },
  })
  const read = async (product: string) => {
    const { items } = (await store.shopper.call(searchProducts, { query: { q: product } })).body
    const productId = items[0]?.id ?? ''
    const { body } = await store.staff.call(readCatalogueProduct, { params: { productId } })
    return short(body.attributes)
  }
  await send('slug,title,status\nbowl,Bowl,active\ncup,Cup,active\n')
  const both = [
    { key: 'depth', value: '3.5' },
    { key: 'finish', value: 'Matt' },
  ]
  expect(await read('bowl')).toEqual(both)
  expect(await read('cup')).toEqual([])
  const second = await send('slug,title,attribute_depth\nbowl,Bowl,4\ncup,Cup,\n')
  expect(second.at(-1)).toMatchObject({ products: { created: 0, updated: 1, unchanged: 1 } })
  expect(await read('bowl')).toEqual([
    { key: 'depth', value: '4' },
    { key: 'finish', value: 'Matt' },
  ])
})
