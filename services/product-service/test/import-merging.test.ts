import { Readable } from 'node:stream'
import type { Reply } from '@prognetwork/contracts'
import { productContract } from '@prognetwork/contracts/product'
import { startTestPlatform, type TestPlatform, type TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const { listCatalogue, removeCategory, listCategories } = productContract.operations

let platform: TestPlatform
let shop: TestShop

beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
})
afterAll(() => platform?.stop())

type Line = Reply<typeof productContract.operations.importProducts>

async function put(body: string | Readable, query = '', at = shop) {
  const answer = await at.staff.raw('PUT', `/api/v1/catalogue/import${query}`, {
    body,
    headers: { 'content-type': 'text/csv' },
  })
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body as Line[]
}

const take = (rows: readonly string[], query?: string, at?: TestShop) =>
  put(`${rows.join('\n')}\n`, query, at)

async function kept(slug: string) {
  const { body } = await shop.staff.call(listCatalogue, { query: { limit: 100 } })
  const found = body.items.find((one) => one.slug === slug)
  if (!found) throw new Error(`there is no product ${slug}`)
  return found
}

describe('a row', () => {
  const optionHeader = 'slug,title,option1_name,option1_value,sku'

  test('may take the SKU that a row before it gave up', async () => {
    await take([optionHeader, 'swap,Swap,Size,S,SWAP-1', 'swap,,,M,SWAP-2'])
    const lines = await take([optionHeader, 'swap,Swap,Size,S,SWAP-9', 'swap,,,L,SWAP-1'])
    expect(lines.at(-1)).toMatchObject({ kind: 'finished', refused: 0 })
    expect((await kept('swap')).variants.map((one) => [one.sku, one.optionValues[0]])).toEqual([
      ['SWAP-9', 'S'],
      ['SWAP-2', 'M'],
      ['SWAP-1', 'L'],
    ])
  })

  test('may take the option values that a row before it gave up', async () => {
    await take([optionHeader, 'move,Move,Size,S,MOVE-1', 'move,,,M,MOVE-2'])
    const lines = await take([optionHeader, 'move,Move,Size,XL,MOVE-1', 'move,,,S,MOVE-3'])
    expect(lines.at(-1)).toMatchObject({ kind: 'finished', refused: 0 })
    expect((await kept('move')).variants.map((one) => [one.sku, one.optionValues[0]])).toEqual([
      ['MOVE-1', 'XL'],
      ['MOVE-2', 'M'],
      ['MOVE-3', 'S'],
    ])
  })

  test('of nothing but a count sets the stock', async () => {
    await take(['slug,title,price', 'counted,Counted,5'])
    const lines = await take(['slug,title,on_hand', 'counted,,7'])
    expect(lines.at(-1)?.variants).toEqual({ created: 0, updated: 1, unchanged: 0 })
    expect((await kept('counted')).variants[0]?.stock.onHand).toBe(7)
  })

  test('has counts and amounts in decimal, in the minor units of their currency', async () => {
    const lines = await take(
      ['slug,title,on_hand,price', 'num-1,N,5.0,12', 'num-2,N,0x10,12', 'num-3,N,1,12.5'],
      '?currency=JPY',
    )
    expect(lines.flatMap((one) => (one.error ? [one.error] : []))).toMatchObject([
      { line: 3, column: 'on_hand', expected: 'a whole number' },
      { line: 4, column: 'price', expected: expect.stringContaining('of JPY such as 13,') },
    ])
    expect((await kept('num-1')).variants[0]?.stock.onHand).toBe(5)
  })

  test('keeps a former price that its file has no column for', async () => {
    const prices = async () => (await kept('sale')).variants[0]?.prices
    const price = (amountMinor: number, compareAtMinor: number | null) => [
      { amountMinor, currency: 'EUR', compareAtMinor },
    ]
    await take(['slug,title,price,compare_at_price', 'sale,Sale,5,8'])
    await take(['slug,title,price', 'sale,Sale,6'])
    expect(await prices()).toEqual(price(600, 800))
    await take(['slug,title,compare_at_price', 'sale,,9'])
    expect(await prices()).toEqual(price(600, 900))
    await take(['slug,title,price,compare_at_price', 'sale,Sale,6,'])
    expect(await prices()).toEqual(price(600, null))
    const [, refused] = await take(['slug,title,compare_at_price', 'no-price,No price,9'])
    expect(refused?.error).toMatchObject({ line: 2, column: 'price' })
  })

  test('that is refused changes nothing of the product it names', async () => {
    await take(['slug,title,sku', 'own,Own,OWN-1', 'other,Other,OTHER-1'])
    const lines = await take([
      'slug,title,sku,category,image_url',
      'own,Renamed,OTHER-1,Home,https://images.example.com/own.jpg',
    ])
    expect(lines.at(-1)).toMatchObject({ refused: 1, products: { updated: 0, unchanged: 1 } })
    expect(await kept('own')).toMatchObject({ title: 'Own', images: [], categories: [] })
  })

  test('of a product with other options is refused, and each of them is told', async () => {
    await take(['slug,title,option1_name,option1_value', 'opt,Opt,Size,S'])
    const lines = await take([
      'slug,title,option1_name,option1_value,option2_name,option2_value',
      'opt,Opt,Size,S,Colour,Red',
      'opt,,,M,,Red',
    ])
    expect(lines.flatMap((one) => one.error?.line ?? [])).toEqual([2, 3])
    expect(lines.at(-1)).toMatchObject({ rows: 2, refused: 2 })
  })

  test('too many of a product is refused: a variant, or a picture', async () => {
    const variants = Array.from({ length: 2_001 }, (_, at) => `many,,,v${at}`)
    const header = 'slug,title,option1_name,option1_value'
    const ofVariants = await take([header, 'many,Many,Size,first', ...variants])
    expect(ofVariants.at(-1)).toMatchObject({ refused: 2, variants: { created: 2_000 } })
    const pictures = Array.from({ length: 252 }, (_, at) => `seen,,https://example.com/${at}.jpg`)
    const ofPictures = await take(['slug,title,image_url', 'seen,Seen,', ...pictures])
    expect(ofPictures.at(-1)).toMatchObject({ refused: 2, products: { created: 1 } })
    expect((await kept('seen')).images).toHaveLength(250)
  })

  test('may hold letters that take two places where its text is cut', async () => {
    const title = `a${'𠮷'.repeat(90)}`
    const lines = await take(['slug,title,description', `odd,${title},a${'𠮷'.repeat(20_000)}`])
    expect(lines.at(-1)).toMatchObject({ kind: 'finished', refused: 0 })
    expect((await kept('odd')).title).toBe(title)
  })
})

