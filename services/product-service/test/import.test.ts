import { Readable } from 'node:stream'
import type { Reply } from '@prognetwork/contracts'
import { productContract } from '@prognetwork/contracts/product'
import {
  type Answer,
  startTestPlatform,
  type TestClient,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const { listCatalogue, listProducts, listCategories, readProduct, listAdjustments } =
  productContract.operations

let platform: TestPlatform
let shop: TestShop

beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
})
afterAll(() => platform?.stop())

type Line = Reply<typeof productContract.operations.importProducts>

function put(
  text: string | Buffer | Readable,
  query = '',
  client: TestClient = shop.staff,
): Promise<Answer<unknown>> {
  return client.raw('PUT', `/api/v1/catalogue/import${query}`, {
    body: text,
    headers: { 'content-type': 'text/csv; charset=utf-8' },
  })
}

/** The lines of an import that was taken. */
async function take(
  text: string | Buffer | Readable,
  query = '',
  client = shop.staff,
): Promise<Line[]> {
  const answer = await put(text, query, client)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  expect(answer.headers['content-type']).toContain('application/x-ndjson')
  return answer.body as Line[]
}

const csv = (...lines: string[]) => `${lines.join('\r\n')}\r\n`

const shopHeader =
  'Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,' +
  'Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,' +
  'Variant Compare At Price,Image Src,Image Alt Text,Gift Card'
const shopExport = csv(
  shopHeader,
  'oak-bench,Oak Bench,"<p>Sits ""three"".\nAnd a cat.</p><script>x()</script>",Rustic,Outdoor,"Wood, Garden",true,Length,120 cm,OAK-120,shop,3,deny,149.50,199,https://images.example.com/oak-1.jpg,A bench,false',
  'oak-bench,,,,,,,,180 cm,OAK-180,shop,0,continue,189,,https://images.example.com/oak-2.jpg,,',
  'oak-bench,,,,,,,,,,,,,,,https://images.example.com/oak-3.jpg,,',
  'tea-light,Tea light,,,,,false,Title,Default Title,,,,deny,0.99,,,,false',
)

describe('an export of a shop', () => {
  test('becomes products, variants, prices, pictures and stock', async () => {
    const lines = await take(shopExport, '?currency=USD')
    expect(lines.map((one) => one.kind)).toEqual(['started', 'finished'])
    expect(lines[1]).toMatchObject({
      rows: 4,
      refused: 0,
      products: { created: 2, updated: 0, unchanged: 0 },
      variants: { created: 3, updated: 0, unchanged: 0 },
      file: { format: 'shop-export', currency: 'USD', ignoredColumns: ['Gift Card'] },
    })
    const { body } = await shop.staff.call(listCatalogue, { query: {} })
    const bench = body.items.find((one) => one.slug === 'oak-bench')
    expect(bench).toMatchObject({
      title: 'Oak Bench',
      description: '<p>Sits "three".\nAnd a cat.</p>',
      status: 'active',
      tags: ['Wood', 'Garden'],
      options: ['Length'],
      images: [
        { url: 'https://images.example.com/oak-1.jpg', alt: 'A bench' },
        { url: 'https://images.example.com/oak-2.jpg', alt: null },
        { url: 'https://images.example.com/oak-3.jpg', alt: null },
      ],
      variants: [
        {
          sku: 'OAK-120',
          optionValues: ['120 cm'],
          prices: [{ amountMinor: 14_950, currency: 'USD', compareAtMinor: 19_900 }],
          stock: { onHand: 3, policy: 'deny' },
        },
        { sku: 'OAK-180', stock: { onHand: 0, policy: 'continue' } },
      ],
    })
    expect(body.items.find((one) => one.slug === 'tea-light')).toMatchObject({
      status: 'draft',
      options: [],
      variants: [{ optionValues: [], stock: { onHand: 0, policy: 'untracked' } }],
    })
  })

  test('sent again changes nothing, and sent with changes updates what they touch', async () => {
    const events = async () =>
      (
        await platform.sql.query('select type from every_event where tenant_id = $1 order by seq', [
          shop.id,
        ])
      ).rows
        .map((row) => row.type)
        // Its pictures are nowhere, and are asked for each time.
        .filter((type) => !/job\./.test(type))
    const before = await events()
    const [, same] = await take(shopExport, '?currency=USD')
    expect(same).toMatchObject({
      products: { created: 0, updated: 0, unchanged: 2 },
      variants: { created: 0, updated: 0, unchanged: 3 },
    })
    expect(await events()).toEqual(before)

    const changed = shopExport.replace('shop,3,deny,149.50', 'shop,8,deny,139')
    const [, updated] = await take(changed, '?currency=USD')
    expect(updated).toMatchObject({
      products: { created: 0, updated: 1, unchanged: 1 },
      variants: { created: 0, updated: 1, unchanged: 2 },
    })
    expect((await events()).slice(before.length).sort()).toEqual([
      'price.changed',
      'product.updated',
      'stock.adjusted',
    ])
    const bench = await shop.shopper.call(readProduct, {
      query: {},
      params: { product: 'oak-bench' },
    })
    expect(bench.body.variants[0]?.prices[0]?.amountMinor).toBe(13_900)
    const variantId = bench.body.variants[0]?.id ?? ''
    const told = await shop.staff.call(listAdjustments, { params: { variantId }, query: {} })
    expect(told.body.items.map(({ change, reason }) => [change, reason])).toEqual([
      [5, 'imported'],
      [3, 'imported'],
    ])
  })

  test('only says what would happen when that is asked', async () => {
    const other = await platform.shop()
    const lines = await take(shopExport, '?dryRun=true', other.staff)
    expect(lines[1]).toMatchObject({
      file: { currency: 'EUR', dryRun: true },
      products: { created: 2 },
      variants: { created: 3 },
    })
    expect((await other.staff.call(listCatalogue, { query: {} })).body.items).toEqual([])
  })
})

