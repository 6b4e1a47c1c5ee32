// What was done, and what was written of it, in the console.
import { monitoringContract } from '@prognetwork/contracts/monitoring'
import { browserMissing } from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ConsoleShop, startConsoleShop, ways } from './console-shop.ts'

describe('traces and logs in the console', () => {
  let shop: ConsoleShop
  beforeAll(async () => {
    if (browserMissing) return
    shop = await startConsoleShop()
  }, 120_000)
  beforeEach((context) => {
    if (browserMissing) context.skip(browserMissing)
  })
  afterAll(() => shop?.platform.stop())

  /** A trace that is there, one that is not, and a span of the first. */
  async function tracePages(): Promise<string[]> {
    await shop.platform.telemetry.flush()
    const { listTraces, readTrace } = monitoringContract.operations
    const query = { operation: 'checkOut' }
    const { body } = await shop.shop.staff.call(listTraces, { query })
    const traceId = body.items[0]?.traceId ?? ''
    const trace = await shop.shop.staff.call(readTrace, { params: { traceId } })
    const path = `/traces/${traceId}`
    return [path, `${path}?span=${trace.body.spans[0]?.spanId}`, `/traces/${'a'.repeat(32)}`]
  }

  test('staff go from an order to what was done for it, and look into that', async () => {
    const { id, reference } = await shop.buy()
    await shop.platform.telemetry.flush()
    const { page, complaints, close } = await shop.open(`/orders/${id}`)
    await page.getByRole('link', { name: 'What was done for it' }).click()
    await page.waitForURL(`${shop.home}/traces?object=order%3A${id}`)
    await page.getByRole('link', { name: 'checkOut' }).click()
    await page.getByRole('heading', { name: 'checkOut' }).waitFor()
    const parts = page.getByRole('table').getByRole('link')
    const whole = await parts.count()
    expect(whole).toBeGreaterThan(3)
    // Every span is where its time is: no bar leaves the axis.
    const axis = await page.getByRole('columnheader', { name: 'Time since' }).boundingBox()
    for (const bar of await page.locator('.bar').all()) {
      const { x = 0, width = 0 } = (await bar.boundingBox()) ?? {}
      expect(x).toBeGreaterThanOrEqual((axis?.x ?? 0) - 1)
      expect(x + width).toBeLessThanOrEqual((axis?.x ?? 0) + (axis?.width ?? 0) + 2)
    }
    await page.keyboard.press('j')
    await page.keyboard.press('ArrowLeft')
    await expect.poll(() => parts.count()).toBeLessThan(whole)
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => parts.count()).toBe(whole)
    await page.keyboard.press('Enter')
    await page.waitForURL(/\?span=[0-9a-f]{16}$/)
    await page.getByText('Begins after').waitFor()
    await page.getByRole('link', { name: `order:${id}` }).click()
    await page.getByRole('heading', { name: `Order ${reference}` }).waitFor()
    expect(complaints).toEqual([])
    await close()
  })

  test('a mail leads to its own', async () => {
    const { reference } = await shop.buy()
    const { page, close } = await shop.open('/mail')
    await page.getByRole('link', { name: new RegExp(reference) }).click()
    // By itself, as soon as something became of it.
    await page.getByRole('link', { name: 'What was done for it' }).waitFor()
    await shop.platform.telemetry.flush()
    await page.getByRole('link', { name: 'What was done for it' }).click()
    // It was written for the order, so it is part of what the order was.
    await page.getByRole('heading', { name: 'checkOut' }).waitFor()
    await page.getByRole('link', { name: 'email-service order.placed' }).waitFor()
    await close()
  })

  test('are searched without script, and filters that mean nothing are said to', async () => {
    await shop.buy()
    await shop.platform.telemetry.flush()
    const { page, close } = await shop.open('/traces', { hasScript: false })
    await page.getByLabel('Operation', { exact: true }).fill('checkOut')
    await page.getByLabel('Outcome').selectOption('ok')
    await page.getByRole('button', { name: 'Show' }).click()
    await page.getByRole('link', { name: 'checkOut' }).first().waitFor()
    await page.getByText('More filters').click()
    await page.getByLabel('At least (ms)').fill('80000000')
    await page.getByRole('button', { name: 'Show' }).click()
    await page.getByText('Nothing is kept that is like this.').waitFor()
    await page.getByRole('link', { name: 'Clear' }).click()
    await page.getByLabel('About').fill('whatever')
    await page.getByRole('button', { name: 'Show' }).click()
    await page.getByText('Some of it needs a change.').waitFor()
    await page.goto(`${shop.home}/traces/${'a'.repeat(32)}`)
    await page.getByRole('heading', { name: 'Nothing is kept of this trace' }).waitFor()
    await close()
  })

  test('logs are found by words, level and time, and lead to their trace', async () => {
    await shop.buy()
    await shop.platform.telemetry.flush()
    const { page, close } = await shop.open('/logs')
    await page.getByLabel('Words').fill('Request checkOut')
    await page.getByRole('button', { name: 'Show' }).click()
    await page
      .getByRole('cell', { name: /operation=checkOut/ })
      .first()
      .waitFor()
    await page.getByText('More filters').click()
    await page.getByLabel('Until (UTC)').fill('2020-01-01T00:00')
    await page.getByRole('button', { name: 'Show' }).click()
    await page.getByText('No line is like this.').waitFor()
    await page.getByRole('link', { name: 'Clear' }).click()
    await page.getByRole('table').getByRole('link').first().click()
    await page.getByRole('link', { name: 'All traces' }).waitFor()
    await close()
  })

  test.for(ways)('are fit for everybody, %s', { timeout: 120_000 }, async ([, options]) => {
    await shop.buy()
    await shop.expectFit(
      [
        ...['/traces', '/traces?operation=checkOut&least=1', '/logs', '/logs?words=Request'],
        ...(await tracePages()),
      ],
      options,
    )
  })

  test('are closed to those who do the daily work', () =>
    shop.expectClosed({ Traces: '/traces', Logs: '/logs' }))
})
