// What pages of the shop ask for, keep and come back with.
import { orderContract } from '@prognetwork/contracts/order'
import { productContract } from '@prognetwork/contracts/product'
import { type BrowserPlatform, browserMissing, type TestShop } from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type OpenShop, openShop } from './open-shop.ts'

const orders = orderContract.operations

describe('a page of the shop', () => {
  let platform: BrowserPlatform
  let shop: TestShop
  let storefront: string
  let fillCart: OpenShop['fillCart']
  let pay: OpenShop['pay']
  let orderOf: OpenShop['orderOf']
  beforeAll(async () => {
    if (browserMissing) return
    ;({ platform, shop, storefront, fillCart, pay, orderOf } = await openShop())
  }, 120_000)
  beforeEach((context) => {
    if (browserMissing) context.skip(browserMissing)
  })
  afterAll(() => platform?.stop())

  test('follows its order on after a time without a connection', async () => {
    const { page, close } = await platform.browse({ isPhone: true, isDark: true })
    await fillCart(page, 'Oak Stool')
    await pay(page)
    await page.getByText('This page follows the order by itself.').waitFor()
    const order = await orderOf(page)
    await page.context().setOffline(true)
    await page.getByText(/^You are offline/).waitFor()
    await page.getByText(/^The page will follow the order again/).waitFor()
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
    expect(await page.evaluate(overflow)).toBe(0)
    const params = { orderId: order.id }
    await shop.staff.call(orders.shipOrder, { params, body: { carrier: 'Post', number: 'P-6' } })
    await page.getByRole('link', { name: 'Cart' }).click()
    await page.getByRole('heading', { name: `Order ${order.reference}` }).waitFor()
    await page.context().setOffline(false)
    await page.getByText('P-6').waitFor()
    await page.getByText('This page follows the order by itself.').waitFor()
    expect(await page.getByText(/^You are offline/).count()).toBe(0)
    const steps = page.locator('.history li')
    expect(await steps.filter({ hasText: 'On its way' }).count()).toBe(1)
    await close()
  })

  test('goes where a link led while nobody answered, as soon as somebody does', async () => {
    const { page, close } = await platform.browse()
    await page.goto(`${storefront}/search?q=Oak`)
    const link = page.getByRole('link', { name: 'Oak Stool' }).first()
    await link.waitFor()
    await page.waitForLoadState('networkidle')
    await page.route('**/*', (route) => route.abort())
    const refused = page.waitForEvent('requestfailed', (request) => request.method() === 'HEAD')
    await link.click()
    await refused
    // A proxy whose server is still away answers for nobody.
    await page.unroute('**/*')
    await page.route('**/*', (route) => route.fulfill({ status: 503 }))
    await page.waitForResponse((answer) => answer.request().method() === 'HEAD')
    expect(new URL(page.url()).pathname).toBe('/search')
    await page.unroute('**/*')
    await page.waitForURL(/\/products\//)
    await page.getByRole('heading', { name: 'Oak Stool' }).waitFor()
    await close()
  })

  test('keeps in its form what was chosen, however many others are found more often', async () => {
    const { createProduct } = productContract.operations
    const vendors = Array.from({ length: 12 }, (_, at) => `Maker ${at}`)
    // The later ones have made less, so that they come after those that are shown.
    for (const [at, vendor] of vendors.entries())
      for (let made = at < 10 ? 2 : 1; made > 0; made--) {
        const prices = [{ amountMinor: 100, currency: 'EUR' }]
        const title = `Spoon ${at} ${made}`
        await shop.staff.call(createProduct, {
          body: { title, vendor, status: 'active', variants: [{ onHand: 1, prices }] },
        })
      }
    const { page, close } = await platform.browse({ hasScript: false })
    await page.goto(`${storefront}/search?q=Spoon`)
    const narrow = page.getByRole('form', { name: 'Narrow the results' })
    await narrow.getByLabel('Maker 0').waitFor()
    expect(await narrow.getByLabel('Maker 11').count()).toBe(0)
    await page.goto(`${storefront}/search?q=Spoon&vendor=Maker+11`)
    expect(await narrow.getByLabel('Maker 11').isChecked()).toBe(true)
    await narrow.getByLabel('In stock').check()
    await narrow.getByRole('button', { name: 'Show these' }).click()
    await page.getByText('1 product', { exact: true }).waitFor()
    expect(new URL(page.url()).searchParams.getAll('vendor')).toEqual(['Maker 11'])
    expect(await narrow.getByLabel('Maker 11').isChecked()).toBe(true)
    await close()
  })

  test('asks for each thing once, and for reviews where there are some', async () => {
    const { createCategory, createProduct } = productContract.operations
    const { body: category } = await shop.staff.call(createCategory, { body: { name: 'Quiet' } })
    const prices = [{ amountMinor: 100, currency: 'EUR' }]
    await shop.staff.call(createProduct, {
      body: {
        ...{ title: 'Quiet Bell', status: 'active', categoryIds: [category.id] },
        variants: [{ onHand: 3, prices }],
      },
    })
    const { page, close } = await platform.browse({ hasScript: false })
    await fillCart(page, 'Quiet Bell')
    for (const path of ['/', '/categories/quiet', '/products/quiet-bell', '/cart', '/checkout']) {
      const answer = await page.goto(`${storefront}${path}`)
      const traceId = answer?.headers()['prog-trace-id'] ?? ''
      const names = platform.spans.recent({ traceId }).map(({ name }) => name)
      const asked = (name: string) => names.filter((one) => one === name).length
      expect([path, asked('listCategories'), asked('readCart')]).toEqual([path, 1, 1])
      expect([path, asked('listReviews')]).toEqual([path, 0])
    }
    await close()
  })

  test('counts what came of what was to go back, and writes dates as in the region', async () => {
    const { page, close } = await platform.browse({ hasScript: false, language: 'en-GB' })
    await fillCart(page, 'Oak Stool')
    await page.goto(`${storefront}/cart`)
    await page.getByRole('spinbutton').fill('3')
    await page.getByRole('button', { name: 'Change' }).click()
    await page.getByRole('link', { name: 'To the checkout' }).click()
    await pay(page)
    const order = await orderOf(page)
    const byOrder = { params: { orderId: order.id } }
    const parcel = { carrier: 'Post', number: 'P-3' }
    await shop.staff.call(orders.shipOrder, { ...byOrder, body: parcel })
    await page.reload()
    await page.getByText('Send something back').click()
    await page.getByLabel(/Oak Stool/).selectOption('2')
    await page.getByLabel('Why').fill('They wobble')
    await page.getByRole('button', { name: 'Ask for the return' }).click()
    const returned = page.locator('#returns ~ .stack li')
    await returned.filter({ hasText: '2 ×' }).waitFor()
    await page.getByText('Send something back').click()
    expect(
      await page
        .getByLabel(/Oak Stool/)
        .locator('option')
        .count(),
    ).toBe(2)
    const { body } = await shop.staff.call(orders.listReturns, { query: { orderId: order.id } })
    const params = { returnId: body.items[0]?.id ?? '' }
    const lines = (body.items[0]?.lines ?? []).map(({ variantId }) => {
      return { variantId, quantity: 1, restock: true }
    })
    const { approveReturn, receiveReturn } = orders
    expect((await shop.staff.call(approveReturn, { params })).status).toBe(200)
    const received = await shop.staff.call(receiveReturn, { params, body: { lines } })
    expect(received.status).toBe(200)
    await page.reload()
    await returned.filter({ hasText: '1 ×' }).waitFor()
    await page.getByText('Send something back').click()
    expect(
      await page
        .getByLabel(/Oak Stool/)
        .locator('option')
        .count(),
    ).toBe(3)
    const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' })
    const times = await page.locator('.history time').allTextContents()
    const placed = new Date(order.placedAt)
    expect(times[0]).toContain(day.format(placed))
    await close()
  })
})