describe('our own form', () => {
  const header =
    'slug,title,status,category,option1_name,option1_value,sku,price,price_USD,compare_at_price_USD,on_hand'

  test('has prices in several currencies, and categories by their path', async () => {
    const other = await platform.shop()
    const [, done] = await take(
      csv(
        header,
        'mug,Mug,active,Home > Kitchen,,,MUG,9.5,11,12.25,7',
        'jug,Jug,active,home > kitchen,,,JUG,19,,,1',
      ),
      '',
      other.staff,
    )
    expect(done).toMatchObject({ file: { format: 'prognetwork' }, products: { created: 2 } })
    const { body } = await other.shopper.call(listProducts, {
      query: { category: 'kitchen', currency: 'USD', sort: 'title' },
    })
    expect(body.items.map((one) => [one.title, one.price?.from.amountMinor])).toEqual([
      ['Jug', undefined],
      ['Mug', 1_100],
    ])
    const categories = (await other.shopper.call(listCategories, { query: {} })).body.items
    expect(categories.map((one) => one.slug)).toEqual(['home', 'kitchen'])
  })

  test('leaves what a cell does not say, and knows a variant by its SKU', async () => {
    const other = await platform.shop()
    await take(
      csv(header, 'tee,Tee,active,,Size,S,TEE-S,10,,,1', 'tee,,,,,M,TEE-M,10,,,2'),
      '',
      other.staff,
    )
    const [, done] = await take(
      csv('slug,title,option1_value,sku,price', 'tee,,Small,TEE-S,', 'tee,,M,,12'),
      '',
      other.staff,
    )
    expect(done).toMatchObject({ refused: 0, variants: { created: 0, updated: 2 } })
    await take(csv('slug,title', 'tee,T-shirt'), '', other.staff)
    const { body } = await other.staff.call(listCatalogue, { query: {} })
    expect(body.items[0]).toMatchObject({
      title: 'T-shirt',
      status: 'active',
      variants: [
        { sku: 'TEE-S', optionValues: ['Small'], prices: [{ amountMinor: 1_000 }] },
        { sku: 'TEE-M', optionValues: ['M'], prices: [{ amountMinor: 1_200 }] },
      ],
    })
  })

  test('refuses rows with their line, column and what was expected, and takes the others', async () => {
    const other = await platform.shop()
    const lines = await take(
      csv(
        header,
        'good,Good,active,,,,G-1,1,,,1',
        'bad slug!,Bad,active,,,,,1,,,1',
        'priced,Priced,active,,,,,1.234,,,1',
        '"two\nlines",Title,active,,,,,1,,,1',
        'counted,Counted,sold,,,,,1,,,many',
        'lost,,active,,,,,1,,,1',
        ',No slug,active,,,,,1,,,1',
        'sized,Sized,active,,Size,,,1,,,1',
        'stolen,Stolen,active,,,,G-1,1,,,1',
        'wide,Wide,active,,,,,1,,,1,more,cells',
        'last,Last,active,,,,,1,,,1',
      ),
      '',
      other.staff,
    )
    const errors = lines.flatMap((one) => (one.error ? [one.error] : []))
    expect(errors.map(({ line, column }) => [line, column])).toEqual([
      [3, 'slug'],
      [4, 'price'],
      [5, 'slug'],
      [7, 'status'],
      [7, 'on_hand'],
      [8, 'title'],
      [9, 'slug'],
      [10, 'options'],
      [11, 'sku'],
      [12, 'row'],
    ])
    for (const { expected, detail } of errors) expect(expected && detail).toMatch(/\S/)
    expect(errors[1]).toMatchObject({
      expected: 'an amount of EUR such as 12.50, with no more decimals than it has',
      detail: 'It is "1.234"',
    })
    expect(lines.at(-1)).toMatchObject({
      kind: 'finished',
      rows: 11,
      refused: 9,
      products: { created: 2 },
    })
  })
})