describe('a file', () => {
  test('that is only tried counts what it would change, categories too', async () => {
    const file = ['slug,title,category,price', 'filed,Filed,Home > Kitchen,5']
    await take(file)
    const [, trial] = await take(file, '?dryRun=true')
    expect(trial?.products).toEqual({ created: 0, updated: 0, unchanged: 1 })
    const moved = await take([file[0] ?? '', 'filed,Filed,Home > Bath,5'], '?dryRun=true')
    expect(moved.at(-1)?.products).toEqual({ created: 0, updated: 1, unchanged: 0 })
  })

  test('finishes while somebody removes the category it fills', async () => {
    const { promise: removed, resolve: goOn } = Promise.withResolvers<void>()
    async function* rows() {
      yield 'slug,title,category\n'
      for (let at = 0; at < 700; at++) yield `before-${at},Before,Gone\n`
      await removed
      for (let at = 0; at < 700; at++) yield `after-${at},After,Gone\n`
    }
    const answer = put(Readable.from(rows()))
    const find = async () =>
      (await shop.staff.call(listCategories, { query: {} })).body.items.find(
        (one) => one.name === 'Gone',
      )
    await expect.poll(find, { timeout: 20_000 }).toBeDefined()
    const categoryId = (await find())?.id ?? ''
    await shop.staff.call(removeCategory, { params: { categoryId } })
    goOn()
    expect((await answer).at(-1)).toMatchObject({ kind: 'finished', refused: 0 })
    expect(await find()).toBeDefined()
  })

  test('may end its lines in all three ways', async () => {
    const lines = await put('slug,title,sku\r\nend-1,A,\nend-2,B,\rend-3,C\r\nend-4,D,E,F\n')
    expect(lines.find((one) => one.error)?.error?.line).toBe(5)
    expect(lines.at(-1)).toMatchObject({ rows: 4, refused: 1, products: { created: 3 } })
  })

  test('of a hundred thousand columns is read as quickly as any', async () => {
    const names = Array.from({ length: 100_000 }, (_, at) => `c${at.toString(36)}`)
    const lines = await take([`slug,title,${names.join(',')}`, 'wide,Wide'])
    expect(lines.at(-1)).toMatchObject({ kind: 'finished', products: { created: 1 } })
  })

  test('and the same from its end are taken at the same moment', async () => {
    const rows = Array.from({ length: 1_200 }, (_, at) => `both-${at},T${at},BOTH-${at}`)
    const all = await Promise.all([
      take(['slug,title,sku', ...rows]),
      take(['slug,title,sku', ...rows.toReversed()]),
    ])
    for (const lines of all) expect(lines.at(-1)).toMatchObject({ kind: 'finished', refused: 0 })
  })
})

