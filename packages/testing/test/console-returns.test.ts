// Goods that come back, in the console's page of their order.
import { randomUUID } from 'node:crypto'
import { orderContract } from '@prognetwork/contracts/order'
import { browserMissing } from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ConsoleShop, startConsoleShop, ways } from './console-shop.ts'

const { requestReturnByKey, shipOrder } = orderContract.operations

describe('returns in the console', () => {
  let shop: ConsoleShop
  beforeAll(async () => {
    if (browserMissing) return
    shop = await startConsoleShop()
  }, 120_000)
  beforeEach((context) => {
    if (browserMissing) context.skip(browserMissing)
  })
  afterAll(() => shop?.platform.stop())

  /** An order that was sent. */
  async function sent(quantity = 1) {
    const order = await shop.buy({ quantity })
    const params = { orderId: order.id }
    await shop.shop.staff.call(shipOrder, { params, body: { carrier: 'Post', number: 'P-7' } })
    return order
  }

  type Sent = Awaited<ReturnType<typeof sent>>

  /** A guest wants to return all of it. */
  async function ask({ key, lines }: Sent, reason: string): Promise<void> {
    const { status } = await shop.shop.shopper.call(requestReturnByKey, {
      params: { key: key ?? '' },
      body: {
        ...{ id: randomUUID(), reason },
        lines: lines.map(({ variantId, quantity }) => ({ variantId, quantity })),
      },
    })
    expect(status).toBe(201)
  }

  test('staff see one come, let it in, and pay back less than was paid', async () => {
    const order = await sent()
    const { page, complaints, close } = await shop.open(`/orders/${order.id}`)
    await page.getByText('live', { exact: true }).waitFor()
    expect(await page.getByRole('heading', { name: 'Returns' }).count()).toBe(0)
    await ask(order, 'It wobbles')
    await page.getByText('It wobbles').waitFor()
    await page.getByRole('button', { name: 'They may send it back' }).click()
    await page.getByText('May come back').waitFor()
    await page.getByRole('checkbox', { name: order.lines[0]?.title ?? '' }).uncheck()
    await page.getByRole('button', { name: 'It has come' }).click()
    await page.getByText('Not for sale again').waitFor()
    await page.getByText('Pay the customer back').click()
    await page.getByLabel('To be kept, in EUR').fill('50')
    await page.getByRole('button', { name: 'Pay it back' }).click()
    await page.getByText('An amount such as 3.50').waitFor()
    await page.getByLabel('To be kept, in EUR').fill('9.00')
    await page.getByRole('button', { name: 'Pay it back' }).click()
    const goods = page.getByRole('region', { name: 'What comes back' })
    await goods.getByRole('row', { name: 'Given back €40.00' }).waitFor()
    expect(complaints).toEqual([])
    await close()
  })

  test('of which only a part has come is paid back for that part', async () => {
    const order = await sent(3)
    await ask(order, 'Two too many')
    const { page, close } = await shop.open(`/orders/${order.id}`, { hasScript: false })
    await page.getByRole('button', { name: 'They may send it back' }).click()
    await page.getByText('Not all of it has come').click()
    await page.getByLabel('come, of 3').fill('2')
    await page.getByRole('button', { name: 'It has come' }).click()
    const goods = page.getByRole('region', { name: 'What comes back' })
    await goods.getByRole('row', { name: /2 of 3 × Back on the shelf €98.00/ }).waitFor()
    await close()
  })

  test('one is refused without script, with a reason', async () => {
    const order = await sent()
    await ask(order, 'It is brown')
    const { page, close } = await shop.open(`/orders/${order.id}`, { hasScript: false })
    await page.getByText('Refuse it').click()
    await page.getByLabel('Reason').first().fill('It was worn')
    await page.getByRole('button', { name: 'Refuse', exact: true }).click()
    await page.getByText('Refused', { exact: true }).waitFor()
    expect(await page.getByRole('button', { name: 'They may send it back' }).count()).toBe(0)
    await close()
  })

  test.for(ways)('are fit for everybody, %s', { timeout: 120_000 }, async ([, options]) => {
    const order = await sent()
    await ask(order, 'It wobbles')
    await shop.expectFit([`/orders/${order.id}`], options)
  })
})
