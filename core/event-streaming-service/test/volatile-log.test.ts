import { randomUUID } from 'node:crypto'
import { event, id } from '@prognetwork/contracts'
import { on, watch } from '@prognetwork/event-based-service-client'
import { command } from '@prognetwork/shared-infrastructure'
import { connectDirectly } from '@prognetwork/shared-infrastructure/host'
import { startCluster } from '@prognetwork/testing'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import {
  type EventPlatform,
  type EventProcess,
  eventually,
  newTenant,
  startEventPlatform,
  thingMade,
} from './event-platform.ts'

const thingSeen = event('thing.seen', 1, z.object({ thingId: id('thing'), version: z.int() }), {
  key: 'thingId',
  log: 'volatile',
  example: { thingId: '01938d5e-7c1a-7b32-9f60-0c5b1a2d3e4f', version: 1 },
})

const take = command<[thingId: string, version: number, member: string]>(
  'taking.insert',
  'insert into taking (thing_id, version, member) values ($1, $2, $3)',
)

let stopCluster: () => Promise<void>
let platform: EventPlatform
let started: EventProcess[] = []

beforeAll(async () => {
  const { cluster, stop } = await startCluster()
  stopCluster = stop
  platform = await startEventPlatform(cluster)
})
afterEach(async () => {
  await Promise.all(started.map((one) => one.stop()))
  started = []
})
afterAll(async () => {
  await platform?.stop()
  await stopCluster?.()
})

const events = { publishes: [thingMade, thingSeen], consumes: [thingMade, thingSeen] }

/** A taker that writes down what it gets of either log. */
async function start(): Promise<EventProcess> {
  const process = await platform.start({
    ...events,
    consumers: () => [
      on(thingMade, (_, { data, log }, tx) => tx.run(take(data.thingId, data.version, log))),
      on(thingSeen, (_, { data, log }, tx) => tx.run(take(data.thingId, data.version, log))),
    ],
  })
  started.push(process)
  return process
}

/** In one transaction, in this order. */
async function put(
  { maker, context }: EventProcess,
  tenantId: string,
  ...list: [contract: typeof thingMade | typeof thingSeen, thingId: string, version: number][]
) {
  const ctx = context(tenantId)
  const statements = list.map(([contract, thingId, version]) =>
    maker.events.put(ctx, contract, { thingId, version }),
  )
  await maker.db.batch(ctx, await Promise.all(statements))
}

async function taken(thingId: string): Promise<unknown[][]> {
  const { rows } = await platform.sql.query(
    `select member, version from taker_service.taking where thing_id = $1 order by seq`,
    [thingId],
  )
  return rows.map(({ member, version }) => [member, version])
}

const ofLog = (log: string, list: readonly unknown[][]) =>
  list.flatMap(([from, version]) => (from === log ? [version] : []))

test('an event goes to the log that its contract names, and is consumed once and in order', async () => {
  const process = await start()
  const other = await start()
  const tenantId = newTenant()
  const things = Array.from({ length: 20 }, () => randomUUID())
  for (let version = 1; version <= 30; version++)
    for (const thing of things)
      await put(process, tenantId, [thingSeen, thing, version], [thingMade, thing, version])
  const versions = Array.from({ length: 30 }, (_, n) => n + 1)
  for (const thing of things) {
    await eventually(async () => (await taken(thing)).length >= 60, 20_000)
    const list = await taken(thing)
    expect([ofLog('volatile', list), ofLog('domain', list)]).toEqual([versions, versions])
  }
  for (const [log, type] of Object.entries({ domain: 'thing.made', volatile: 'thing.seen' })) {
    const { rows } = await platform.sql.query(
      `select count(*)::int as events, count(distinct type)::int as types, min(type) as type,
         max(position) - min(position) + 1 as positions
       from event_streaming_service.${log}_log where tenant_id = $1`,
      [tenantId],
    )
    expect(rows).toEqual([{ events: 600, types: 1, type, positions: 600 }])
  }
  await other.stop()
  started = started.filter((one) => one !== other)
})

