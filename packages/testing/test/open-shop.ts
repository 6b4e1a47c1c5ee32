// A shop in a browser, for journeys of its visitors.
import { orderContract } from '@prognetwork/contracts/order'
import { productContract } from '@prognetwork/contracts/product'
import { startBrowserPlatform } from '@prognetwork/testing'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

const orders = orderContract.operations

export const script = '<script>document.title = "taken over"</script>'

export type OpenShop = Awaited<ReturnType<typeof openShop>>

export async function openShop() {
  const platform = await startBrowserPlatform()
  const shop = await platform.shop()
  const storefront = platform.addressOf('storefront-client', shop.slug)

  async function stock(title: string, amountMinor: number): Promise<void> {
    const { status } = await shop.staff.call(productContract.operations.createProduct, {
      body: {
        title,
        description: `<p>Made of wood.</p>${script}`,
        status: 'active',
        variants: [{ onHand: 100, prices: [{ amountMinor, currency: 'EUR' }] }],
      },
    })
    expect(status).toBe(201)
  }

  /** Searches, puts one into the cart, and goes to the checkout. */
  async function fillCart(page: Page, words: string): Promise<void> {
    await page.goto(storefront)
    await page.getByRole('combobox', { name: 'Search the shop' }).fill(words)
    await page.getByRole('button', { name: 'Search' }).click()
    await page.getByRole('link', { name: new RegExp(words) }).click()
    await page.getByRole('button', { name: 'Put into the cart' }).click()
    await page.getByRole('heading', { name: 'Cart' }).waitFor()
    await page.getByRole('link', { name: 'To the checkout' }).click()
  }

  async function pay(page: Page, card?: string): Promise<void> {
    await page.getByLabel('E-mail').fill('shopper@example.com')
    await page.getByLabel('Name', { exact: true }).fill('A Shopper')
    await page.getByLabel('Street and number').fill('1 Street')
    await page.getByLabel('City').fill('London')
    if (card !== undefined) await page.getByLabel('Card number').fill(card)
    await page.getByLabel('Valid until').fill('12/30')
    await page.getByLabel('Security code').fill('123')
    await page.getByRole('button', { name: /^Order and pay/ }).click()
  }

  async function orderOf(page: Page) {
    const title = await page.getByRole('heading', { name: /^Order / }).textContent()
    const reference = (title ?? '').replace('Order ', '')
    const { body } = await shop.staff.call(orders.listOrders, { query: { reference } })
    const [order] = body.items
    if (!order) throw new Error(`the shop has no order ${reference}`)
    return order
  }

  await stock('Oak Stool', 4_900)
  await shop.staff.call(orders.createShippingMethod, {
    body: { name: 'Post', price: { amountMinor: 500, currency: 'EUR' } },
  })
  return { platform, shop, storefront, stock, fillCart, pay, orderOf }
}
