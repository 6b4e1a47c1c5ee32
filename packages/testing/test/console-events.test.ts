// What happened, in the console: events found again, and one of them.
import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { browserMissing } from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ConsoleShop, startConsoleShop, ways } from './console-shop.ts'

describe('events in the console', () => {
  let shop: ConsoleShop
  beforeAll(async () => {
    if (browserMissing) return
    shop = await startConsoleShop()
  }, 120_000)
  beforeEach((context) => {
    if (browserMissing) context.skip(browserMissing)
  })
  afterAll(() => shop?.platform.stop())

  test('one that just came is opened, and leads to its like, its schema and its trace', async () => {
    const { page, complaints, close } = await shop.open('/events')
    await page.getByText('live', { exact: true }).waitFor()
    const { id } = await shop.buy()
    const placed = page.getByRole('row', { name: /order.placed/ })
    await placed.getByRole('link').click()
    await page.getByRole('heading', { name: 'order.placed' }).waitFor()
    const address = page.url()
    await page.getByText(`"orderId": "${id}"`).waitFor()
    await page.getByRole('link', { name: id }).click()
    await page.waitForURL(`${shop.home}/events?subject=${id}`)
    await page.getByText('order.paid').waitFor()
    expect(await page.getByText('product.created').count()).toBe(0)
    await page.goto(address)
    await page.getByRole('link', { name: /^urn:prognetwork:event:order.placed:/ }).click()
    await page.getByRole('heading', { name: 'JSON Schema' }).waitFor()
    await shop.platform.telemetry.flush()
    await page.goto(address)
    await page
      .getByRole('link', { name: /^[0-9a-f]{32}$/ })
      .last()
      .click()
    await page.getByRole('heading', { name: 'checkOut' }).waitFor()
    expect(complaints).toEqual([])
    await close()
  })

  test('are found without script by what they are about and when they were', async () => {
    const { id } = await shop.buy()
    const { page, close } = await shop.open('/events', { hasScript: false })
    await page.getByLabel('About').fill(id)
    await page.getByLabel('Types').fill('order.placed')
    await page.getByRole('button', { name: 'Show' }).click()
    await page.getByRole('row', { name: /order.placed/ }).waitFor()
    expect(await page.getByRole('row', { name: /order.paid/ }).count()).toBe(0)
    await page.getByText('More filters').click()
    await page.getByLabel('Until (UTC)').fill('2020-01-01T00:00')
    await page.getByRole('button', { name: 'Show' }).click()
    await page.getByText('Nothing is like this.').waitFor()
    await page.getByLabel('Types').fill('Everything!')
    await page.getByRole('button', { name: 'Show' }).click()
    await page.getByText('Some of it needs a change.').waitFor()
    await close()
  })

  test('are there from the newest back to the first, without script too', async () => {
    const { publishEvents } = eventStreamingContract.operations
    const parcels = Array.from({ length: 130 }, (_, at) => ({
      ...{ specversion: '1.0' as const, type: 'parcel.counted', subject: `parcel-${at}` },
      data: {},
    }))
    await shop.shop.staff.call(publishEvents, { body: parcels })
    const { page, close } = await shop.open('/events?types=parcel.*', { hasScript: false })
    const subjects = async () => {
      await page.reload()
      return page.locator('tbody tr td:last-child').allTextContents()
    }
    await expect.poll(subjects).toHaveLength(100)
    expect((await subjects())[0]).toBe('parcel-129')
    await page.getByRole('link', { name: 'Earlier' }).click()
    await page.waitForURL(/after=/)
    expect(await subjects()).toEqual(Array.from({ length: 30 }, (_, at) => `parcel-${29 - at}`))
    await close()
  })

  test.for(ways)('are fit for everybody, %s', { timeout: 120_000 }, async ([, options]) => {
    const { id } = await shop.buy()
    const { page, close } = await shop.open(`/events?subject=${id}`)
    const link = page.getByRole('table').getByRole('link').first()
    const path = (await link.getAttribute('href'))?.slice(`/t/${shop.shop.slug}`.length) ?? ''
    await close()
    await shop.expectFit(
      ['/events', '/events?types=order.*', `/events?subject=${id}`, path],
      options,
    )
  })

  test('are closed to those who do the daily work', () => shop.expectClosed({ Events: '/events' }))
})
