import type { CallInput } from '@prognetwork/contracts'
import { productContract } from '@prognetwork/contracts/product'
import { workerContract } from '@prognetwork/contracts/worker'
import {
  createTenants,
  startTestPlatform,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { request } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'

const { createAttribute, createCategory, createProduct, exportCatalogue, linkExport } =
  productContract.operations
const { readJob } = workerContract.operations
const patience = { timeout: 20_000 }

let platform: TestPlatform
let shop: TestShop
beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
  await define(shop)
  await fill(shop)
})
afterAll(() => platform?.stop())

type NewProduct = CallInput<typeof createProduct>['body']

/** What products of a list can be described by must be there before it comes. */
async function define({ staff }: TestShop): Promise<void> {
  for (const body of [
    { key: 'glaze', label: 'Glaze', type: 'choice' as const, choices: ['Ash, grey', 'Salt'] },
    { key: 'height', label: 'Height', type: 'number' as const, unit: 'cm' },
  ])
    expect((await staff.call(createAttribute, { body })).status).toBe(201)
}

/** Everything that a catalogue can have, and more products than a page holds. */
async function fill({ staff }: TestShop): Promise<void> {
  const category = async (name: string, parentId: string | null) =>
    (await staff.call(createCategory, { body: { name, parentId } })).body.id
  const make = async (body: NewProduct) => {
    const made = await staff.call(createProduct, { body })
    expect(made.status, JSON.stringify(made.body)).toBe(201)
  }
  const garden = await category('Garden', null)
  const pots = await category('Pots, "large"', garden)
  const gifts = await category('Gifts', null)
  await make({
    ...{ title: 'Clay pot', slug: 'clay-pot', vendor: 'Lovelace, Looms', type: 'Outdoor' },
    description: '<p>Fired "twice",<br />\nby hand.</p>',
    ...{ status: 'active', tags: ['garden', 'clay'], categoryIds: [pots, gifts] },
    taxClass: 'reduced',
    images: [
      { url: 'https://images.example.com/1.jpg', alt: 'A pot' },
      { url: 'https://images.example.com/2.jpg' },
      { url: 'https://images.example.com/3.jpg' },
    ],
    attributes: [
      { key: 'height', value: '22.5' },
      { key: 'glaze', value: 'Ash, grey' },
    ],
    options: ['Size', 'Colour'],
    translations: [
      {
        ...{
          locale: 'de-AT',
          title: 'Tontopf, "groß"',
          description: '<p>Zweimal,<br />\ngebrannt</p>',
        },
        terms: [
          { term: 'Colour', text: 'Farbe' },
          { term: 'L', text: 'Groß' },
          { term: 'red', text: 'rot' },
        ],
      },
      { locale: 'ja', title: '土鍋' },
    ],
    variants: [
      {
        ...{ sku: 'P-S', optionValues: ['S', 'red'], onHand: 4 },
        prices: [{ currency: 'EUR', amountMinor: 999, compareAtMinor: 1_299 }],
      },
      {
        ...{ sku: 'P-L', optionValues: ['L', 'red'], barcode: '4006381333931', weightGrams: 900 },
        ...{ imageUrl: 'https://images.example.com/l.jpg', stockPolicy: 'continue' },
        images: ['https://images.example.com/3.jpg', 'https://images.example.com/1.jpg'],
        prices: [
          { currency: 'JPY', amountMinor: 1_200 },
          { currency: 'EUR', amountMinor: 1_599 },
        ],
      },
    ],
  })
  for (let at = 0; at < 230; at++)
    await make({ title: `Thing ${at}`, status: 'active', variants: [{}] })
  await make({ title: 'Gone', status: 'archived', variants: [{}] })
}

async function exported(of: TestShop, format: 'csv' | 'ndjson'): Promise<string> {
  const { body } = await of.staff.call(exportCatalogue, { body: { format } })
  const { exportId } = body
  const state = async () =>
    (await of.staff.call(readJob, { params: { jobId: exportId } })).body.state
  await expect.poll(state, patience).toBe('succeeded')
  return exportId
}

/** Where the link leads, at the address that this platform listens on. */
async function addressOf(of: TestShop, exportId: string): Promise<string> {
  const { status, body } = await of.staff.call(linkExport, { params: { exportId } })
  expect(status, JSON.stringify(body)).toBe(200)
  return body.url.replace('http://localhost:8000', platform.origin)
}

async function download(of: TestShop, exportId: string): Promise<string> {
  const { statusCode, body } = await request(await addressOf(of, exportId))
  expect(statusCode).toBe(200)
  return body.text()
}

