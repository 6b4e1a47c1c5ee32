// What events look like, in the console.
import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { browserMissing } from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ConsoleShop, startConsoleShop, ways } from './console-shop.ts'

describe('schemas in the console', () => {
  let shop: ConsoleShop
  beforeAll(async () => {
    if (browserMissing) return
    shop = await startConsoleShop()
    const parcelId = { type: 'string' }
    await register({ properties: { parcelId }, required: ['parcelId'] })
    const weightGrams = { type: 'integer', minimum: 1 }
    await register({ properties: { parcelId, weightGrams }, required: ['parcelId'] })
  }, 120_000)
  beforeEach((context) => {
    if (browserMissing) context.skip(browserMissing)
  })
  afterAll(() => shop?.platform.stop())

  async function register(schema: object): Promise<void> {
    const { status, body } = await shop.shop.staff.call(
      eventStreamingContract.operations.registerSchema,
      {
        params: { type: 'parcel.handed_over' },
        body: {
          schema: { type: 'object', additionalProperties: false, ...schema },
          example: { parcelId: 'P-1' },
        },
      },
    )
    expect(status, JSON.stringify(body)).toBe(201)
  }

  test('staff see every type, and what changed between versions of one', async () => {
    const { page, complaints, close } = await shop.open('/schemas')
    await page.getByRole('row', { name: /order.placed \d+ order-service/ }).waitFor()
    await page.getByRole('row', { name: /parcel.handed_over 2 You reads/ }).waitFor()
    await page.getByRole('link', { name: 'parcel.handed_over' }).click()
    await page.getByRole('heading', { name: 'What changed since version 1' }).waitFor()
    const changes = page.getByRole('region', { name: 'Places that changed' })
    await changes.getByText('/properties/weightGrams/type').waitFor()
    expect(await changes.getByText('parcelId').count()).toBe(0)
    await page.getByText('"parcelId": "P-1"').waitFor()
    await page.getByRole('link', { name: 'Version 1' }).click()
    await page.waitForURL(`${shop.home}/schemas/parcel.handed_over?version=1`)
    await expect.poll(() => page.getByText('weightGrams').count()).toBe(0)
    expect(complaints).toEqual([])
    await close()
  })

  test.for(ways)('are fit for everybody, %s', { timeout: 120_000 }, ([, options]) =>
    shop.expectFit(['/schemas', '/schemas/parcel.handed_over', '/schemas/order.placed'], options),
  )

  test('are closed to those who do the daily work', () =>
    shop.expectClosed({ Schemas: '/schemas' }))
})