describe('a file in several languages', () => {
  const header =
    'slug,title,description,title:de,title:DE-at,description:de,option1_name,option1_value,' +
    'option1_name:de,option1_value:de,sku'
  const file = [
    header,
    'cup,Cup,<p>Small.</p>,Tasse,,"<p>Klein.</p><script>x()</script>",Size,Large,Größe,Groß,C-L',
    'cup,,,,,,,Small,,Klein,C-S',
    'bowl,Bowl,,,,Tief,,,,,B',
    'jug,Jug,,,Krug,,,,,Rund,J',
  ]
  const read = async (at: TestShop, slug: string) => {
    const { body } = await at.staff.call(listCatalogue, { query: {} })
    return body.items.find((one) => one.slug === slug)
  }

  test('says beside each thing what it is called in them', async () => {
    const at = await platform.shop()
    const tried = await take(file, '?dryRun=true', at)
    expect(await read(at, 'cup')).toBeUndefined()
    const lines = await take(file, '', at)
    const errors = (all: Line[]) => all.flatMap((one) => one.error ?? [])
    expect(errors(lines)).toMatchObject([
      { line: 4, column: 'title:de', expected: expect.stringContaining('a title') },
      { line: 5, column: 'option1_value:de', detail: 'It is empty' },
    ])
    expect(errors(tried)).toEqual(errors(lines))
    expect((await read(at, 'cup'))?.translations).toEqual([
      {
        ...{ locale: 'de', title: 'Tasse', description: '<p>Klein.</p>' },
        terms: [
          { term: 'Large', text: 'Groß' },
          { term: 'Size', text: 'Größe' },
          { term: 'Small', text: 'Klein' },
        ],
      },
    ])
    expect((await read(at, 'bowl'))?.translations).toEqual([])
    expect(await read(at, 'jug')).toBeUndefined()
    const again = await take(file, '', at)
    expect(again.at(-1)?.products).toEqual({ created: 0, updated: 0, unchanged: 2 })
  })

  test('changes the words it has and leaves the others', async () => {
    const at = await platform.shop()
    await take(file, '', at)
    const more = ['slug,title,title:de,title:fr', 'cup,,Becher,Tasse', 'bowl,,Schale,']
    expect((await take(more, '', at)).at(-1)?.products).toMatchObject({ updated: 2 })
    expect((await read(at, 'cup'))?.translations).toMatchObject([
      { locale: 'de', title: 'Becher', description: '<p>Klein.</p>', terms: [{}, {}, {}] },
      { locale: 'fr', title: 'Tasse', description: null },
    ])
    expect((await read(at, 'bowl'))?.translations).toMatchObject([{ title: 'Schale' }])
  })

  test('takes away no language that was there for one that there is no room for', async () => {
    const at = await platform.shop()
    const tags = Array.from(
      { length: 31 },
      (_unused, n) => `x${String.fromCharCode(97 + (n % 26))}`,
    )
    const many = tags.map((tag, n) => (n < 26 ? tag : `y${tag[1]}`)).slice(0, 30)
    await take([`slug,title,${many.map((tag) => `title:${tag}`)}`, `cup,Cup,${many}`], '', at)
    const lines = await take(['slug,title,title:af,Title: for us', 'cup,Cup,Koppie,-'], '', at)
    expect(lines[0]).toMatchObject({ file: { ignoredColumns: ['Title: for us'] } })
    expect(lines[1]).toMatchObject({ kind: 'refused', error: { line: 2, column: 'title:af' } })
    const stands = (await read(at, 'cup'))?.translations.map(({ locale }) => locale)
    expect(stands).toEqual(many.toSorted())
  })

  test.each([
    ['slug,title,title:d3', 'names no language'],
    ['slug,title,title:', 'names no language'],
    ['slug,title,title:iw,title:he', 'title:he is there twice'],
  ])('is refused for the header %s', async (names, why) => {
    const { problem } = await shop.staff.raw('PUT', '/api/v1/catalogue/import', {
      ...{ body: names, headers: { 'content-type': 'text/csv' } },
    })
    expect(problem).toMatchObject({ code: 'product.file_unreadable' })
    expect(problem.detail).toContain(why)
  })
})
