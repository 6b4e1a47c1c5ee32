import { productContract } from '@prognetwork/contracts/product'
import { startTestPlatform, type TestPlatform, type TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const {
  listProducts,
  listCategories,
  createCategory,
  changeCategory,
  removeCategory,
  readCatalogueProduct,
  createProduct,
} = productContract.operations

let platform: TestPlatform
let shop: TestShop

beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
})
afterAll(() => platform?.stop())

describe('categories', () => {
  test('form a tree, and a category lists the products of those below it', async () => {
    const home = (await shop.staff.call(createCategory, { body: { name: 'Home & Garden' } })).body
    expect(home.slug).toBe('home-garden')
    const pots = (
      await shop.staff.call(createCategory, { body: { name: 'Pots', parentId: home.id } })
    ).body
    const { body: product } = await shop.staff.call(createProduct, {
      body: { title: 'A pot', status: 'active', categoryIds: [pots.id] },
    })
    expect(product.categories).toEqual([{ id: pots.id, slug: 'pots', name: 'Pots' }])
    for (const category of ['pots', 'home-garden']) {
      const { body } = await shop.shopper.call(listProducts, { query: { category } })
      expect(body.items.map((one) => one.id)).toEqual([product.id])
    }
    const listed = await shop.shopper.call(listCategories, { query: {} })
    expect(listed.body.items).toEqual(
      [home, pots].map(({ translations: _, ...one }) => ({ ...one, locale: null })),
    )

    const circle = await shop.staff.call(changeCategory, {
      params: { categoryId: home.id },
      body: { version: 1, parentId: pots.id },
    })
    expect(circle.problem.code).toBe('product.category_unfit')
    const inUse = await shop.staff.call(removeCategory, { params: { categoryId: home.id } })
    expect(inUse.problem.code).toBe('product.category_in_use')
    const taken = await shop.staff.call(createCategory, { body: { name: 'POTS' } })
    expect(taken.problem.code).toBe('product.category_slug_taken')
    const nameless = await shop.staff.call(createCategory, { body: { name: '???' } })
    expect(nameless.problem.code).toBe('product.category_unfit')
    const asOther = await shop.staff.call(changeCategory, {
      params: { categoryId: home.id },
      body: { version: 1, slug: 'pots' },
    })
    expect(asOther.problem.code).toBe('product.category_slug_taken')

    const moved = await shop.staff.call(changeCategory, {
      params: { categoryId: pots.id },
      body: { version: 1, parentId: null, name: 'Vases' },
    })
    expect(moved.body).toMatchObject({ parentId: null, name: 'Vases', slug: 'pots', version: 2 })
    const late = await shop.staff.call(changeCategory, {
      params: { categoryId: pots.id },
      body: { version: 1, name: 'Late' },
    })
    expect(late.problem.code).toBe('product.category_outdated')
    for (const categoryId of [home.id, pots.id])
      expect((await shop.staff.call(removeCategory, { params: { categoryId } })).status).toBe(204)
    const kept = await shop.staff.call(readCatalogueProduct, { params: { productId: product.id } })
    expect(kept.body.categories).toEqual([])
  })

  test('that are not there are said to be missing', async () => {
    const gone = '01938d5e-7c1a-7b32-9f60-0c5b1a2d3e4f'
    for (const answer of [
      await shop.shopper.call(listProducts, { query: { category: 'nowhere' } }),
      await shop.staff.call(createCategory, { body: { name: 'Child', parentId: gone } }),
      await shop.staff.call(removeCategory, { params: { categoryId: gone } }),
    ])
      expect(answer.problem).toMatchObject({ status: 404, code: 'product.category_missing' })
  })
})

const create = (name: string, parentId: string | null = null) =>
  shop.staff.call(createCategory, { body: { name, parentId } })

test('a category cannot be removed while another is put under it', async () => {
  for (let at = 0; at < 10; at++) {
    const { body: parent } = await create(`Parent ${at}`)
    const [child, removal] = await Promise.all([
      create(`Child ${at}`, parent.id),
      shop.staff.call(removeCategory, { params: { categoryId: parent.id } }),
    ])
    expect([
      [201, 409],
      [404, 204],
    ]).toContainEqual([child.status, removal.status])
  }
})

test('a branch cannot be moved to where it would stand too deep', async () => {
  async function chain(name: string, levels: number): Promise<string[]> {
    const ids: string[] = []
    for (let level = 1; level <= levels; level++)
      ids.push((await create(`${name} ${level}`, ids.at(-1))).body.id)
    return ids
  }
  const [upper, lower] = [await chain('Upper', 12), await chain('Lower', 9)]
  const move = (version: number, parentId: string | undefined) =>
    shop.staff.call(changeCategory, {
      params: { categoryId: lower[0] ?? '' },
      body: { version, parentId: parentId ?? null },
    })
  expect((await move(1, upper[11])).problem.code).toBe('product.category_unfit')
  expect((await move(1, upper[10])).body).toMatchObject({ parentId: upper[10], version: 2 })
})
