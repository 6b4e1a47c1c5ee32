// Traces that begin with a click: from the shop to the mail, and what is believed of what a browser says.
import { monitoringContract } from '@prognetwork/contracts/monitoring'
import { orderContract } from '@prognetwork/contracts/order'
import { productContract } from '@prognetwork/contracts/product'
import {
  type BrowserRequests,
  browserMissing,
  createBrowserRequests,
  startBrowserPlatform,
  startTestPlatform,
  type TestShop,
  testPassword,
} from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { clients } from '../../../platform.ts'

const { listTraces, readTrace } = monitoringContract.operations
const spanId = 'b'.repeat(16)
const rest = 'c'.repeat(16)

async function stock({ staff }: TestShop): Promise<void> {
  const prices = [{ amountMinor: 4_900, currency: 'EUR' }]
  const { status } = await staff.call(productContract.operations.createProduct, {
    body: { title: 'Oak Stool', status: 'active', variants: [{ onHand: 9, prices }] },
  })
  expect(status).toBe(201)
}

describe('an order in the shop', () => {
  let platform: Awaited<ReturnType<typeof startBrowserPlatform>>
  let shop: TestShop
  beforeAll(async () => {
    if (browserMissing) return
    platform = await startBrowserPlatform()
    shop = await platform.shop()
    await stock(shop)
  }, 120_000)
  beforeEach((context) => {
    if (browserMissing) context.skip(browserMissing)
  })
  afterAll(() => platform?.stop())

  test('is one trace in the console, from the click to the mail', async () => {
    const { page, complaints, close } = await platform.browse()
    await page.goto(`${platform.addressOf('storefront-client', shop.slug)}/products/oak-stool`)
    await page.getByRole('button', { name: 'Put into the cart' }).click()
    await page.getByRole('link', { name: 'To the checkout' }).click()
    await page.getByLabel('E-mail').fill('shopper@example.com')
    await page.getByLabel('Name', { exact: true }).fill('A Shopper')
    await page.getByLabel('Street and number').fill('1 Street')
    await page.getByLabel('City').fill('London')
    await page.getByLabel('Valid until').fill('12/30')
    await page.getByLabel('Security code').fill('123')
    await page.getByRole('button', { name: /^Order and pay/ }).click()
    await page.getByRole('heading', { name: /^Order / }).waitFor()
    // Whoever leaves the page right away has told of it, too.
    await page.goto('about:blank')
    const { body: found } = await shop.staff.call(orderContract.operations.listOrders, {
      query: {},
    })
    const object = `order:${found.items[0]?.id}`
    const traceId = await vi.waitFor(async () => {
      await platform.telemetry.flush()
      const { body } = await shop.staff.call(listTraces, { query: { object } })
      expect(body.items.map((one) => [one.service, one.operation])).toContainEqual([
        'browser',
        'send /checkout',
      ])
      return body.items.find((one) => one.service === 'browser')?.traceId ?? ''
    }, 15_000)
    const { body: trace } = await shop.staff.call(readTrace, { params: { traceId } })
    const [root] = trace.spans
    expect(root).toMatchObject({ service: 'browser', depth: 0, offsetUs: 0, parentSpanId: null })
    const begun = trace.spans.filter((one) => one.parentSpanId === null)
    expect(begun).toHaveLength(1)
    const answered = trace.spans.filter((one) => one.parentSpanId === root?.spanId)
    // The form, and the page that its answer leads to.
    expect(answered.map((one) => one.service)).toEqual(['storefront-client', 'storefront-client'])
    for (const { durationUs } of answered)
      expect(durationUs).toBeLessThan((root?.durationUs ?? 0) + 1_000)
    await page.goto(`${platform.addressOf('admin-client')}/t/${shop.slug}/traces/${traceId}`)
    await page.getByLabel('E-mail').fill(shop.owner.email)
    await page.getByLabel('Password').fill(testPassword)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'send /checkout' }).waitFor()
    const parts = await page.locator('tbody').getByRole('row').allTextContents()
    expect(parts[0]).toMatch(/browser.*send \/checkout|send \/checkout.*browser/)
    expect(parts.join()).toMatch(/email-service order\.placed/)
    expect(complaints).toEqual([])
    await close()
  })
})

