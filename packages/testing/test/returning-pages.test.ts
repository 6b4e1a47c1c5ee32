// The platform is killed while people look at its pages, and comes back.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CloudEvent } from '@prognetwork/contracts/event-streaming'
import { orderContract } from '@prognetwork/contracts/order'
import { productContract } from '@prognetwork/contracts/product'
import {
  browserMissing,
  choosePorts,
  createTestClient,
  endProcess,
  environmentFor,
  type ProgProcess,
  runProg,
  startBrowser,
  startProg,
  type TestClient,
} from '@prognetwork/testing'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

const orders = orderContract.operations
let stateDirectory: string
let env: NodeJS.ProcessEnv
let ports: ReadonlyMap<string, number>
let platform: ProgProcess | undefined
let browser: Awaited<ReturnType<typeof startBrowser>>

beforeAll(async () => {
  if (browserMissing) return
  stateDirectory = await mkdtemp(join(tmpdir(), 'prog-pages-'))
  // As root the database runs as another user, who must be able to walk through.
  await chmod(stateDirectory, 0o711)
  ports = await choosePorts()
  env = environmentFor(undefined, stateDirectory, ports)
  platform = await startProg(['up'], env)
  browser = await startBrowser()
}, 120_000)
beforeEach((context) => {
  if (browserMissing) context.skip(browserMissing)
})
afterAll(async () => {
  await browser?.close()
  await endProcess(platform, 'SIGTERM')
  if (stateDirectory) await rm(stateDirectory, { recursive: true, force: true })
})

async function buy(shopper: TestClient) {
  const products = await shopper.call(productContract.operations.listProducts, { query: {} })
  const [first] = products.body.items
  const product = await shopper.call(productContract.operations.readProduct, {
    query: {},
    params: { product: first?.id ?? '' },
  })
  const cart = await shopper.call(orders.createCart, { body: {} })
  const variantId = product.body.variants.find(({ available }) => available)?.id ?? ''
  const params = { cartId: cart.body.id, variantId }
  await shopper.call(orders.setCartLine, { params, body: { quantity: 1 } })
  const quote = await shopper.call(orders.quoteCart, {
    params: { cartId: cart.body.id },
    body: { country: 'GB' },
  })
  const { body, status } = await shopper.call(orders.checkOut, {
    body: {
      ...{ cartId: cart.body.id, email: 'shopper@example.com' },
      shippingAddress: { name: 'A', lines: ['1 Street'], city: 'London', country: 'GB' },
      ...{ paymentMethod: 'sandbox_4242424242424242_1290' },
      ...(quote.body.shippingMethodId !== null && {
        shippingMethodId: quote.body.shippingMethodId,
      }),
    },
  })
  if (status !== 201) throw new Error(JSON.stringify(body))
  return body
}

/** What the list of events shows, the newest first. */
async function shownIn(page: Page): Promise<string[]> {
  const rows = await page.locator('tbody tr').allInnerTexts()
  return rows.map((row) => row.split(/\s+/).join(' '))
}

test('pages that were open go on by themselves, and miss and double nothing', async () => {
  const { stdout, code } = await runProg(['demo'], env)
  expect(code).toBe(0)
  const [, slug = '', email = '', password = ''] =
    /owner of (\S+) is (\S+); password: (\S+)/.exec(stdout) ?? []
  const shopper = createTestClient(`http://127.0.0.1:${ports.get('api-gateway')}`).at(slug)
  const order = await buy(shopper)

  const staff = await browser.browse()
  const home = `http://localhost:${ports.get('admin-client')}/t/${slug}`
  await staff.page.goto(`${home}/events?types=order.*`)
  await staff.page.getByLabel('E-mail').fill(email)
  await staff.page.getByLabel('Password').fill(password)
  await staff.page.getByRole('button', { name: 'Sign in' }).click()
  await staff.page.getByText('live', { exact: true }).waitFor()
  const buyer = await browser.browse({ isPhone: true })
  const storefront = `http://${slug}.localhost:${ports.get('storefront-client')}`
  await buyer.page.goto(`${storefront}/orders/${order.key}`)
  await buyer.page.getByText('This page follows the order by itself.').waitFor()

  await endProcess(platform, 'SIGKILL')
  await staff.page.getByText('connecting').waitFor()
  // Its scripts are asked for when it is pointed at, and nobody has them.
  await staff.page.getByRole('link', { name: 'Products' }).hover()
  platform = await startProg(['up'], env)
  const later = await buy(shopper)
  await staff.page.getByText('live', { exact: true }).waitFor({ timeout: 30_000 })
  const sent = await staff.page.evaluate(
    async ([path]) =>
      (
        await fetch(path ?? '', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ carrier: 'Post', number: 'P-9' }),
        })
      ).status,
    [`/t/${slug}/api/v1/orders/${order.id}/shipment`],
  )
  expect(sent).toBe(200)
  await buyer.page.getByText('P-9').waitFor({ timeout: 30_000 })
  await staff.page.getByText('order.shipped').waitFor()

  const read = await staff.page.evaluate(
    async ([path]) => (await fetch(path ?? '')).text(),
    [`/t/${slug}/api/v1/events?types=order.*&limit=1000`],
  )
  const { items }: { items: CloudEvent[] } = JSON.parse(read)
  const told = items
    .map(({ time, type, source, subject }) =>
      [time.slice(5, 23).replace('T', ' '), type, source, subject].join(' '),
    )
    .reverse()
  expect(told.filter((line) => line.includes(later.id)).length).toBeGreaterThan(0)
  await expect.poll(() => shownIn(staff.page)).toEqual(told)
  await staff.close()
  await buyer.close()
}, 120_000)