test('what is exported and imported by another shop is exported by it alike', async () => {
  const file = await download(shop, await exported(shop, 'csv'))
  expect(file.split('\r\n').length).toBeGreaterThan(234)
  const fresh = await platform.shop()
  await define(fresh)
  const taken = await fresh.staff.raw('PUT', '/api/v1/catalogue/import', {
    headers: { 'content-type': 'text/csv' },
    body: file,
  })
  expect((taken.body as unknown[]).at(-1)).toMatchObject({
    kind: 'finished',
    refused: 0,
    products: { created: 232, updated: 0 },
  })
  expect(await download(fresh, await exported(fresh, 'csv'))).toBe(file)
  const again = await fresh.staff.raw('PUT', '/api/v1/catalogue/import', {
    headers: { 'content-type': 'text/csv' },
    body: file,
  })
  expect((again.body as unknown[]).at(-1)).toMatchObject({
    products: { created: 0, updated: 0, unchanged: 232 },
  })
})

test('in the other form each product is a line of JSON with all that its tenant keeps', async () => {
  const exportId = await exported(shop, 'ndjson')
  const lines = (await download(shop, exportId)).trimEnd().split('\n')
  expect(lines).toHaveLength(232)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    ...{ slug: 'clay-pot', taxClass: 'reduced' },
    translations: [
      { locale: 'de-AT', title: 'Tontopf, "groß"', terms: [{ text: 'Farbe' }, {}, {}] },
      { locale: 'ja', title: '土鍋', description: null, terms: [] },
    ],
    categories: [{ name: 'Gifts' }, { name: 'Pots, "large"' }],
    variants: [
      { sku: 'P-S', stock: { onHand: 4 } },
      {
        ...{ sku: 'P-L', barcode: '4006381333931' },
        images: [{ url: 'https://images.example.com/3.jpg' }, { alt: 'A pot' }],
      },
    ],
  })
  const { body } = await shop.staff.call(readJob, { params: { jobId: exportId } })
  expect(body).toMatchObject({
    progress: { done: 232, total: 232 },
    result: { format: 'ndjson', products: 232 },
  })
})

test('the same Idempotency-Key is the same export', async () => {
  const key = { 'idempotency-key': 'one-export' }
  const first = await shop.staff.call(exportCatalogue, { body: {} }, key)
  const again = await shop.staff.call(exportCatalogue, { body: {} }, key)
  expect(first.status).toBe(202)
  expect(again.body).toEqual(first.body)
})

test('an address is good for its file alone, as it was signed, and for a while', async () => {
  const url = await addressOf(shop, await exported(shop, 'csv'))
  const head = await request(url, { method: 'HEAD' })
  expect(head).toMatchObject({
    statusCode: 200,
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': expect.stringMatching(/^attachment; .*catalogue\.csv$/),
    },
  })
  const part = await request(url, { headers: { range: 'bytes=0-3' } })
  expect(part).toMatchObject({
    statusCode: 206,
    headers: { 'content-range': expect.stringMatching(/^bytes 0-3\/[1-9]\d+$/) },
  })
  expect(await part.body.text()).toBe('slug')
  const beyond = await request(url, { headers: { range: 'bytes=99999999-' } })
  expect(beyond.statusCode).toBe(416)
  const other = await platform.shop()
  for (const wrong of [
    url.replace(shop.id, other.id),
    url.replace('catalogue.csv', 'catalogue.ndjson'),
    url.replace(/expires=\d+/, 'expires=9999999999'),
    url.split('?')[0] ?? '',
  ])
    expect((await request(wrong)).statusCode).toBe(404)
  expect((await request(url, { method: 'PUT', body: 'x' })).statusCode).toBe(404)
})

test('nobody exports without the permission, or has the link of another shop', async () => {
  const exportId = await exported(shop, 'csv')
  const other = await platform.shop()
  const params = { exportId }
  expect((await other.staff.call(linkExport, { params })).problem).toMatchObject({
    status: 404,
    code: 'product.export_missing',
  })
  const viewer = await createTenants(platform).join(shop, 'viewer')
  const looking = await createTenants(platform).act(viewer, shop.id)
  expect((await looking.call(exportCatalogue, { body: {} })).status).toBe(403)
  expect((await looking.call(linkExport, { params })).status).toBe(403)
  expect((await shop.shopper.call(exportCatalogue, { body: {} })).status).toBe(401)
  expect((await shop.shopper.call(linkExport, { params })).status).toBe(401)
})
