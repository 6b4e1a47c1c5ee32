// Every page for everybody: who cannot see it, who likes it dark, who reads another language. None
// has a finding of axe-core, a complaint of its browser, or anything beyond the window's edge.
import { orderContract } from '@prognetwork/contracts/order'
import { productContract } from '@prognetwork/contracts/product'
import {
  type BrowserOptions,
  type BrowserPlatform,
  browserMissing,
  startBrowserPlatform,
  type TestShop,
  testPassword,
} from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

const { checkOut, createCart, listOrders, setCartLine } = orderContract.operations

/** How far a page goes beyond the window's edge. */
const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'

const ways: [string, BrowserOptions][] = [
  ['light', {}],
  ['dark, on a phone, in German', { isDark: true, isPhone: true, language: 'de-DE' }],
]

describe('each page', () => {
  let platform: BrowserPlatform
  let shop: TestShop
  let orderPath: string
  beforeAll(async () => {
    if (browserMissing) return
    platform = await startBrowserPlatform()
    shop = await platform.shop()
    orderPath = await fill()
  }, 120_000)
  beforeEach((context) => {
    if (browserMissing) context.skip(browserMissing)
  })
  afterAll(() => platform?.stop())

  /** Something on sale in two sizes, and an order of it; answers where that is shown. */
  async function fill(): Promise<string> {
    const { staff, shopper } = shop
    const { createAttribute, createCategory, createCollection, createProduct } =
      productContract.operations
    for (const body of [
      { key: 'height', label: 'Height', type: 'number', unit: 'cm', isFilterable: true },
      { key: 'foldable', label: 'Foldable', type: 'boolean', isFilterable: true },
    ] as const)
      await staff.call(createAttribute, { body })
    const category = await staff.call(createCategory, { body: { name: 'Garden' } })
    const prices = [{ amountMinor: 4_900, currency: 'EUR' }]
    const product = await staff.call(createProduct, {
      body: {
        ...{ title: 'Oak Stool', status: 'active', description: '<p>Made of wood.</p>' },
        ...{ vendor: 'A Maker', type: 'Stool', categoryIds: [category.body.id] },
        attributes: [
          { key: 'height', value: '45' },
          { key: 'foldable', value: 'false' },
        ],
        options: ['Size'],
        variants: ['Low', 'High'].map((size) => ({ optionValues: [size], onHand: 9, prices })),
      },
    })
    await staff.call(createCollection, {
      body: { name: 'Oak', slug: 'oak', isPublished: true, productIds: [product.body.id] },
    })
    const variantId = product.body.variants[0]?.id ?? ''
    const cart = await shopper.call(createCart, { body: {} })
    const params = { cartId: cart.body.id, variantId }
    await shopper.call(setCartLine, { params, body: { quantity: 1 } })
    const order = await shopper.call(checkOut, {
      body: {
        ...{ cartId: cart.body.id, email: 'a@example.com' },
        shippingAddress: { name: 'A', lines: ['1 Street'], city: 'London', country: 'GB' },
        paymentMethod: 'sandbox_4242424242424242_1290',
      },
    })
    return `/orders/${order.body.key}`
  }

  /** Looks at pages of the console, signed in on the way to the first. */
  async function lookAtConsole(
    options: BrowserOptions,
    email: string,
    paths: readonly string[],
  ): Promise<void> {
    const { page, complaints, hydrated, violations, close } = await platform.browse(options)
    const [first = ''] = paths.map((path) => `${platform.addressOf('admin-client')}${path}`)
    await page.goto(first)
    await page.locator('[name=email]').fill(email)
    await page.locator('[name=password]').fill(testPassword)
    await page.locator('[type=submit]').click()
    await page.waitForURL(first)
    for (const path of paths) {
      await page.goto(new URL(path, first).href)
      await hydrated()
      await page.locator('main h1:visible').first().waitFor()
      expect([path, ...(await violations())]).toEqual([path])
      expect([path, await page.evaluate(overflow)]).toEqual([path, 0])
    }
    expect(complaints).toEqual([])
    await close()
  }

  test.for(ways)(
    'of the console of operators, %s, is fit for everybody',
    { timeout: 60_000 },
    async ([, options]) => {
      const { email } = await platform.operator()
      await lookAtConsole(options, email, [
        ...['', '?q=nothing', '/new', `/${shop.id}`].map((one) => `/tenants${one}`),
        ...['/configuration', '/configuration?q=nothing-like-it'],
        ...['', '?q=nobody', `/${shop.owner.accountId}`].map((one) => `/people${one}`),
      ])
    },
  )

  test.for(ways)(
    'of what a tenant is itself, %s, is fit for everybody',
    { timeout: 60_000 },
    async ([, options]) => {
      const { email, accountId } = shop.owner
      await lookAtConsole(options, email, [
        ...['/members', '/members/invite', `/members/${accountId}`, '/settings'].map(
          (path) => `/t/${shop.slug}${path}`,
        ),
      ])
    },
  )

  test.for(ways)(
    'of the daily work in the console, %s, is fit for everybody',
    { timeout: 60_000 },
    async ([, options]) => {
      const { body } = await shop.staff.call(listOrders, { query: {} })
      const [order] = body.items
      await lookAtConsole(options, shop.owner.email, [
        ...['', '/orders', `/orders/${order?.id}`, '/mail', '/events'].map(
          (path) => `/t/${shop.slug}${path}`,
        ),
        '/',
      ])
    },
  )

  test.for(ways)(
    'of the catalogue of the console, %s, is fit for everybody',
    { timeout: 60_000 },
    async ([, options]) => {
      const { createCustomerGroup, createPriceList, listCatalogue } = productContract.operations
      const key = options.isDark ? 'dark' : 'light'
      const { body: group } = await shop.staff.call(createCustomerGroup, {
        body: { key, name: 'Resellers' },
      })
      const { body: list } = await shop.staff.call(createPriceList, {
        body: { name: `Autumn, ${key}`, groupId: group.id, state: 'active' },
      })
      const { body } = await shop.staff.call(listCatalogue, { query: {} })
      const [product] = body.items
      const [variant] = product?.variants ?? []
      const [category] = product?.categories ?? []
      await lookAtConsole(options, shop.owner.email, [
        ...[
          ...['/products', '/products/new', '/products/lists', `/products/${product?.id}`],
          ...['/products?q=nothing', '/products?status=active&category=garden'],
          ...['', '/new', `/${category?.id}`].map((one) => `/categories${one}`),
          ...['', '/new', `/${list.id}`, `/${list.id}?find=oak`].map((one) => `/price-lists${one}`),
          `/price-lists/${list.id}/${variant?.id}`,
          ...['', '/new', `/${group.id}`].map((one) => `/customer-groups${one}`),
          ...['new', variant?.id].map((one) => `/products/${product?.id}/variants/${one}`),
        ].map((path) => `/t/${shop.slug}${path}`),
      ])
    },
  )

  test.for(ways)(
    'of the shop, %s, is fit for everybody',
    { timeout: 60_000 },
    async ([, options]) => {
      const { page, complaints, hydrated, violations, close } = await platform.browse(options)
      const storefront = platform.addressOf('storefront-client', shop.slug)
      const look = async (path: string) => {
        await page.goto(`${storefront}${path}`)
        await hydrated()
        expect([path, ...(await violations())]).toEqual([path])
        expect([path, await page.evaluate(overflow)]).toEqual([path, 0])
      }
      await look('/')
      for (const path of [
        ...['/categories/garden', '/collections/oak', '/search?q=nothing', '/orders'],
        '/search?q=oak&from:height=4&attribute=foldable:false&available=true',
      ])
        await look(path)
      await look('/cart')
      await look('/products/oak-stool')
      await page.getByRole('button', { name: /cart|Warenkorb/ }).click()
      await page.waitForURL(`${storefront}/cart`)
      for (const path of ['/cart', '/checkout', orderPath, '/bank/none', '/nothing'])
        await look(path)
      expect(complaints).toEqual([])
      await close()
    },
  )

  test.for(ways)('for signing in, %s, is fit for everybody', async ([, options]) => {
    const { page, complaints, violations, close } = await platform.browse(options)
    const auth = platform.addressOf('auth-client', shop.slug)
    const token = 'a'.repeat(40)
    for (const path of [
      ...['/sign-in', '/sign-up', '/reset-password', '/nothing', '/verify-email'],
      ...['verify-email', 'reset-password', 'accept-invitation', 'set-up'].map(
        (name) => `/${name}?token=${token}`,
      ),
    ]) {
      await page.goto(`${auth}${path}`)
      expect([path, ...(await violations())]).toEqual([path])
    }
    expect(complaints).toEqual([])
    await close()
  })
})
