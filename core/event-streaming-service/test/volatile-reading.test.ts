import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { userContract } from '@prognetwork/contracts/user'
import {
  openEventSource,
  openWebSocket,
  startTestPlatform,
  type TestClient,
  type TestPlatform,
  type TestShop,
} from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from './event-platform.ts'

const {
  acknowledgeEvents,
  fetchEvents,
  listEvents,
  listGroups,
  listStreams,
  publishEvents,
  putGroup,
  seekGroup,
} = eventStreamingContract.operations
const { createApiKey } = userContract.operations

let platform: TestPlatform
let shop: TestShop
let other: TestShop

beforeAll(async () => {
  platform = await startTestPlatform()
  shop = await platform.shop()
  other = await platform.shop()
})
afterAll(() => platform?.stop())

async function view({ staff }: TestShop, ...pages: string[]) {
  const body = pages.map((subject) => ({
    ...({ specversion: '1.0', log: 'volatile', type: 'page.viewed' } as const),
    ...{ subject, data: {} },
  }))
  expect((await staff.call(publishEvents, { body })).status).toBe(202)
}

async function endOf(log: 'domain' | 'volatile'): Promise<string> {
  const { items } = (await shop.staff.call(listStreams, {})).body
  return items.find((one) => one.name === log)?.cursor ?? ''
}

const subjects = (items: readonly { subject: string }[]) => items.map((one) => one.subject)

/** What follows a cursor, once there is something. */
function listed({ staff }: TestShop, query: object) {
  return eventually(async () => {
    const { body } = await staff.call(listEvents, { query })
    return body.items.length > 0 ? body : undefined
  })
}

/** As if a million events had come and a month had passed. */
async function dropAll() {
  const sql = (text: string) => platform.sql.query(text)
  await sql(`update event_streaming_service.log_head set next = (next / 1000000 + 1) * 1000000
    where log = 'volatile'`)
  await sql(`select event_streaming_service.ensure_partitions('volatile')`)
  await sql(`update event_streaming_service.log_range set filled_at = now() - interval '31 days'
    where log = 'volatile' and filled_at is not null`)
  await sql(`select event_streaming_service.drop_partitions('volatile', interval '30 days')`)
}

async function keyHeader(staff: TestClient) {
  const body = { name: 'stream', scopes: ['event:event:read'] }
  return { 'x-api-key': (await staff.call(createApiKey, { body })).body.key }
}

test('both logs are shown, and each is kept as long as it says', async () => {
  const { items } = (await shop.staff.call(listStreams, {})).body
  expect(items.map(({ name, retentionDays }) => [name, retentionDays])).toEqual([
    ['domain', null],
    ['volatile', 30],
  ])
})

test('volatile events are listed apart from the others, to their tenant alone', async () => {
  const [before, domain] = [await endOf('volatile'), await endOf('domain')]
  await view(other, 'of-another')
  await view(shop, 'a', 'b', 'c')
  const page = await listed(shop, { after: before, limit: 2 })
  expect(subjects(page.items)).toEqual(['a', 'b'])
  const rest = await listed(shop, { after: page.next ?? '', log: 'volatile' })
  expect(subjects(rest.items)).toEqual(['c'])
  const whole = await listed(shop, { log: 'volatile' })
  expect(subjects(whole.items)).toEqual(['a', 'b', 'c'])
  const kept = await shop.staff.call(listEvents, { query: { after: domain, types: 'page.*' } })
  expect(kept.body.items).toEqual([])
  const mixed = await shop.staff.call(listEvents, { query: { after: domain, log: 'volatile' } })
  expect(mixed.problem.code).toBe('request.invalid')
})

test.each([
  ['Server-Sent Events', openEventSource],
  ['WebSocket', openWebSocket],
])('%s carry them as they come, and from a cursor on', async (_, open) => {
  const headers = await keyHeader(shop.staff)
  const address = `${platform.originOf('event-streaming-service')}/v1/stream`
  const live = await open(`${address}?log=volatile`, headers)
  const kept = await open(address, headers)
  await view(other, 'of-another')
  await view(shop, 'd', 'e')
  const events = await live.has(2)
  expect(subjects(events)).toEqual(['d', 'e'])
  const again = await open(`${address}?after=${events[0]?.cursor}`, headers)
  expect(subjects(await again.has(1))).toEqual(['e'])
  // A tenant that was just made may still be told of there.
  expect(subjects(kept.events)).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/^[de]$/)]),
  )
  for (const one of [live, kept, again]) one.close()
})

test('a group reads the log that it was made for, and stays in it', async () => {
  const params = { group: 'of-pages' }
  const made = await shop.staff.call(putGroup, { params, body: { log: 'volatile' } })
  expect(made.body).toMatchObject({ log: 'volatile', behind: 0 })
  await view(shop, 'f', 'g')
  const lot = await eventually(async () => {
    const { body } = await shop.staff.call(fetchEvents, { params, body: { waitMs: 1_000 } })
    return body.events.length > 0 ? body : undefined
  })
  expect(subjects(lot.events)[0]).toBe('f')
  const body = { lease: lot.lease ?? '', cursor: lot.events[0]?.cursor }
  const acknowledged = await shop.staff.call(acknowledgeEvents, { params, body })
  expect(acknowledged.body.cursor).toBe(lot.events[0]?.cursor)
  const put = await shop.staff.call(putGroup, { params, body: { log: 'domain' } })
  expect(put.body).toMatchObject({ log: 'volatile', cursor: lot.events[0]?.cursor })
  const astray = { params, body: { to: await endOf('domain') } }
  expect((await shop.staff.call(seekGroup, astray)).problem.code).toBe('request.invalid')
  const { items } = (await shop.staff.call(listGroups, { query: {} })).body
  expect(items.map(({ name, log }) => [name, log])).toEqual([['of-pages', 'volatile']])
})

test('whoever stands below what is kept is told so, and where it goes on', async () => {
  const params = { group: 'left-behind' }
  const { staff } = shop
  const old = await endOf('volatile')
  await staff.call(putGroup, { params, body: { startAt: old } })
  await view(shop, 'lost')
  await listed(shop, { after: old })
  await dropAll()
  await view(shop, 'kept')
  const listing = await staff.call(listEvents, { query: { after: old } })
  expect(listing.status).toBe(410)
  const named = /after the cursor (\S+)$/.exec(listing.problem.detail)?.[1] ?? ''
  expect(subjects((await listed(shop, { after: named })).items)).toEqual(['kept'])
  expect(subjects((await listed(shop, { log: 'volatile' })).items)).toEqual(['kept'])
  const refused = [
    listing,
    await staff.call(fetchEvents, { params, body: {} }),
    await staff.call(seekGroup, { params, body: { to: old } }),
    await staff.call(putGroup, { params: { group: 'late' }, body: { startAt: old } }),
    await staff.raw('GET', `/api/v1/stream?after=${old}`),
  ]
  expect(refused.map((one) => one.problem.code)).toEqual(
    Array(5).fill('event_streaming.events_dropped'),
  )
  await staff.call(seekGroup, { params, body: { to: 'beginning' } })
  const { body } = await staff.call(fetchEvents, { params, body: {} })
  expect(subjects(body.events)).toEqual(['kept'])
})
