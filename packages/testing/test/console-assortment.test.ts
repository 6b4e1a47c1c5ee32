// What products are arranged by, in the console: categories, price lists and groups of customers.
import { productContract } from '@prognetwork/contracts/product'
import { userContract } from '@prognetwork/contracts/user'
import { browserMissing, createTenants } from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ConsoleShop, startConsoleShop } from './console-shop.ts'

const {
  changeCategory,
  createCategory,
  createCustomerGroup,
  createProduct,
  listCategories,
  readVariantPrices,
} = productContract.operations
const { signUp, verifyEmail } = userContract.operations

describe('the assortment in the console', () => {
  let store: ConsoleShop
  beforeAll(async () => {
    if (!browserMissing) store = await startConsoleShop()
  }, 120_000)
  beforeEach((context) => {
    if (browserMissing) context.skip(browserMissing)
  })
  afterAll(() => store?.platform.stop())

  const categories = async () => {
    const { body } = await store.shop.shopper.call(listCategories, { query: {} })
    return body.items
  }

  test('categories are made below each other, renamed, moved and removed', async () => {
    const { page, complaints, close } = await store.open('/categories')
    await page.getByText('No category yet').waitFor()
    await page.getByRole('link', { name: 'New category' }).click()
    await page.getByLabel('Name').fill('Garden')
    await page.getByRole('button', { name: 'Create it' }).click()
    await page.getByRole('heading', { name: 'Garden' }).waitFor()
    await page.getByRole('link', { name: 'New one below it' }).click()
    await page.getByRole('heading', { name: 'New category' }).waitFor()
    await page.getByLabel('Name').fill('Pots')
    await page.getByLabel('Slug').fill('garden')
    await page.getByRole('button', { name: 'Create it' }).click()
    await page.getByText('Another category has this slug.').first().waitFor()
    await page.getByLabel('Slug').fill('')
    await page.getByRole('button', { name: 'Create it' }).click()
    await page.getByRole('heading', { name: 'Pots' }).waitFor()
    const [garden, pots] = await categories()
    expect(pots).toMatchObject({ slug: 'pots', parentId: garden?.id })
    await page.getByLabel('Name').fill('Vases')
    await page.getByLabel('Stands under').selectOption('None, it is at the top')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'Vases' }).waitFor()
    expect(await categories()).toMatchObject([{ parentId: null }, { parentId: null }])
    await page.getByText('Remove the category').click()
    await page.getByRole('button', { name: 'Remove it' }).click()
    await page.getByRole('heading', { name: 'Categories' }).waitFor()
    await expect.poll(() => page.getByRole('row').count()).toBe(2)
    expect(complaints).toEqual([])
    await close()
  })

  test('a category is no place for itself, and what others changed is told, without script', async () => {
    const { staff } = store.shop
    const { body: upper } = await staff.call(createCategory, { body: { name: 'Upper' } })
    const lower = await staff.call(createCategory, { body: { name: 'Lower', parentId: upper.id } })
    const { page, close } = await store.open(`/categories/${upper.id}`, { hasScript: false })
    const offered = await page.getByLabel('Stands under').locator('option').allTextContents()
    expect(offered.map((one) => one.trim())).not.toContain('Upper')
    expect(offered.map((one) => one.trim())).not.toContain('Lower')
    await page.getByText('It can be removed when no other stands under it.').waitFor()
    await staff.call(changeCategory, {
      params: { categoryId: upper.id },
      body: { version: 1, name: 'Theirs' },
    })
    await page.getByLabel('Name').fill('Mine')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Somebody else changed the category meanwhile.').waitFor()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'Mine' }).waitFor()
    const kept = (await categories()).find(({ id }) => id === lower.body.id)
    expect(kept?.parentId).toBe(upper.id)
    await close()
  })

  test('products are narrowed by words, state and category, and the address says by which', async () => {
    const { staff } = store.shop
    const { body: lamps } = await staff.call(createCategory, { body: { name: 'Lamps' } })
    for (const [title, status, categoryIds] of [
      ['Brass Lamp', 'active', [lamps.id]],
      ['Brass Tray', 'active', []],
      ['Paper Lamp', 'draft', [lamps.id]],
    ] as const)
      await staff.call(createProduct, {
        body: { title, status, categoryIds: [...categoryIds], variants: [{ onHand: 1 }] },
      })
    const { page, complaints, close } = await store.open('/categories')
    await page.getByRole('link', { name: 'Show products of Lamps' }).click()
    await page.waitForURL(`${store.home}/products?category=lamps`)
    const rows = page.locator('tbody tr')
    await expect.poll(() => rows.count()).toBe(2)
    await page.keyboard.press('/')
    await page.keyboard.type('bra')
    await page.keyboard.press('Enter')
    await expect.poll(() => rows.allTextContents()).toEqual([expect.stringContaining('Brass Lamp')])
    await page.getByLabel('Category').selectOption('Any category')
    await page.getByLabel('Status').selectOption('On sale')
    await page.getByRole('button', { name: 'Show' }).click()
    await page.waitForURL(`${store.home}/products?q=bra&status=active`)
    await expect.poll(() => rows.count()).toBe(2)
    await page.reload()
    expect(await page.getByLabel('Words or SKU').inputValue()).toBe('bra')
    await page.getByLabel('Words or SKU').fill('nothing like it')
    await page.getByRole('button', { name: 'Show' }).click()
    await page.getByText('No product is like this.').waitFor()
    await page.goto(`${store.home}/products?category=never-made`)
    await page.getByText('This category is not here any more.').waitFor()
    await page.getByRole('link', { name: 'Clear' }).waitFor()
    expect(complaints).toEqual([])
    await close()
  })

  test('a price list is made, given prices, and what holds is told with the reason', async () => {
    const { staff } = store.shop
    const prices = [{ amountMinor: 2_900, currency: 'EUR' }]
    const { body: jug } = await staff.call(createProduct, {
      body: { title: 'Stone Jug', status: 'active', variants: [{ sku: 'JUG-1', prices }] },
    })
    const variantId = jug.variants[0]?.id ?? ''
    await staff.call(createCustomerGroup, { body: { key: 'resellers', name: 'Resellers' } })
    const { page, complaints, close } = await store.open('/price-lists')
    await page.getByRole('link', { name: 'New price list' }).click()
    await page.getByLabel('Name').fill('Autumn')
    await page.getByLabel('For').selectOption('Resellers')
    await page.getByLabel('State').selectOption('In force')
    await page.getByLabel('Holds from').fill('2020-02-01T00:00')
    await page.getByLabel('Holds until').fill('2020-01-01T00:00')
    await page.getByRole('button', { name: 'Create it' }).click()
    await page.getByText('The end comes after the beginning.').waitFor()
    await page.getByLabel('Holds until').fill('2999-01-01T00:00')
    await page.getByRole('button', { name: 'Create it' }).click()
    await page.getByRole('heading', { name: 'Autumn' }).waitFor()
    await page.getByText('Holds now').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('jug-')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Stone Jug' }).click()
    await page.getByText('By itself 29.00.').waitFor()
    await page.getByLabel('Price, EUR').fill('cheap')
    await page.getByRole('button', { name: 'Save' }).last().click()
    await page.getByText('An amount such as 19.99.').waitFor()
    await page.getByLabel('Price, EUR').fill('19,50')
    await page.getByRole('button', { name: 'Save' }).last().click()
    await page.getByRole('row', { name: /Resellers €19.50 Autumn/ }).waitFor()
    await page.getByRole('row', { name: /Everyone else €29.00 its own price/ }).waitFor()
    const { body } = await staff.call(readVariantPrices, { params: { variantId } })
    expect(body.holding.map(({ price }) => price.amountMinor)).toEqual([2_900, 1_950])
    await page.getByRole('link', { name: 'Close' }).click()
    await page.getByText('Remove the price list').click()
    await page.getByRole('button', { name: 'Remove it' }).click()
    await page.getByText('No price list yet.').waitFor()
    expect(complaints).toEqual([])
    await close()
  })

  test('customers are put into a group by their address and taken out, without script', async () => {
    const { platform, shop } = store
    const [email, password] = ['reseller@example.com', 'a fine and private place']
    await shop.shopper.call(signUp, { body: { email, password, displayName: 'A Reseller' } })
    const token = await platform.mailedToken(email)
    await shop.shopper.call(verifyEmail, { body: { token, password } })
    const { page, close } = await store.open('/customer-groups/new', { hasScript: false })
    await page.getByLabel('Name').fill('Friends')
    await page.getByRole('textbox', { name: 'Key' }).fill('Best friends')
    await page.getByRole('button', { name: 'Create it' }).click()
    await page.getByText('Small letters, digits and underscores').waitFor()
    await page.getByRole('textbox', { name: 'Key' }).fill('friends')
    await page.getByRole('button', { name: 'Create it' }).click()
    await page.getByText('Nobody is in it yet.').waitFor()
    await page.getByLabel('E-mail of a customer').fill('nobody@example.com')
    await page.getByRole('button', { name: 'Put them in' }).click()
    await page.getByText('No customer has this address.').waitFor()
    await page.getByLabel('E-mail of a customer').fill(email)
    await page.getByRole('button', { name: 'Put them in' }).click()
    await page.getByRole('cell', { name: 'A Reseller' }).waitFor()
    await page.getByRole('row', { name: /Friends friends 1/ }).waitFor()
    await page.getByRole('button', { name: 'Take out' }).click()
    await page.getByText('Nobody is in it yet.').waitFor()
    await page.getByLabel('Name').fill('Old friends')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'Old friends' }).waitFor()
    await page.getByText('Remove the group').click()
    await page.getByRole('button', { name: 'Remove it' }).click()
    await page.getByRole('heading', { name: 'Customer groups' }).waitFor()
    expect(await page.getByText('Old friends').count()).toBe(0)
    await close()
  })

  test('classes of products that no tax rate names are told where the owner looks', async () => {
    await store.shop.staff.call(createProduct, {
      body: { title: 'Novel', status: 'active', taxClass: 'books', variants: [{ onHand: 1 }] },
    })
    const { page, close } = await store.open('')
    await page.getByText('No tax rate names the class “books”. Products that have it: 1.').waitFor()
    await close()
  })

  test('who may only look is offered no change, and another tenant sees nothing', async () => {
    const { shop, platform } = store
    const { body: made } = await shop.staff.call(createCategory, { body: { name: 'Seen' } })
    const viewer = await createTenants(platform).join(shop, 'viewer')
    const theirs = await store.open(`/categories/${made.id}`, {}, viewer)
    await theirs.page.getByRole('heading', { name: 'Seen' }).waitFor()
    expect(await theirs.page.getByRole('button', { name: /Save|Remove/ }).count()).toBe(0)
    expect(await theirs.page.getByText('New category').count()).toBe(0)
    await theirs.close()
    const { staff } = await platform.shop()
    const params = { categoryId: made.id }
    const stolen = await staff.call(changeCategory, { params, body: { version: 1, name: 'Mine' } })
    expect(stolen.status).toBe(404)
  })
})
