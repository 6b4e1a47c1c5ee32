// Partitions that are consumed in one transaction: what befalls one of them is not the others'.
import { randomUUID } from 'node:crypto'
import {
  type Consumer,
  type Lot,
  on,
  onLot,
  partitionOf,
} from '@prognetwork/event-based-service-client'
import { command } from '@prognetwork/shared-infrastructure'
import { startCluster } from '@prognetwork/testing'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import {
  type EventPlatform,
  type EventProcess,
  eventually,
  newTenant,
  startEventPlatform,
  thingMade,
  thingNoted,
} from './event-platform.ts'

const take = command<[thingId: string, version: number]>(
  'taking.insert',
  `insert into taking (thing_id, version, member) values ($1, $2, 'one')`,
)
const cutOff = { text: 'select pg_terminate_backend(pg_backend_pid())', values: [] }

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

async function start(...consumers: readonly Consumer[]): Promise<EventProcess> {
  const consumes = consumers.map((one) => one.event)
  const process = await platform.start(
    consumers.length > 0 ? { consumers: () => consumers, consumes } : {},
  )
  started.push(process)
  return process
}

async function stop(process: EventProcess): Promise<void> {
  await process.stop()
  started = started.filter((one) => one !== process)
}

async function taken(things: readonly string[]): Promise<number> {
  const { rows } = await platform.sql.query(
    'select count(*)::int as count from taker_service.taking where thing_id = any ($1)',
    [things],
  )
  return rows[0].count
}

/** Things of as many partitions, each made once while nobody consumes. */
async function backlog(tenant: string, count: number): Promise<readonly string[]> {
  const things = new Map<number, string>()
  while (things.size < count) {
    const thing = randomUUID()
    things.set(partitionOf(tenant, thing), thing)
  }
  const maker = await start()
  for (const thing of things.values()) await maker.make(tenant, thing, 1)
  await stop(maker)
  return [...things.values()]
}

test('an event that costs its connection each time holds up its partition alone', async () => {
  const tenant = newTenant()
  const [poisoned, ...others] = await backlog(tenant, 20)
  let isPoisoned = true
  await start(
    on(thingMade, async (_ctx, { data: { thingId, version } }, tx) => {
      if (isPoisoned && thingId === poisoned) await tx.run(cutOff)
      await tx.run(take(thingId, version))
    }),
  )
  await eventually(async () => (await taken(others)) === others.length, 5_000)
  expect(await taken([poisoned ?? ''])).toBe(0)
  isPoisoned = false
  await eventually(async () => (await taken([poisoned ?? ''])) === 1, 20_000)
  expect(await taken(others)).toBe(others.length)
})

test('a connection that is cut once delays nobody for long', async () => {
  const tenant = newTenant()
  const things = await backlog(tenant, 20)
  let cuts = 1
  await start(
    on(thingMade, async (_ctx, { data: { thingId, version } }, tx) => {
      await tx.run(take(thingId, version))
      if (things.includes(thingId) && cuts-- > 0) await tx.run(cutOff)
    }),
  )
  await eventually(async () => (await taken(things)) === things.length, 3_000)
})

test('a lot is no larger with many partitions than with one', async () => {
  const tenant = newTenant()
  const things = await backlog(tenant, 2)
  const maker = await start()
  const [few = '', many = ''] = things
  for (let version = 2; version <= 150; version++) await maker.make(tenant, few, version)
  for (let version = 2; version <= 300; version++) await maker.make(tenant, many, version)
  await stop(maker)
  const sizes: number[] = []
  await start(
    onLot(thingMade, async (lot, tx) => {
      sizes.push(lot.length)
      await tx.batch(lot.map(({ event: { data } }) => take(data.thingId, data.version)))
    }),
  )
  await eventually(async () => (await taken(things)) === 450, 10_000)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(200)
})

test('events of several types that one handler handles come as one lot, in their order', async () => {
  const tenant = newTenant()
  const thing = randomUUID()
  const maker = await start()
  const ctx = maker.context(tenant)
  const { db, events } = maker.maker
  const written: string[] = []
  for (let at = 0; at < 6; at++) {
    const isNote = at % 2 === 1
    written.push(isNote ? 'thing.noted' : 'thing.made')
    await db.batch(ctx, [
      isNote
        ? await events.put(ctx, thingNoted, { thingId: thing, text: `${at}` })
        : await events.put(ctx, thingMade, { thingId: thing, version: at }),
    ])
  }
  await stop(maker)
  const lots: string[][] = []
  const handler = (lot: Lot<typeof thingMade | typeof thingNoted>) => {
    const ours = lot.filter(({ event }) => event.key === thing).map(({ event }) => event.type)
    if (ours.length > 0) lots.push(ours)
  }
  await start(onLot(thingMade, handler), onLot(thingNoted, handler))
  await eventually(async () => lots.flat().length === written.length, 5_000)
  expect(lots).toEqual([written])
})