describe('a file', () => {
  test.each([
    ['that is empty', ''],
    ['of another kind', csv('name,amount', 'a,1')],
    ['separated by semicolons', csv('slug;title;price', 'a;A;1')],
    ['with a column twice', csv('slug,title,title', 'a,A,A')],
    ['with a currency nobody has', csv('slug,title,price_XXZ', 'a,A,1')],
    ['that is not UTF-8', Buffer.from([0x73, 0x6c, 0xff, 0xfe, 0x0a])],
  ])('%s is refused before anything is taken', async (_, text) => {
    const { problem } = await put(text)
    expect(problem).toMatchObject({ status: 422, code: 'product.file_unreadable' })
    expect(problem.detail).toMatch(/header|empty|UTF-8/)
  })

  test('that is refused for its header is answered, however much of it is still to come', async () => {
    async function* endless() {
      yield 'name,amount\n'
      for (;;) yield `${'x'.repeat(65_536)},1\n`
    }
    const answer = await put(Readable.from(endless()))
    expect(answer.problem.code).toBe('product.file_unreadable')
  })

  test('that breaks half-way keeps what came before, and says where it broke', async () => {
    const other = await platform.shop()
    const rows = Array.from({ length: 600 }, (_, at) => `thing-${at},Thing ${at},1`)
    const lines = await take(
      csv('slug,title,price', ...rows, 'broken,"never closed,1'),
      '',
      other.staff,
    )
    const last = lines.at(-1)
    expect(last).toMatchObject({
      kind: 'failed',
      rows: 500,
      products: { created: 500 },
      problem: { code: 'product.file_unreadable' },
    })
    expect(last?.problem?.detail).toMatch(/Near line 60\d: a quote/)
  })

  test('is taken whole however it arrives: in one byte at a time, with a byte order mark', async () => {
    const other = await platform.shop()
    const bytes = Buffer.from(`\ufeff${csv('slug,title,price', 'ü,Übertopf,1', 'b,B,2')}`)
    const chunks = [...bytes].map((byte) => Buffer.from([byte]))
    const lines = await take(Readable.from(chunks), '', other.staff)
    expect(lines.at(-1)).toMatchObject({ kind: 'finished', products: { created: 2 } })
  })

  test('of more than one lot keeps its products whole, and takes rows of one that come apart', async () => {
    const other = await platform.shop()
    const rows = Array.from({ length: 1_300 }, (_, at) => {
      const product = Math.floor(at / 3)
      return at % 3 === 0
        ? `p-${product},Product ${product},Size,S${at},1`
        : `p-${product},,,S${at},1`
    })
    const lines = await take(
      csv('slug,title,option1_name,option1_value,price', ...rows, 'p-0,,,Later,2'),
      '',
      other.staff,
    )
    expect(lines.at(-1)).toMatchObject({
      kind: 'finished',
      rows: 1_301,
      refused: 0,
      products: { created: 434, updated: 1 },
      variants: { created: 1_301 },
    })
  })

  test('needs the permission, the right media type, and a body', async () => {
    expect((await put(shopExport, '', shop.shopper)).status).toBe(401)
    expect((await put(shopExport, '', shop.owner)).status).toBe(403)
    const json = await shop.staff.raw('PUT', '/api/v1/catalogue/import', {
      body: '{}',
      headers: { 'content-type': 'application/json' },
    })
    expect(json.problem).toMatchObject({ status: 415, detail: 'The body must be text/csv' })
    const nothing = await shop.staff.raw('PUT', '/api/v1/catalogue/import')
    expect(nothing.problem).toMatchObject({ status: 400, code: 'request.invalid' })
  })

  test('that is taken twice at the same moment is taken once', async () => {
    const other = await platform.shop()
    const text = csv(
      'slug,title,sku,price',
      ...Array.from({ length: 300 }, (_, at) => `t-${at},T ${at},SKU-${at},1`),
    )
    const both = await Promise.all([take(text, '', other.staff), take(text, '', other.staff)])
    const created = both.map((lines) => lines.at(-1)?.products?.created ?? -1)
    expect(created.toSorted()).toEqual([0, 300])
  })

  test('whose sender goes away leaves whole lots behind', async () => {
    const other = await platform.shop()
    async function* slowly() {
      yield csv(
        'slug,title,price',
        ...Array.from({ length: 1_200 }, (_, at) => `g-${at},G ${at},1`),
      )
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      throw new Error('gone')
    }
    await expect(put(Readable.from(slowly()), '', other.staff)).rejects.toThrow()
    const count = async () => {
      const { rows } = await platform.sql.query(
        'select count(*)::int as count from product_service.product where tenant_id = $1',
        [other.id],
      )
      return rows[0].count
    }
    await expect.poll(count).toBe(1_000)
  })
})
