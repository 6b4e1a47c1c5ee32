// A shop and its console in a browser, for journeys through the console's pages.
import { orderContract } from '@prognetwork/contracts/order'
import { productContract } from '@prognetwork/contracts/product'
import {
  type BrowserOptions,
  type Browsing,
  createTenants,
  startBrowserPlatform,
  type TestPerson,
  type TestPlatformOptions,
  testPassword,
} from '@prognetwork/testing'
import { expect } from 'vitest'

const orders = orderContract.operations

export const ways: [string, BrowserOptions][] = [
  ['light', {}],
  ['dark, on a phone, in German', { isDark: true, isPhone: true, language: 'de-DE' }],
]
/** How far a page goes beyond the window's edge. */
const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'

export type ConsoleShop = Awaited<ReturnType<typeof startConsoleShop>>

export async function startConsoleShop(options: TestPlatformOptions = {}) {
  const platform = await startBrowserPlatform(options)
  const shop = await platform.shop()
  const home = `${platform.addressOf('admin-client')}/t/${shop.slug}`

  /** Opens a page of the shop, signed in on the way. */
  async function open(
    path: string,
    options: BrowserOptions = {},
    person: TestPerson = shop.owner,
  ): Promise<Browsing> {
    const browsing = await platform.browse(options)
    const { page } = browsing
    await page.goto(`${home}${path}`)
    await page.locator('[name=email]').fill(person.email)
    await page.locator('[name=password]').fill(testPassword)
    await page.locator('button[type=submit]').first().click()
    await page.waitForURL(`${home}${path}`)
    return browsing
  }

  /** Buys by the API, as a guest; answers the order. */
  let bought = 0
  async function buy({ card = '4242424242424242', quantity = 1 } = {}) {
    const { staff, shopper } = shop
    const prices = [{ amountMinor: 4_900, currency: 'EUR' }]
    const product = await staff.call(productContract.operations.createProduct, {
      body: {
        ...{ title: `Oak Stool ${bought++}`, status: 'active' },
        variants: [{ onHand: 9, prices }],
      },
    })
    const variantId = product.body.variants[0]?.id ?? ''
    const cart = await shopper.call(orders.createCart, { body: {} })
    const params = { cartId: cart.body.id, variantId }
    await shopper.call(orders.setCartLine, { params, body: { quantity } })
    const { body } = await shopper.call(orders.checkOut, {
      body: {
        ...{ cartId: cart.body.id, email: 'shopper@example.com' },
        shippingAddress: { name: 'A', lines: ['1 Street'], city: 'London', country: 'GB' },
        paymentMethod: `sandbox_${card}_1290`,
      },
    })
    return body
  }

  return {
    platform,
    shop,
    home,
    open,
    buy,

    /** No finding of axe-core, no complaint of the browser, nothing beyond the window's edge. */
    async expectFit(paths: readonly string[], options: BrowserOptions): Promise<void> {
      const { page, complaints, hydrated, violations, close } = await open('', options)
      for (const path of paths) {
        await page.goto(`${home}${path}`)
        await hydrated()
        expect([path, ...(await violations())]).toEqual([path])
        expect([path, await page.evaluate(overflow)]).toEqual([path, 0])
      }
      expect(complaints).toEqual([])
      await close()
    },

    /** Whoever does the daily work is neither offered these pages nor shown them. */
    async expectClosed(pages: Readonly<Record<string, string>>): Promise<void> {
      const person = await createTenants(platform).join(shop, 'member')
      const { page, close } = await open('/orders', {}, person)
      await page.getByRole('heading', { name: 'Orders' }).waitFor()
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(`${home}/orders`)
        expect([name, await page.getByRole('link', { name }).count()]).toEqual([name, 0])
        await page.goto(`${home}${path}`)
        await page.getByText('403').waitFor()
      }
      await close()
    },
  }
}