test('positions of both logs stay dense while two processes fight for the lead', async () => {
  const process = await start()
  const rival = await start()
  const tenantId = newTenant()
  let fighting = true
  const fight = async () => {
    const umpire = await connectDirectly(platform.settings)
    while (fighting) {
      await umpire.query(
        `update event_streaming_service.log_head set epoch = epoch + 1, holder = null,
           expires_at = now() + interval '10 ms' where log = 'domain'`,
      )
      await new Promise((resolve) => setTimeout(resolve, 60))
    }
    await umpire.end()
  }
  const fought = fight()
  const thing = randomUUID()
  for (let version = 1; version <= 150; version++)
    await put(
      version % 2 ? process : rival,
      tenantId,
      [thingSeen, thing, version],
      [thingMade, thing, version],
    )
  fighting = false
  await fought
  await eventually(async () => (await taken(thing)).length >= 300, 20_000)
  const list = await taken(thing)
  const versions = Array.from({ length: 150 }, (_, n) => n + 1)
  expect([ofLog('volatile', list), ofLog('domain', list)]).toEqual([versions, versions])
  for (const log of ['domain', 'volatile']) {
    const { rows } = await platform.sql.query(
      `select count(*) = max(position) and max(position) = (select next - 1
         from event_streaming_service.log_head where log = $1) as dense
       from event_streaming_service.${log}_log`,
      [log],
    )
    expect(rows).toEqual([{ dense: true }])
  }
})

test('a service that was away when events were dropped goes on at the floor and says so', async () => {
  const first = await start()
  const tenantId = newTenant()
  const thing = randomUUID()
  await put(first, tenantId, [thingSeen, thing, 1])
  await eventually(async () => (await taken(thing)).length === 1)
  await first.stop()
  started = []
  const sql = (text: string) => platform.sql.query(text)
  await sql(
    "update event_streaming_service.log_head set next = next + 1000000 where log = 'volatile'",
  )
  await sql("select event_streaming_service.ensure_partitions('volatile')")
  await sql(
    "update event_streaming_service.log_range set filled_at = filled_at - interval '31 days'",
  )
  await sql("select event_streaming_service.drop_partitions('volatile', interval '30 days')")
  const { rows } = await sql(
    "select floor from event_streaming_service.log_heads() where log = 'volatile'",
  )
  expect(rows).toEqual([{ floor: 999_999 }])
  const second = await start()
  await put(second, tenantId, [thingSeen, thing, 2], [thingMade, thing, 3])
  await eventually(async () => (await taken(thing)).length === 3)
  const told = second.logLines.filter((line) => line.includes('Events were dropped that had not'))
  expect(told.length).toBeGreaterThan(0)
})

test('a volatile event cannot be watched, nor change its log in a later version', async () => {
  const watching = platform.start({
    ...events,
    consumes: [thingSeen],
    watches: () => [watch(thingSeen, () => {}, { snapshot: () => {} })],
  })
  await expect(watching).rejects.toThrow('thing.seen is in the volatile log and watched')
  const later = () =>
    event('thing.made', 2, z.object({ thingId: z.string() }), {
      ...{ key: 'thingId', log: 'volatile', example: { thingId: 'x' } },
      upcaster: { from: thingMade, upcast: () => ({ thingId: 'x' }) },
    })
  expect(later).toThrow('thing.made: version 2 is in another log than the one before')
})

test('the volatile log is as closed as the other one', async () => {
  const log = 'event_streaming_service.volatile_log'
  const writer = await connectDirectly(platform.as('event_writer'))
  for (const text of [`select * from ${log}`, `delete from ${log}`, `select * from ${log}_1000000`])
    await expect(writer.query(text), text).rejects.toThrow(/permission denied/)
  await writer.end()
  const taker = await connectDirectly(platform.as('taker_service'))
  const read = (types: string[]) =>
    taker.query(
      `select type from event_streaming_service.read_volatile_events(
         (select incarnation from event_streaming_service.log_heads() where log = 'volatile'), $1,
         0, array(select 0::bigint from generate_series(0, 63)), 10)`,
      [types],
    )
  await expect(read(['thing.lost'])).rejects.toThrow('does not consume thing.lost')
  for (const text of [
    `select * from ${log}`,
    `select * from event_streaming_service.read_volatile_log(gen_random_uuid(), 0, null, 1)`,
  ])
    await expect(taker.query(text), text).rejects.toThrow(/permission denied/)
  await taker.end()
})
