// A shopper on a phone, from the first page of a shop to the parcel, beside staff and strangers.
import { orderContract } from '@prognetwork/contracts/order'
import { productContract } from '@prognetwork/contracts/product'
import { userContract } from '@prognetwork/contracts/user'
import {
  type BrowserPlatform,
  browserMissing,
  type TestShop,
  testPassword,
} from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { lightUp } from './lamps.ts'
import { type OpenShop, openShop, script } from './open-shop.ts'

const orders = orderContract.operations

describe('a shop', () => {
  let platform: BrowserPlatform
  let shop: TestShop
  let storefront: string
  let fillCart: OpenShop['fillCart']
  let pay: OpenShop['pay']
  let orderOf: OpenShop['orderOf']
  beforeAll(async () => {
    if (browserMissing) return
    const open = await openShop()
    ;({ platform, shop, storefront, fillCart, pay, orderOf } = open)
    await open.stock(`Pot ${script}`, 1_200)
    await lightUp(shop)
  }, 120_000)
  beforeEach((context) => {
    if (browserMissing) context.skip(browserMissing)
  })
  afterAll(() => platform?.stop())

  async function signUp(email: string): Promise<void> {
    const { signUp: begin, verifyEmail } = userContract.operations
    const body = { email, password: testPassword, displayName: 'A Guest' }
    await shop.shopper.call(begin, { body })
    const token = await platform.mailedToken(email)
    await shop.shopper.call(verifyEmail, { body: { token, password: testPassword } })
  }

  test('an order is followed to its parcel and back without loading the page again', async () => {
    const { page, complaints, close } = await platform.browse({ isPhone: true })
    await fillCart(page, 'Oak Stool')
    await pay(page)
    await page.getByText('Paid', { exact: true }).first().waitFor()
    await page.getByText('This page follows the order by itself.').waitFor()
    const order = await orderOf(page)
    expect(order.total).toEqual({ amountMinor: 5_400, currency: 'EUR' })
    await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }))
    const params = { orderId: order.id }
    await shop.staff.call(orders.shipOrder, { params, body: { carrier: 'Post', number: 'P-1' } })
    await page.getByText('P-1').waitFor()
    await page.getByRole('status').getByText('On its way').waitFor()
    await shop.staff.call(orders.refundOrder, { params, body: { reason: 'It came broken' } })
    await page.getByText('It came broken').waitFor()
    expect(await page.evaluate(() => 'isSamePage' in globalThis)).toBe(true)
    expect(complaints).toEqual([])
    await close()
  })

  test('all of it works without script', async () => {
    const { page, close } = await platform.browse({ hasScript: false, isPhone: true })
    await fillCart(page, 'Oak Stool')
    await pay(page)
    await page.getByText('Paid', { exact: true }).first().waitFor()
    await page.reload()
    await page.getByText('Paid', { exact: true }).first().waitFor()
    await close()
  })

  test('a card that is refused costs nothing, and another one pays', async () => {
    const { page, close } = await platform.browse({ isPhone: true })
    await fillCart(page, 'Oak Stool')
    await pay(page, '4000 0000 0000 0002')
    await page.getByText('The payment failed. Nothing was ordered').waitFor()
    expect(await page.getByLabel('City').inputValue()).toBe('London')
    await pay(page, '4242 4242 4242 4242')
    await page.getByRole('heading', { name: /^Order / }).waitFor()
    await close()
  })

  test('a bank that asks who pays is answered, and the order goes on by itself', async () => {
    const { page, close } = await platform.browse({ isPhone: true })
    await fillCart(page, 'Oak Stool')
    await page.getByText('pay with a test card').click()
    const asking = await page.getByRole('row').filter({ hasText: /who/ }).first().textContent()
    await pay(page, /\d{16}/.exec(asking ?? '')?.[0])
    await page.getByText('Waits for the payment').first().waitFor()
    const bank = await page.context().newPage()
    const address = await page
      .getByRole('link', { name: 'Confirm the payment' })
      .getAttribute('href')
    await bank.goto(new URL(address ?? '', storefront).href)
    await bank.getByRole('button', { name: 'It is me' }).click()
    await bank.getByText('The payment is confirmed.').waitFor()
    await page.getByRole('status').getByText('Paid').waitFor()
    await close()
  })

  test('a guest who signs in keeps the cart, and finds the order in the account', async () => {
    const { page, close } = await platform.browse({ isPhone: true })
    const email = `guest-${shop.slug}@example.com`
    await signUp(email)
    await fillCart(page, 'Oak Stool')
    await page.goto(`${storefront}/sign-in?to=/cart`)
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password').fill(testPassword)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('spinbutton', { name: 'How many of Oak Stool' }).waitFor()
    await page.getByRole('link', { name: 'To the checkout' }).click()
    await pay(page)
    const { reference } = await orderOf(page)
    await page.goto(`${storefront}/account`)
    await page.getByRole('link', { name: reference }).click()
    await page.getByRole('heading', { name: `Order ${reference}` }).waitFor()
    await close()
  })

  test('another shop has nothing of it: no goods, no cart, no session, no order', async () => {
    const { page, close } = await platform.browse({ isPhone: true })
    await fillCart(page, 'Oak Stool')
    await pay(page)
    await page.getByRole('heading', { name: /^Order / }).waitFor()
    const key = new URL(page.url()).pathname
    const other = await platform.shop()
    const theirs = platform.addressOf('storefront-client', other.slug)
    await page.goto(`${theirs}${key}`)
    await page.getByText('There is nothing at this address').waitFor()
    await page.goto(`${theirs}/search?q=Oak`)
    await page.getByText('Nothing was found').waitFor()
    const changes = `/api/v1/order-look-ups/${key.replace('/orders/', '')}/changes`
    expect(await page.evaluate(async (path) => (await fetch(path)).status, changes)).toBe(404)
    await close()
  })

  test('script in a name or a description stays text', async () => {
    const { page, complaints, close } = await platform.browse()
    await page.goto(`${storefront}/search?q=Pot`)
    await page.getByText(`Pot ${script}`).first().click()
    await page.getByRole('heading', { name: `Pot ${script}` }).waitFor()
    expect(await page.title()).toContain(`Pot ${script}`)
    expect(await page.locator('main script').count()).toBe(0)
    expect(complaints).toEqual([])
    await close()
  })

  test('the cart holds what is set, and coupons that there are none of are refused', async () => {
    const { page, close } = await platform.browse()
    await fillCart(page, 'Oak Stool')
    await page.goto(`${storefront}/cart`)
    await page.getByRole('spinbutton').fill('3')
    await page.getByRole('button', { name: 'Change' }).click()
    await page.getByText('€147.00').first().waitFor()
    await page.getByRole('textbox', { name: 'Coupon code' }).fill('NOTHING')
    await page.getByRole('button', { name: 'Redeem' }).click()
    await page.getByText('This code takes nothing off.').waitFor()
    await page.getByRole('button', { name: 'Remove Oak Stool' }).click()
    await page.getByText('There is nothing in it yet.').waitFor()
    await close()
  })

  test.each([true, false])(
    'what is found is narrowed by what products are (script: %s)',
    async (hasScript) => {
      const { page, complaints, close } = await platform.browse({ hasScript })
      await page.goto(`${storefront}/search?q=Lamp`)
      const narrow = page.getByRole('form', { name: 'Narrow the results' })
      await narrow.getByLabel('Brass').check()
      await narrow.getByRole('button', { name: 'Show these' }).click()
      await page.getByText('1 product', { exact: true }).waitFor()
      await page.getByRole('link', { name: 'Without Metal: Brass' }).click()
      await page.getByText('2 products', { exact: true }).waitFor()
      await narrow.getByLabel('from').fill('25,5')
      await narrow.getByRole('button', { name: 'Show these' }).click()
      await page.getByRole('link', { name: 'Without Height: ≥ 25,5 cm' }).waitFor()
      await page.getByRole('link', { name: /Steel Lamp/ }).click()
      await page.getByRole('heading', { name: 'Steel Lamp' }).waitFor()
      const facts = page.getByRole('term')
      await expect.poll(() => facts.allTextContents()).toEqual(['Foldable', 'Height', 'Metal'])
      expect(await page.getByRole('definition').allTextContents()).toEqual([
        'Yes ',
        '30 cm',
        'Steel ',
      ])
      expect(complaints).toEqual([])
      await close()
    },
  )

  test('a collection is found from the home page, as its staff ordered it', async () => {
    const { page, complaints, close } = await platform.browse({ isPhone: true })
    await page.goto(storefront)
    await page.getByRole('link', { name: 'Light for long evenings' }).click()
    await page.getByRole('heading', { name: 'Light for long evenings' }).waitFor()
    expect(await page.locator('.products .name').allTextContents()).toEqual([
      'Steel Lamp',
      'Brass Lamp',
    ])
    const canonical = page.locator('link[rel=canonical]')
    expect(await canonical.getAttribute('href')).toBe(`${storefront}/collections/evenings`)
    const read = async (path: string) => (await fetch(path)).text()
    const map = await page.evaluate(read, '/sitemap.xml')
    expect(map).toContain(`${storefront}/collections/evenings<`)
    expect(map).toContain(`hreflang="de" href="${storefront}/collections/evenings?language=de"`)
    expect((await page.goto(`${storefront}/collections/none`))?.status()).toBe(404)
    expect(complaints.filter((one) => !one.includes('404'))).toEqual([])
    await close()
  })

  test.each([true, false])(
    'a German reads German, and is told what of it is not (script: %s)',
    async (hasScript) => {
      const { page, complaints, close } = await platform.browse({ language: 'de-AT', hasScript })
      await page.goto(storefront)
      await page.getByRole('link', { name: 'Licht für lange Abende' }).click()
      await page.getByRole('heading', { name: 'Licht für lange Abende' }).waitFor()
      const names = page.locator('.products .name')
      expect(await names.allTextContents()).toEqual(['Steel Lamp', 'Messinglampe'])
      expect(await names.first().getAttribute('lang')).toBe('en')
      expect(await names.last().getAttribute('lang')).toBeNull()
      await page.goto(`${storefront}/search?q=messinglampe&attribute=metal:Brass`)
      await page.getByRole('link', { name: 'Ohne Metall: Messing' }).waitFor()
      await page.getByRole('link', { name: /Messinglampe/ }).click()
      await page.getByRole('heading', { name: 'Messinglampe', exact: true }).waitFor()
      expect(await page.title()).toContain('Messinglampe')
      await page.getByText('Aus Messing.').waitFor()
      expect(await page.getByRole('definition').allTextContents()).toContain('Messing ')
      await page.getByRole('button', { name: 'In den Warenkorb' }).click()
      await page.getByRole('spinbutton', { name: 'Wie viele: Messinglampe' }).waitFor()
      expect(complaints).toEqual([])
      await close()
    },
  )

  test('what is not in the language of the page says so', async () => {
    const { page, violations, close } = await platform.browse({ language: 'de' })
    await page.goto(`${storefront}/products/brass-lamp?language=en`)
    await page.getByRole('heading', { name: 'Brass Lamp' }).waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('en')
    const linked = async (which: string) => page.locator(`link${which}`).getAttribute('href')
    const address = `${storefront}/products/brass-lamp`
    expect(await linked('[rel=canonical]')).toBe(`${address}?language=en`)
    expect(await linked('[hreflang=de]')).toBe(`${address}?language=de`)
    expect(await linked('[hreflang=x-default]')).toBe(address)
    await page.goto(address)
    await page.getByRole('heading', { name: 'Messinglampe' }).waitFor()
    expect(await linked('[rel=canonical]')).toBe(address)
    await page.goto(`${storefront}/products/steel-lamp`)
    expect(await page.getByRole('heading', { level: 1 }).getAttribute('lang')).toBe('en')
    expect(await page.locator('.description').getAttribute('lang')).toBe('en')
    expect(await violations()).toEqual([])
    await close()
  })

  test('a customer says what a product is like, and it is shown when staff have read it', async () => {
    const { page, close } = await platform.browse({ isPhone: true, hasScript: false })
    const email = `critic-${shop.slug}@example.com`
    await signUp(email)
    const product = `${storefront}/products/brass-lamp`
    await page.goto(product)
    await page.getByText('Nobody has said anything about it yet.').waitFor()
    await page.getByRole('link', { name: 'Write a review' }).click()
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password').fill(testPassword)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: 'Send' }).click()
    await page.locator('.wrong').first().waitFor()
    await page.getByLabel('How do you like it?').selectOption('4')
    await page.getByLabel('What you want to say').fill(`Bright. ${script}`)
    await page.getByLabel('Your name, as it is shown').fill('A Critic')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('It is shown as soon as the shop has read it.').waitFor()
    await page.goto(product)
    await page.getByText('Nobody has said anything about it yet.').waitFor()
    const { listCatalogueReviews, moderateReview } = productContract.operations
    const { body } = await shop.staff.call(listCatalogueReviews, { query: { state: 'pending' } })
    const params = { reviewId: body.items[0]?.id ?? '' }
    await shop.staff.call(moderateReview, { params, body: { state: 'approved' } })
    await page.reload()
    await page.getByText(`Bright. ${script}`).waitFor()
    await page.getByText('4 of 5 from 1 review').first().waitFor()
    const structured = await page.locator('script[type="application/ld+json"]').textContent()
    expect(JSON.parse(structured ?? '{}').aggregateRating).toMatchObject({ reviewCount: 1 })
    await page.goto(`${product}/review`)
    await page.getByLabel('What you want to say').fill('Again')
    await page.getByLabel('Your name, as it is shown').fill('A Critic')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('You have said what you think of it already.').waitFor()
    await close()
  })

  test.each([true, false])(
    'goods are asked back on the page of their order (script: %s)',
    async (hasScript) => {
      const { page, close } = await platform.browse({ isPhone: true, hasScript })
      await fillCart(page, 'Oak Stool')
      await pay(page)
      await page.getByText('Paid', { exact: true }).first().waitFor()
      const order = await orderOf(page)
      const parcel = { carrier: 'Post', number: 'P-2' }
      await shop.staff.call(orders.shipOrder, { params: { orderId: order.id }, body: parcel })
      if (!hasScript) await page.reload()
      await page.getByText('Send something back').click()
      await page.getByRole('button', { name: 'Ask for the return' }).click()
      await page.getByRole('alert').waitFor()
      await page.getByLabel('Why').fill('It wobbles')
      await page.getByRole('button', { name: 'Ask for the return' }).click()
      await page.getByText('Asked for').waitFor()
      const { body } = await shop.staff.call(orders.listReturns, { query: { orderId: order.id } })
      expect(body.items).toMatchObject([{ state: 'requested', reason: 'It wobbles' }])
      expect(await page.getByText('Send something back').count()).toBe(0)
      const params = { returnId: body.items[0]?.id ?? '' }
      await shop.staff.call(orders.refuseReturn, { params, body: { reason: 'It was made to' } })
      if (!hasScript) await page.reload()
      await page.getByText('Refused').waitFor()
      await page.getByText('It was made to').waitFor()
      await close()
    },
  )
})
