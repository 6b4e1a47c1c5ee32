// Where events are sent to, in the console.
import { createServer } from 'node:http'
import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { browserMissing } from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ConsoleShop, startConsoleShop, ways } from './console-shop.ts'

describe('webhooks in the console', () => {
  let shop: ConsoleShop
  beforeAll(async () => {
    if (browserMissing) return
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
    shop = await startConsoleShop({
      configuration: { 'event-streaming-service': { webhookAllowedNetworks: '127.0.0.1/32' } },
    })
  }, 120_000)
  beforeEach((context) => {
    if (browserMissing) context.skip(browserMissing)
  })
  afterAll(async () => {
    receiver.closeAllConnections()
    receiver.close()
    await shop?.platform.stop()
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

  /** An endpoint that was sent a test, and that delivery. */
  async function webhookPages(): Promise<string[]> {
    const { createWebhookEndpoint, sendTestWebhook } = eventStreamingContract.operations
    const made = await shop.shop.staff.call(createWebhookEndpoint, {
      body: { url: hookAddress('/a/long/path/to/some/receiver'), eventTypes: ['order.paid'] },
    })
    const path = `/webhooks/${made.body.id}`
    const params = { endpointId: made.body.id }
    const { body } = await shop.shop.staff.call(sendTestWebhook, { params })
    return [path, `${path}/deliveries/${body.id}`]
  }

  test('staff make an endpoint, keep its secret, and see what arrives there', async () => {
    const { page, complaints, close } = await shop.open('/webhooks')
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
    await shop.buy()
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
    const made = await shop.shop.staff.call(createWebhookEndpoint, {
      body: { url: hookAddress('/failing'), eventTypes: ['order.paid'] },
    })
    answered = 500
    await shop.buy()
    const { page, close } = await shop.open(`/webhooks/${made.body.id}`)
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
    const hourAgo = new Date(shop.platform.clock.nowMs() - 3_600_000).toISOString()
    await page.getByLabel('From (UTC)').fill(hourAgo.slice(0, 16))
    await page.getByLabel('Also what has arrived already').check()
    await page.getByRole('button', { name: 'Send them' }).click()
    await page.getByText(/^[1-9]\d* events? (is|are) sent again\.$/).waitFor()
    await close()
  })

  test('an endpoint is changed, given a new secret, switched and removed, without script', async () => {
    const { createWebhookEndpoint } = eventStreamingContract.operations
    const made = await shop.shop.staff.call(createWebhookEndpoint, {
      body: { url: hookAddress('/plain'), eventTypes: ['order.paid'] },
    })
    const { page, close } = await shop.open(`/webhooks/${made.body.id}`, { hasScript: false })
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
    await page.waitForURL(`${shop.home}/webhooks`)
    expect(await page.getByRole('link', { name: hookAddress('/plain') }).count()).toBe(0)
    await close()
  })

  test.for(ways)('are fit for everybody, %s', { timeout: 120_000 }, async ([, options]) => {
    await shop.expectFit(['/webhooks', '/webhooks/new', ...(await webhookPages())], options)
  })

  test('are closed to those who do the daily work', () =>
    shop.expectClosed({ Webhooks: '/webhooks' }))
})
