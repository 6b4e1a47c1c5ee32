import { productContract } from '@prognetwork/contracts/product'
import {
  createTenants,
  startTestPlatform,
  type TestClient,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

const { changeSynonym, createProduct, createSynonym, listSynonyms, removeSynonym, searchProducts } =
  productContract.operations

let platform: TestPlatform
let shop: TestShop

beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
  for (const title of ['Clay pot', 'Planter', 'Big flower tub', 'Armchair', 'Footstool', 'Stool'])
    await shop.staff.call(createProduct, { body: { title, status: 'active' } })
})
afterAll(() => platform?.stop())

async function titles(q: string, at = shop) {
  const { body } = await at.shopper.call(searchProducts, { query: { q, sort: 'title' } })
  return body.matched === 'words' ? body.items.map((one) => one.title) : []
}

type Words = { typed?: string | null; words: string[] }
const create = (body: Words, at = shop) => at.staff.call(createSynonym, { body })
const change = (id: string, body: Words & { version: number }) =>
  shop.staff.call(changeSynonym, { params: { synonymId: id }, body })
const remove = (id: string) => shop.staff.call(removeSynonym, { params: { synonymId: id } })

test('words alike find each other, at once and until they are changed or removed', async () => {
  expect(await titles('pot')).toEqual(['Clay pot'])
  const made = await create({ words: ['Pot', 'planter', 'Flower Tub'] })
  expect(made.body).toMatchObject({
    ...{ typed: null, words: ['Pot', 'planter', 'Flower Tub'], version: 1 },
  })
  const all = ['Big flower tub', 'Clay pot', 'Planter']
  expect(await titles('pot')).toEqual(all)
  expect(await titles('PLANTER')).toEqual(all)
  expect(await titles('flower tub')).toEqual(all)
  expect(await titles('big pot')).toEqual(['Big flower tub'])
  expect(await titles('clay planter')).toEqual(['Clay pot'])
  expect(await titles('po')).toEqual(['Clay pot'])
  expect((await shop.staff.call(listSynonyms, {})).body.items).toContainEqual(made.body)

  const changed = await change(made.body.id, { version: 1, words: ['pot', 'planter'] })
  expect(changed.body).toEqual({ ...made.body, words: ['pot', 'planter'], version: 2 })
  expect(await titles('pot')).toEqual(['Clay pot', 'Planter'])
  expect((await remove(made.body.id)).status).toBe(204)
  expect(await titles('pot')).toEqual(['Clay pot'])
  for (const answer of [
    await remove(made.body.id),
    await change(made.body.id, { version: 2, words: ['a', 'b'] }),
  ])
    expect(answer.problem).toMatchObject({ status: 404, code: 'product.synonym_missing' })
})

test('what is typed finds its words, and they do not find it', async () => {
  await create({ typed: 'séat', words: ['armchair', 'stool'] })
  expect(await titles('seat')).toEqual(['Armchair', 'Stool'])
  expect(await titles('armchair')).toEqual(['Armchair'])
})

test('synonyms that nobody could type, or that say nothing, are refused', async () => {
  const wrong: Words[] = [
    { words: ['alone'] },
    { words: ['Pot', 'pót'] },
    { words: ['pot', '?!'] },
    { words: ['one two three four five', 'six'] },
    { typed: '***', words: ['pot'] },
  ]
  for (const body of wrong)
    expect((await create(body)).problem).toMatchObject({
      ...{ status: 422, code: 'product.synonym_unfit' },
    })
  const made = await create({ words: ['lamp', 'light'] })
  const answer = await change(made.body.id, { version: 1, words: ['lamp'] })
  expect(answer.problem.code).toBe('product.synonym_unfit')
})

test('signs of a query language in synonyms are words like any other', async () => {
  await create({ words: ["rare:* | ! & ('x", 'bowl\\'] })
  expect(await titles('bowl')).toEqual([])
  await create({ words: ['rug', '㌖'.repeat(90)] })
  expect(await titles('rug')).toEqual([])
})

test('are changed from the version that was read, by one of two at once', async () => {
  const { body: made } = await create({ words: ['sofa', 'couch'] })
  const both = await Promise.all([
    change(made.id, { version: 1, words: ['sofa', 'settee'] }),
    change(made.id, { version: 1, words: ['sofa', 'divan'] }),
  ])
  expect(both.map((one) => one.status).sort()).toEqual([200, 412])
  const late = await change(made.id, { version: 1, words: ['sofa', 'couch'] })
  expect(late.problem.code).toBe('product.synonym_outdated')
})

test('made again under the same Idempotency-Key are the first ones', async () => {
  const key = { 'idempotency-key': 'once-alike' }
  const body = { words: ['once', 'only'] }
  const answers = await Promise.all([
    shop.staff.call(createSynonym, { body }, key),
    shop.staff.call(createSynonym, { body }, key),
  ])
  const late = await shop.staff.call(createSynonym, { body }, key)
  expect(late.status).toBe(201)
  for (const one of answers.filter(({ status }) => status === 201))
    expect(one.body).toEqual(late.body)
})

test('of one tenant are nothing to another, and only those who may manage them do', async () => {
  const { body: made } = await create({ words: ['ours', 'mine'] })
  const params = { synonymId: made.id }
  const other = await platform.shop()
  await other.staff.call(createProduct, { body: { title: 'Mine', status: 'active' } })
  expect(await titles('ours', other)).toEqual([])
  expect((await other.staff.call(listSynonyms, {})).body.items).toEqual([])
  const tries = (client: TestClient) => [
    client.call(changeSynonym, { params, body: { version: 1, words: ['a', 'b'] } }),
    client.call(removeSynonym, { params }),
  ]
  for (const answer of await Promise.all(tries(other.staff)))
    expect(answer.problem.code).toBe('product.synonym_missing')

  const tenants = createTenants(platform)
  const viewer = await tenants.act(await tenants.join(shop, 'viewer'), shop.id)
  for (const [client, status] of [
    [viewer, 403],
    [shop.shopper, 401],
  ] as const)
    for (const answer of await Promise.all([
      ...tries(client),
      client.call(createSynonym, { body: { words: ['a', 'b'] } }),
    ]))
      expect(answer.status).toBe(status)
  expect((await viewer.call(listSynonyms, {})).status).toBe(200)
  expect((await shop.shopper.call(listSynonyms, {})).status).toBe(401)
  expect((await (await platform.person()).call(listSynonyms, {})).status).toBe(403)
})
