import { randomUUID } from 'node:crypto'
import { eventStreamingContract, storingServices } from '@prognetwork/contracts/event-streaming'
import { connectDirectly } from '@prognetwork/shared-infrastructure/host'
import { startCluster } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type EventPlatform,
  type EventProcess,
  eventually,
  newTenant,
  startEventPlatform,
} from './event-platform.ts'

// The log as a service with a database of its own reads it. The service that asks is one that has been
// listed for `thing.made` and for nothing else.

const { readLog, readLogEnd, readLogWindow, readReadingRights } = eventStreamingContract.operations
const tenantId = newTenant()
const who = { tenantId, permissions: [], caller: 'product-service' }
const types = ['thing.made']
const all = Array.from({ length: 64 }, (_, partition): [number, number] => [partition, 0])

let stopCluster: () => Promise<void>
let platform: EventPlatform
let process: EventProcess

beforeAll(async () => {
  const { cluster, stop } = await startCluster()
  stopCluster = stop
  platform = await startEventPlatform(cluster)
  process = await platform.start()
  await platform.sql.query(
    `insert into event_streaming_service.subscription values ('product_service', 'thing.made', 0)`,
  )
})
afterAll(async () => {
  await platform?.stop()
  await stopCluster?.()
})

const code = (work: Promise<unknown>) => work.then(String, (error) => error.code)
const end = (after?: number) =>
  process.ask(who, readLogEnd, { query: { log: 'domain', ...(after !== undefined && { after }) } })

async function make(count: number): Promise<{ key: string; incarnation: string }> {
  const key = randomUUID()
  const { position } = await end()
  for (let version = 1; version <= count; version++) await process.make(tenantId, key, version)
  await eventually(async () => (await end()).position >= position + count)
  return { key, incarnation: (await end()).incarnation }
}

const read = (incarnation: string, wanted = types, most = 1_000) =>
  process.ask(who, readLog, {
    body: { log: 'domain', incarnation, types: wanted, after: all, most },
  })
const window = (incarnation: string, wanted: object = {}) =>
  process.ask(who, readLogWindow, {
    body: {
      ...{ incarnation, types, after: 0, upTo: all.map(() => 1_000_000), most: 1_000 },
      ...{ tenantId: null, key: null, since: null, before: null },
      ...wanted,
    },
  })

test('events come in order, up to where nothing is missing', async () => {
  const { key, incarnation } = await make(5)
  const whole = await read(incarnation)
  const own = whole.events.filter((event) => event.key === key)
  expect(own.map((event) => event.aggregateVersion)).toEqual([1, 2, 3, 4, 5])
  expect(whole.upTo).toBe((await end()).position)
  const some = await read(incarnation, types, 2)
  expect(some.events).toEqual(whole.events.slice(0, 2))
  expect(some.upTo).toBe(some.events[1]?.position)
})

test('a window is of one key where that is wanted', async () => {
  const { key, incarnation } = await make(3)
  const { events } = await window(incarnation, { tenantId, key })
  expect(events.map((event) => [event.aggregateVersion, event.replaying])).toEqual([
    [1, true],
    [2, true],
    [3, true],
  ])
})

test('an answer ends early where its events are large, and never before the first', async () => {
  const large = 'x'.repeat(3 * 2 ** 20)
  const { key, incarnation } = await make(1)
  await platform.sql.query(
    `insert into maker_service.outbox
       (tenant_id, id, type, schema_version, key, partition, time, data)
     select $1, gen_random_uuid(), 'thing.made', 1, $2, 0, now(), json_build_object('text', $3::text)
     from generate_series(1, 5)`,
    [tenantId, key, large],
  )
  const { position } = await end()
  await eventually(async () => (await end()).position >= position + 5, 30_000)
  const lots: number[] = []
  for (let after = 0; lots.reduce((sum, lot) => sum + lot, 0) < 6; ) {
    const { events, upTo } = await window(incarnation, { tenantId, key, after })
    lots.push(events.length)
    after = upTo
  }
  expect(lots).toEqual([3, 2, 1])
})

test('the end is answered at once, or once there is more', async () => {
  const { position } = await end()
  const next = end(position)
  await process.make(tenantId, randomUUID(), 1)
  expect((await next).position).toBeGreaterThan(position)
})

test('what a service does not consume is refused, and so is another life of the log', async () => {
  const { incarnation } = await end()
  const rights = (wanted: string[]) =>
    process.ask(who, readReadingRights, { body: { types: wanted } })
  expect((await rights(types)).items).toEqual([{ type: 'thing.made', since: 0 }])
  const foreign = 'event_streaming.type_not_consumed'
  expect(await code(rights(['thing.noted']))).toBe(foreign)
  expect(await code(read(incarnation, ['thing.made', 'thing.noted']))).toBe(foreign)
  expect(await code(window(incarnation, { types: ['thing.noted'] }))).toBe(foreign)
  const ended = 'event_streaming.incarnation_ended'
  expect(await code(read(randomUUID()))).toBe(ended)
  expect(await code(window(randomUUID()))).toBe(ended)
})

test('a window whose beginning is not kept any more is refused', async () => {
  const { incarnation } = await end()
  const { rows } = await platform.sql.query(
    `select min(first) as first from event_streaming_service.log_range where log = 'domain'`,
  )
  const move = (first: number) =>
    platform.sql.query(
      `update event_streaming_service.log_range set first = $1
       where log = 'domain' and first = (select min(first) from event_streaming_service.log_range
         where log = 'domain')`,
      [first],
    )
  await move(rows[0].first + 5)
  expect(await code(window(incarnation))).toBe('event_streaming.events_dropped')
  await move(rows[0].first)
  expect(await code(window(incarnation))).toContain('object')
})

test('no role but that of this service reads for another', async () => {
  const taker = await connectDirectly(platform.as('taker_service'))
  const ask = (reader: string) =>
    taker
      .query('select * from event_streaming_service.reading_rights($1, $2)', [types, reader])
      .then(
        ({ rows }) => rows.map((row) => row.type),
        (error) => error.message,
      )
  expect(await ask('taker_service')).toEqual(types)
  expect(await ask('product_service')).toBe('taker_service is not product_service')
  await taker.end()
})

test('outsiders do not read, and every service that has tables does', async () => {
  for (const caller of ['api-gateway', ...storingServices]) {
    const answer = process.ask({ ...who, caller }, readLogEnd, { query: { log: 'domain' } })
    const refused = caller === 'api-gateway' ? 'identity.permission_denied' : '[object Object]'
    expect(await code(answer), caller).toBe(refused)
  }
})
