// The console's pages of what happened: events that failed, webhooks, traces, payments, schemas.
import { createServer } from 'node:http'
import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { orderContract } from '@prognetwork/contracts/order'
import { productContract } from '@prognetwork/contracts/product'
import {
  type BrowserOptions,
  type BrowserPlatform,
  type Browsing,
  browserMissing,
  createTenants,
  startBrowserPlatform,
  type TestPerson,
  type TestShop,
  testPassword,
} from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

const orders = orderContract.operations

describe('the console', () => {
  let platform: BrowserPlatform
  let shop: TestShop
  let home: string
  beforeAll(async () => {
    if (browserMissing) return
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
    platform = await startBrowserPlatform({
      configuration: { 'event-streaming-service': { webhookAllowedNetworks: '127.0.0.1/32' } },
    })
    shop = await platform.shop()
    home = `${platform.addressOf('admin-client')}/t/${shop.slug}`
  }, 120_000)
  beforeEach((context) => {
    if (browserMissing) context.skip(browserMissing)
  })
  afterAll(async () => {
    receiver.closeAllConnections()
    receiver.close()
    await platform?.stop()
  })

  /** A server of a tenant's own; what it is sent to answer with. */
  let answered = 200
  const received: string[] = []
  const receiver = createServer(async (request, reply) => {
    received.push(Buffer.concat(await request.toArray()).toString())
    reply.writeHead(answered).end('as you say')
  })
  const hookAddress = (path: string) => {
    const address = receiver.address()
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}${path}`
  }

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

  /** Buys one by the API, as a guest; answers the order. */
  let bought = 0
  async function buy({ staff, shopper } = shop) {
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

  /** Mails cannot be written while `work` is under way. */
  async function withoutMails(work: () => Promise<void>): Promise<void> {
    await platform.sql.query(`
      create function email_service.refuse() returns trigger language plpgsql as $$
        begin raise exception 'The disk of the mails is full'; end $$;
      create trigger refuse before insert on email_service.message
        for each row execute function email_service.refuse()`)
    await work()
    await platform.sql.query('drop function email_service.refuse cascade')
  }

  /** Orders whose mails were given up after the last of ten attempts. */
  async function park(count: number) {
    const placed: Awaited<ReturnType<typeof buy>>[] = []
    await withoutMails(async () => {
      for (let one = 0; one < count; one++) placed.push(await buy())
      const keys = placed.map(({ id }) => id)
      await expect
        .poll(async () => {
          const { rows } = await platform.sql.query(
            `update email_service.parked_key set attempts = greatest(attempts, 9)
             where key = any ($1) returning state`,
            [keys],
          )
          return rows.map(({ state }) => state)
        })
        .toEqual(keys.map(() => 'dead'))
    })
    return placed
  }

  describe('dead letters', () => {
    test('staff see why a mail was never written, and have it tried again', async () => {
      const [order] = await park(1)
      const { page, complaints, close } = await open('/dead-letters')
      await page.getByRole('link', { name: 'order.placed' }).click()
      await page.getByRole('heading', { name: 'order.placed in email-service' }).waitFor()
      await page.getByText('The disk of the mails is full').waitFor()
      await page.getByText(`"orderId": "${order?.id}"`).first().waitFor()
      await page.getByText('Try it again', { exact: true }).click()
      await page.getByRole('button', { name: 'Try it now' }).click()
      await page.getByText('It is tried again now.').waitFor()
      await page.getByRole('heading', { name: 'Nothing of this key waits' }).waitFor()
      await page.goto(`${home}/mail`)
      await page.getByRole('link', { name: new RegExp(order?.reference ?? '') }).waitFor()
      expect(complaints).toEqual([])
      await close()
    })

    test('those chosen are tried again, then all of them, and what fails anew comes back', async () => {
      const { page, close } = await open('/dead-letters')
      await page.getByText('No service has given up an event.').waitFor()
      const [one, two, three] = await park(3)
      const letters = page.getByRole('link', { name: 'order.placed' })
      // By itself: nothing is loaded here.
      await expect.poll(() => letters.count()).toBe(3)
      await page.getByRole('checkbox', { name: one?.id ?? '' }).check()
      await page.getByText('Try those chosen again').click()
      await page.getByRole('button', { name: 'Try the chosen' }).click()
      await page.getByText('1 key is tried again.').waitFor()
      await expect.poll(() => letters.count()).toBe(2)
      await withoutMails(async () => {
        await page.getByText('Try all of them again').click()
        await page.getByRole('button', { name: 'Try all' }).click()
        await page.getByText('2 keys are tried again.').waitFor()
        await page.getByRole('link', { name: 'See what is tried again' }).click()
        await expect.poll(() => letters.count()).toBe(2)
        await page.getByRole('columnheader', { name: 'Next attempt' }).waitFor()
      })
      await page.getByText('No event waits for another attempt.').waitFor()
      await page.goto(`${home}/mail`)
      for (const order of [one, two, three])
        await page.getByRole('link', { name: new RegExp(order?.reference ?? '') }).waitFor()
      await close()
    })

    test('an event is given up without script, and those behind it go on', async () => {
      const [order] = await park(1)
      const { page, close } = await open('/dead-letters', { hasScript: false })
      await page.getByRole('link', { name: 'order.placed' }).click()
      await page.getByText('Give up the first event').click()
      await page.getByRole('button', { name: 'Give it up' }).click()
      await page.getByText('The event was given up; those behind it go on.').waitFor()
      const { rows } = await platform.sql.query(
        'select state from email_service.parked_key where key = $1',
        [order?.id],
      )
      expect(rows).toEqual([])
      await close()
    })
  })

  describe('webhooks', () => {
    test('staff make an endpoint, keep its secret, and see what arrives there', async () => {
      const { page, complaints, close } = await open('/webhooks')
      await page.getByText('No address is sent events yet.').waitFor()
      await page.getByRole('link', { name: 'New endpoint' }).click()
      await page.getByLabel('Address').fill('http://10.0.0.1/inside')
      await page.getByLabel('Types of events').fill('product.*, order.paid')
      await page.getByLabel('What it is').fill('A warehouse')
      await page.getByRole('button', { name: 'Create it' }).click()
      await page.getByText('Webhooks cannot be sent to this address.').waitFor()
      expect(await page.getByLabel('What it is').inputValue()).toBe('A warehouse')
      await page.getByLabel('Address').fill(hookAddress('/stock'))
      await page.getByLabel('Types of events').fill('Everything!')
      await page.getByRole('button', { name: 'Create it' }).click()
      await page.getByText('1 to 50 types, such as order.paid').waitFor()
      await page.getByLabel('Types of events').fill('product.*, order.paid')
      await page.getByRole('button', { name: 'Create it' }).click()
      await page.getByText(/^whsec_/).waitFor()
      await page.getByRole('link', { name: 'Go on to the endpoint' }).click()
      await page.getByRole('heading', { name: hookAddress('/stock') }).waitFor()
      expect(await page.getByText(/^whsec_/).count()).toBe(0)
      await page.getByRole('button', { name: 'Send a test event' }).click()
      await page.getByText('A test event is on its way').waitFor()
      await page.getByRole('row', { name: /webhook.test Delivered/ }).waitFor()
      await buy()
      // By itself: nothing is loaded here.
      await page.getByRole('row', { name: /product.created Delivered/ }).waitFor()
      await page.getByRole('link', { name: 'order.paid' }).click()
      await page.getByText('Answer 200').waitFor()
      await page.getByText('as you say').waitFor()
      expect(received.map((one) => JSON.parse(one).type)).toContain('order.paid')
      expect(complaints).toEqual([])
      await close()
    })

    test('what failed is seen, sent again, and a time is sent anew', async () => {
      const { createWebhookEndpoint } = eventStreamingContract.operations
      const made = await shop.staff.call(createWebhookEndpoint, {
        body: { url: hookAddress('/failing'), eventTypes: ['order.paid'] },
      })
      answered = 500
      await buy()
      const { page, close } = await open(`/webhooks/${made.body.id}`)
      await page.getByRole('row', { name: /order.paid Waiting/ }).waitFor()
      await page.getByText('Fails at the moment').waitFor()
      await page.getByRole('link', { name: 'Waiting' }).click()
      await page.getByRole('link', { name: 'order.paid' }).click()
      await page.getByText('Answer 500').first().waitFor()
      answered = 200
      await page.getByRole('button', { name: 'Send it again now' }).click()
      await page.getByText('Answer 200').waitFor()
      await page.getByRole('link', { name: 'The endpoint' }).click()
      await page.getByText('Send a time again').click()
      await page.getByLabel('From (UTC)').fill('2020-01-01T00:00')
      await page.getByRole('button', { name: 'Send them' }).click()
      await page.getByText('A time of the last 30 days').waitFor()
      const hourAgo = new Date(platform.clock.nowMs() - 3_600_000).toISOString()
      await page.getByLabel('From (UTC)').fill(hourAgo.slice(0, 16))
      await page.getByLabel('Also what has arrived already').check()
      await page.getByRole('button', { name: 'Send them' }).click()
      await page.getByText(/^[1-9]\d* events? (is|are) sent again\.$/).waitFor()
      await close()
    })

    test('an endpoint is changed, given a new secret, switched and removed, without script', async () => {
      const { createWebhookEndpoint } = eventStreamingContract.operations
      const made = await shop.staff.call(createWebhookEndpoint, {
        body: { url: hookAddress('/plain'), eventTypes: ['order.paid'] },
      })
      const { page, close } = await open(`/webhooks/${made.body.id}`, { hasScript: false })
      await page.getByText('Change it').click()
      await page.getByLabel('What it is').fill('The accountant')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('It is saved.').waitFor()
      await page.getByText('The accountant').waitFor()
      await page.getByText('A new secret', { exact: true }).click()
      await page.getByRole('button', { name: 'Make a new secret' }).click()
      await page.getByText(/^whsec_/).waitFor()
      expect(await page.getByText(/^whsec_/).textContent()).not.toBe(made.body.secret)
      await page.getByText('The secret before counts until').waitFor()
      await page.getByText('Disable it').click()
      await page.getByRole('button', { name: 'Disable', exact: true }).click()
      await page.getByText('Disabled', { exact: true }).waitFor()
      expect(await page.getByRole('button', { name: 'Send a test event' }).count()).toBe(0)
      await page.getByRole('button', { name: 'Enable it' }).click()
      await page.getByText('Enabled', { exact: true }).waitFor()
      await page.getByText('Remove it').click()
      await page.getByRole('button', { name: 'Remove', exact: true }).click()
      await page.waitForURL(`${home}/webhooks`)
      expect(await page.getByRole('link', { name: hookAddress('/plain') }).count()).toBe(0)
      await close()
    })
  })

  /** An endpoint that was sent a test, and that delivery. */
  async function webhookPages(): Promise<string[]> {
    const { createWebhookEndpoint, sendTestWebhook } = eventStreamingContract.operations
    const made = await shop.staff.call(createWebhookEndpoint, {
      body: { url: hookAddress('/a/long/path/to/some/receiver'), eventTypes: ['order.paid'] },
    })
    const path = `/webhooks/${made.body.id}`
    const params = { endpointId: made.body.id }
    const { body } = await shop.staff.call(sendTestWebhook, { params })
    return [path, `${path}/deliveries/${body.id}`]
  }

  const ways: [string, BrowserOptions][] = [
    ['light', {}],
    ['dark', { isDark: true }],
    ['on a phone, in German', { isPhone: true, language: 'de-DE' }],
  ]
  /** How far a page goes beyond the window's edge. */
  const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'

  test.for(ways)('is fit for everybody, %s', { timeout: 120_000 }, async ([, options]) => {
    const { page, complaints, violations, close } = await open('', options)
    const look = async (path: string) => {
      await page.goto(`${home}${path}`)
      await page.waitForLoadState('load')
      expect([path, ...(await violations())]).toEqual([path])
      expect([path, await page.evaluate(overflow)]).toEqual([path, 0])
    }
    const [order] = await park(1)
    for (const path of [
      ...['/dead-letters', '/dead-letters?state=waiting&service=email-service'],
      `/dead-letters/email-service/${order?.id}`,
      ...['/webhooks', '/webhooks/new', ...(await webhookPages())],
    ])
      await look(path)
    expect(complaints).toEqual([])
    await close()
  })

  test('offers those who do the daily work nothing that is not theirs', async () => {
    const person = await createTenants(platform).join(shop, 'member')
    const { page, close } = await open('/orders', {}, person)
    await page.getByRole('heading', { name: 'Orders' }).waitFor()
    for (const [name, path] of [
      ['Dead letters', '/dead-letters'],
      ['Webhooks', '/webhooks'],
    ] as const) {
      await page.goto(`${home}/orders`)
      expect([name, await page.getByRole('link', { name }).count()]).toEqual([name, 0])
      await page.goto(`${home}${path}`)
      await page.getByText('403').waitFor()
    }
    await close()
  })
})