describe('what a browser says of its traces', () => {
  let platform: Awaited<ReturnType<typeof startTestPlatform>>
  let shop: TestShop
  let other: TestShop
  let send: BrowserRequests['send']
  beforeAll(async () => {
    platform = await startTestPlatform({ clients })
    ;({ send } = createBrowserRequests(platform))
    shop = await platform.shop()
    other = await platform.shop()
  }, 60_000)
  afterAll(() => platform?.stop())

  /** How the traces of a page may begin. */
  async function prefixOf({ slug }: TestShop): Promise<string> {
    const { text } = await send('storefront-client', slug, '/')
    return /<html[^>]* data-traces="([0-9a-f]{16})"/.exec(text)?.[1] ?? ''
  }
  const traceOf = async (traceparent: string) =>
    (await send('storefront-client', shop.slug, '/', { headers: { traceparent } })).headers[
      'prog-trace-id'
    ]

  const span = { spanId, name: 'open /cart', agoMs: 40, durationMs: 30, isBroken: false }
  const tell = (slug: string, spans: unknown, headers = {}) =>
    send('storefront-client', slug, '/browser-spans', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      chunks: [typeof spans === 'string' ? spans : JSON.stringify({ sentMs: Date.now(), spans })],
    })

  test('is gone on with where its page may, and nowhere else', async () => {
    const own = `${await prefixOf(shop)}${rest}`
    const theirs = `${await prefixOf(other)}${rest}`
    expect(await traceOf(`00-${own}-${spanId}-01`)).toBe(own)
    expect(theirs.slice(0, 16)).not.toBe(own.slice(0, 16))
    for (const traceId of [theirs, rest + rest])
      expect(await traceOf(`00-${traceId}-${spanId}-01`)).not.toBe(traceId)
    expect(await prefixOf(shop)).toBe(own.slice(0, 16))
  })

  test('does not keep it from being recorded', async () => {
    const traceId = `${await prefixOf(shop)}${'d'.repeat(16)}`
    expect(await traceOf(`00-${traceId}-${spanId}-00`)).toBe(traceId)
    const atGateway = 'e'.repeat(32)
    await platform.anonymous.raw('GET', '/api/v1/products', {
      headers: { traceparent: `00-${atGateway}-${spanId}-00`, 'prog-tenant': shop.slug },
    })
    for (const one of [traceId, atGateway])
      await expect.poll(() => platform.spans.recent({ traceId: one }).length).toBeGreaterThan(1)
  })

  test('is kept for its tenant, and leaves no trace of being told', async () => {
    const traceId = `${await prefixOf(shop)}${'1'.repeat(16)}`
    const { status, headers } = await tell(shop.slug, [{ ...span, traceId }])
    expect(status).toBe(204)
    expect(platform.spans.recent({ traceId })).toMatchObject([
      { service: 'browser', name: 'open /cart', tenantId: shop.id, durationUs: 30_000 },
    ])
    const own = String(headers['prog-trace-id'])
    expect(platform.spans.recent({ traceId: own })).toEqual([])
  })

  test('is refused where it is not its page that says it, or nothing that it may say', async () => {
    const traceId = `${await prefixOf(shop)}${'2'.repeat(16)}`
    const whole = { ...span, traceId }
    const refused: [unknown, number, object?][] = [
      [[{ ...whole, traceId: `${await prefixOf(other)}${rest}` }], 400],
      [[whole], 403, { 'sec-fetch-site': 'cross-site' }],
      [[whole], 403, { 'prog-tenant': other.slug }],
      [[], 400],
      ['no json', 400],
      ['null', 400],
      [Array.from({ length: 21 }, () => whole), 400],
      ['x'.repeat(8_193), 413],
      [[{ ...whole, name: 'open /<script>' }], 400],
      [[{ ...whole, name: `open /${'a'.repeat(200)}` }], 400],
      [[{ ...whole, durationMs: -1 }], 400],
      [[{ ...whole, agoMs: 1e300 }], 400],
      [[{ ...whole, service: 'order-service' }], 400],
    ]
    for (const [spans, expected, headers] of refused) {
      const { status } = await tell(shop.slug, spans, headers)
      expect([spans, status]).toEqual([spans, expected])
    }
    expect(platform.spans.recent({ traceId })).toEqual([])
  })
})
