import { randomUUID } from 'node:crypto'
import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import {
  createTenants,
  startTestPlatform,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cursorOf, placeOf } from '../src/cursor/cursor.ts'

const { listEvents, publishEvents, readEvent } = eventStreamingContract.operations

let platform: TestPlatform
let shop: TestShop
beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
})
afterAll(() => platform?.stop())

const missing = 'event_streaming.event_missing'

/** An event of the shop's own, as the list has it. */
async function publish(log: 'domain' | 'volatile' = 'domain') {
  const subject = randomUUID()
  const sent = {
    specversion: '1.0',
    type: 'parcel.scanned',
    subject,
    log,
    data: { gate: 3 },
  } as const
  expect((await shop.staff.call(publishEvents, { body: sent })).status).toBe(202)
  const asked = () => shop.staff.call(listEvents, { query: { subject, log } })
  await expect.poll(async () => (await asked()).body.items.length).toBe(1)
  const [event] = (await asked()).body.items
  if (!event) throw new Error('it was listed a moment ago')
  return event
}

const read = (cursor: string, client = shop.staff) => client.call(readEvent, { params: { cursor } })

test.for(['domain', 'volatile'] as const)(
  'an event of the %s log is read by its cursor',
  async (log) => {
    const event = await publish(log)
    await publish(log)
    const { status, body } = await read(event.cursor)
    expect([status, body]).toEqual([200, event])
  },
)

test("another tenant's event is none, and neither is what the log does not have", async () => {
  const { cursor } = await publish()
  const other = await platform.shop()
  expect((await read(cursor, other.staff)).problem.code).toBe(missing)
  const { log, incarnation, position } = placeOf(cursor)
  for (const place of [
    { log, incarnation: randomUUID(), position },
    { log, incarnation, position: position + 1_000 },
    { log, incarnation, position: 0 },
  ])
    expect((await read(cursorOf(place))).problem.code).toBe(missing)
})

test('what is no cursor is refused', async () => {
  expect((await read('nonsense')).problem.code).toBe('request.invalid')
})

test('events are read by members who may, and nobody else', async () => {
  const { cursor } = await publish()
  expect((await read(cursor, platform.anonymous.at(shop.slug))).status).toBe(401)
  const tenants = createTenants(platform)
  const member = await tenants.act(await tenants.join(shop, 'member'), shop.id)
  expect((await read(cursor, member)).status).toBe(403)
})
