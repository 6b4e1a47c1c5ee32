// The console beside the shop: what one does, the other sees, and strangers see nothing of it.
import { orderContract } from '@prognetwork/contracts/order'
import { productContract } from '@prognetwork/contracts/product'
import { tenantContract } from '@prognetwork/contracts/tenant'
import { userContract } from '@prognetwork/contracts/user'
import {
  type BrowserPlatform,
  type Browsing,
  browserMissing,
  startBrowserPlatform,
  type TestPerson,
  type TestShop,
  testPassword,
} from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

const orders = orderContract.operations
const markup = '<script>document.title = "taken over"</script>'

describe('the console', () => {
  let platform: BrowserPlatform
  let shop: TestShop
  let home: string
  let console: Browsing
  beforeAll(async () => {
    if (browserMissing) return
    platform = await startBrowserPlatform()
    shop = await platform.shop()
    home = `${platform.addressOf('admin-client')}/t/${shop.slug}`
  }, 120_000)
  beforeEach(async (context) => {
    if (browserMissing) context.skip(browserMissing)
    console = await platform.browse()
    return () => console.close()
  })
  afterAll(() => platform?.stop())

  async function signIn({ page }: Browsing, { email }: TestPerson): Promise<void> {
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password').fill(testPassword)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }

  /** Buys one by the API, as a guest; answers the order. */
  let bought = 0
  async function buy(title = `Oak Stool ${bought++}`) {
    const { staff, shopper } = shop
    const prices = [{ amountMinor: 4_900, currency: 'EUR' }]
    const product = await staff.call(productContract.operations.createProduct, {
      body: { title, status: 'active', variants: [{ onHand: 9, prices }] },
    })
    const variantId = product.body.variants[0]?.id ?? ''
    const cart = await shopper.call(orders.createCart, { body: {} })
    const params = { cartId: cart.body.id, variantId }
    await shopper.call(orders.setCartLine, { params, body: { quantity: 1 } })
    const { body } = await shopper.call(orders.checkOut, {
      body: {
        ...{ cartId: cart.body.id, email: 'shopper@example.com' },
        shippingAddress: { name: 'A', lines: ['1 Street'], city: 'London', country: 'GB' },
        paymentMethod: 'sandbox_4242424242424242_1290',
      },
    })
    return body
  }

  test('staff see an order arrive, send it, and the shopper sees that, without loading anything', async () => {
    const { page, complaints } = console
    await page.goto(`${home}/orders`)
    await signIn(console, shop.owner)
    await page.getByText('No order is like this.').waitFor()
    await page.getByText('live', { exact: true }).waitFor()
    await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }))
    const { reference, key } = await buy()
    const shopper = await platform.browse({ isPhone: true })
    await shopper.page.goto(`${platform.addressOf('storefront-client', shop.slug)}/orders/${key}`)
    await shopper.page.getByText('This page follows the order by itself.').waitFor()
    await page.getByRole('link', { name: reference }).click()
    await page.getByLabel('Carrier').fill('Post')
    await page.getByLabel('Tracking number').fill('P-7')
    await page.getByRole('button', { name: 'It is on its way' }).click()
    await shopper.page.getByText('P-7').waitFor()
    await page.getByRole('button', { name: 'It has arrived' }).click()
    await page.getByText('Give the money back').click()
    await page.getByLabel('Reason').fill('It came broken')
    await page.getByRole('button', { name: 'Give it back' }).click()
    await shopper.page.getByText('It came broken').waitFor()
    expect(await page.evaluate(() => 'isSamePage' in globalThis)).toBe(true)
    expect([...complaints, ...shopper.complaints]).toEqual([])
    await shopper.close()
  })

  test('is closed to members of other tenants, whatever address they type', async () => {
    const other = await platform.shop()
    const { id } = await buy()
    const { page } = console
    await page.goto(platform.addressOf('admin-client'))
    await signIn(console, other.owner)
    await page.getByRole('link', { name: other.slug }).waitFor()
    for (const path of ['', '/orders', `/orders/${id}`, '/mail', '/events']) {
      await page.goto(`${home}${path}`)
      await page.getByText('The account cannot act for this tenant').waitFor()
    }
    const theirs = `/t/${other.slug}/api/v1/orders/${id}`
    expect(await page.evaluate(async (path) => (await fetch(path)).status, theirs)).not.toBe(200)
  })

  test('lets an operator in for a reason only, which the tenant sees', async () => {
    const { page } = console
    await platform.operator()
    await page.goto(`${home}/orders`)
    await page.getByLabel('E-mail').fill('operator@example.com')
    await page.getByLabel('Password').fill(testPassword)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByLabel('Reason').fill('They asked for help with an order')
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByRole('heading', { name: 'Orders' }).waitFor()
    const { rows } = await platform.sql.query(
      'select reason from user_service.acting_session where tenant_id = $1 and reason is not null',
      [shop.id],
    )
    expect(rows).toEqual([{ reason: 'They asked for help with an order' }])
  })

  test('lets an operator into a tenant that is suspended, and none of its members', async () => {
    const operator = await platform.operator()
    const closed = await platform.shop()
    const address = `${platform.addressOf('admin-client')}/t/${closed.slug}/orders`
    const member = await platform.browse()
    await member.page.goto(address)
    await signIn(member, closed.owner)
    await member.page.getByText('No order is like this.').waitFor()
    await member.page.getByText('live', { exact: true }).waitFor()
    const { suspendTenant } = tenantContract.operations
    const params = { tenantId: closed.id }
    await operator.call(suspendTenant, { params, body: { reason: 'An unpaid bill' } })
    const { page } = console
    await page.goto(address)
    await signIn(console, operator)
    await page.getByLabel('Reason').fill('To see what they owe')
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByRole('heading', { name: 'Orders' }).waitFor()
    // Its stream ends, and whatever it asks for next says why.
    await member.page
      .getByText(/^connecting$|The tenant is suspended/)
      .first()
      .waitFor()
    await member.page.goto(address.replace('/orders', '/products'))
    await member.page.getByText('The tenant is suspended').waitFor()
    await member.page.goto(address)
    await member.page.getByText('The tenant is suspended').waitFor()
    await member.close()
  })

  test.for(['/t/SLUG/\u65e5', '/t/SLUG/\r\nx:y', '//evil.example', '/t/others/orders'])(
    'is entered at its first page where %j was asked for',
    async (asked) => {
      const { page } = console
      await page.goto(home)
      await signIn(console, shop.owner)
      await page.getByText('live', { exact: true }).first().waitFor()
      const to = asked.replace('SLUG', shop.slug)
      const query = new URLSearchParams({ tenant: shop.slug.toUpperCase(), to })
      const { url } = await page.evaluate(async (path) => {
        const { url } = await fetch(path)
        return { url }
      }, `/enter?${query}`)
      expect(url).toBe(home)
    },
  )

  test('ends what is live at once when its session is ended elsewhere', async () => {
    const { page } = console
    const { slug, owner } = await platform.shop()
    await page.goto(`${platform.addressOf('admin-client')}/t/${slug}/orders`)
    await signIn(console, owner)
    await page.getByText('live', { exact: true }).waitFor()
    await owner.call(userContract.operations.revokeAllSessions, {})
    await page.getByText('connecting', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'Products' }).click()
    await page.getByRole('heading', { name: 'Sign in to ProgNetwork' }).waitFor()
  })

  test('keeps what it has while it is offline, and misses and doubles nothing', async () => {
    const { page, complaints } = console
    const { id, reference } = await buy()
    await page.goto(`${home}/orders`)
    await signIn(console, shop.owner)
    await page.getByRole('link', { name: reference }).waitFor()
    await page.getByText('live', { exact: true }).waitFor()
    const feed = await page.context().newPage()
    await feed.goto(`${home}/events?types=order.*`)
    await feed.getByText('live', { exact: true }).waitFor()
    await page.context().setOffline(true)
    for (const one of [page, feed]) {
      await one.getByText(/^You are offline/).waitFor()
      await one.getByText('connecting', { exact: true }).waitFor()
    }
    // Neither a click nor a key leads to a page that cannot be had.
    await page.getByRole('link', { name: 'Products' }).click()
    await page.keyboard.press('g')
    await page.keyboard.press('p')
    await page.getByRole('link', { name: reference }).waitFor()
    expect(page.url()).toBe(`${home}/orders`)
    const later = [await buy(), await buy()]
    await page.context().setOffline(false)
    for (const one of later) await page.getByRole('link', { name: one.reference }).waitFor()
    await page.getByText('live', { exact: true }).waitFor()
    expect(await page.getByText(/^You are offline/).count()).toBe(0)
    const { items } = (await shop.staff.call(orders.listOrders, { query: { limit: 100 } })).body
    const links = page.locator('tbody tr td:first-child a')
    expect(await links.allTextContents()).toEqual(items.map((one) => one.reference))
    const told = async (subject: string) => {
      const path = `/t/${shop.slug}/api/v1/events?types=order.*&subject=${subject}&limit=100`
      const text = await feed.evaluate(async (path) => (await fetch(path)).text(), path)
      const { items }: { items: unknown[] } = JSON.parse(text)
      return items.length
    }
    const rows = feed.locator('tbody tr')
    for (const one of [id, ...later.map((order) => order.id)]) {
      await expect.poll(() => told(one)).toBeGreaterThan(0)
      const shown = () => rows.filter({ hasText: one }).count()
      await expect.poll(async () => (await shown()) - (await told(one))).toBe(0)
    }
    const isOffline = /ERR_INTERNET_DISCONNECTED|route module|dynamically imported/
    expect(complaints.filter((one) => !isOffline.test(one))).toEqual([])
  })

  test('keeps what was typed where a form does not arrive, and says so', async () => {
    const { page } = console
    const { id } = await buy()
    await page.goto(`${home}/orders/${id}`)
    await signIn(console, shop.owner)
    await page.getByText('live', { exact: true }).waitFor()
    const carrier = page.getByLabel('Carrier')
    const send = page.getByRole('button', { name: 'It is on its way' })
    await carrier.fill('Post')
    await page.getByLabel('Tracking number').fill('P-8')
    await page.context().setOffline(true)
    await page.getByText(/^You are offline/).waitFor()
    await send.click()
    await page.getByText('Nothing was sent. What you typed is still here.').waitFor()
    expect(await carrier.inputValue()).toBe('Post')
    await page.context().setOffline(false)
    await page.getByText('What you typed has not been sent yet.').waitFor()
    // The connection breaks on the way, so that nobody knows what became of it.
    await page.route('**/*.data*', (route) => route.abort())
    await send.click()
    await page.getByText(/^It was sent, and nobody has answered/).waitFor()
    await page.getByText(/^Nobody answers at this moment/).waitFor()
    expect(await carrier.inputValue()).toBe('Post')
    await page.unroute('**/*.data*')
    await page.getByText(/^Nobody answers at this moment/).waitFor({ state: 'detached' })
    await send.click()
    await page.getByRole('button', { name: 'It has arrived' }).waitFor()
    await page.getByText(/^It was sent, and/).waitFor({ state: 'detached' })
    const { body } = await shop.staff.call(orders.readOrder, { params: { orderId: id }, query: {} })
    expect(body.history.filter(({ state }) => state === 'shipped')).toHaveLength(1)
  })

  test('shows mails as they were sent, and runs nothing that stands in them', async () => {
    const { page, complaints } = console
    const { reference } = await buy(`Pot ${markup}`)
    await page.goto(`${home}/mail`)
    await signIn(console, shop.owner)
    await page.getByRole('link', { name: new RegExp(reference) }).click()
    const letter = page.frameLocator('iframe')
    await letter.getByText(`Pot ${markup}`).first().waitFor()
    expect(await page.title()).toContain(reference)
    // What counts openings is not asked for: it is no opening of the reader's.
    expect(complaints.filter((one) => !one.includes('mail-opens'))).toEqual([])
  })

  test('is left by signing out, and nobody comes back without the password', async () => {
    const { page } = console
    await page.goto(platform.addressOf('admin-client'))
    await signIn(console, shop.owner)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in to ProgNetwork' }).waitFor()
    await page.goto(home)
    await page.getByLabel('Password').waitFor()
  })

  test('asks once for a page what its reader may do', async () => {
    const { page } = console
    await page.goto(home)
    await signIn(console, shop.owner)
    await page.getByRole('heading', { name: 'Newest orders' }).waitFor()
    for (const path of ['', '/products', '/products/lists', '/members', '/settings']) {
      const answer = await page.goto(`${home}${path}`)
      const traceId = answer?.headers()['prog-trace-id'] ?? ''
      const names = platform.spans.recent({ traceId }).map(({ name }) => name)
      const asked = names.filter((name) => name === 'readPermissions')
      expect([path, asked]).toEqual([path, ['readPermissions']])
    }
  })

  test('is used by keys alone', async () => {
    const { page } = console
    const { reference } = await buy()
    await page.goto(home)
    await signIn(console, shop.owner)
    await page.getByRole('heading', { name: 'Newest orders' }).waitFor()
    await page.getByText('live', { exact: true }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('o')
    await page.waitForURL(`${home}/orders`)
    // The page before shows the same link, until this one is there.
    await page.getByRole('heading', { name: 'Orders', exact: true }).waitFor()
    await page.getByRole('link', { name: reference }).waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: `Order ${reference}` }).waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog').getByText('Next and previous row').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('g')
    await page.keyboard.press('e')
    await page.getByRole('heading', { name: 'Events' }).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('order.*')
    await page.keyboard.press('Enter')
    await page.waitForURL(`${home}/events?types=order.*`)
    await page.getByText('order.paid').first().waitFor()
    expect(await page.getByText('stock.reserved').count()).toBe(0)
  })
})
