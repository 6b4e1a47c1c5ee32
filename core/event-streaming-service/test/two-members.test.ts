import { randomUUID } from 'node:crypto'
import type { Log } from '@prognetwork/contracts'
import {
  type ConsumerDatabase,
  type ConsumerRunner,
  createPostgresTransport,
  type Moved,
  type MoveWakeUps,
  on,
  runConsumers,
} from '@prognetwork/event-based-service-client'
import { command } from '@prognetwork/shared-infrastructure'
import { connectDirectly } from '@prognetwork/shared-infrastructure/host'
import { startCluster } from '@prognetwork/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type EventPlatform,
  type EventProcess,
  eventually,
  newTenant,
  startEventPlatform,
  thingMade,
} from './event-platform.ts'

const take = command<[thingId: string, version: number, member: string]>(
  'taking.insert',
  'insert into taking (thing_id, version, member) values ($1, $2, $3)',
)
let stopCluster: () => Promise<void>
let platform: EventPlatform
let process: EventProcess
let lost = 0

beforeAll(async () => {
  const { cluster, stop } = await startCluster()
  stopCluster = stop
  platform = await startEventPlatform(cluster)
  process = await platform.start()
})
afterAll(async () => {
  await platform?.stop()
  await stopCluster?.()
})

/** Wakes on every new position, and looks for it itself. */
async function pollingWakeUps(): Promise<MoveWakeUps & { stop(): Promise<void> }> {
  const sql = await connectDirectly(platform.settings)
  const listeners = new Set<(moved: Moved) => void>()
  let polling = true
  const poll = async () => {
    while (polling) {
      const { rows } = await sql.query(
        'select log, next - 1 as to from event_streaming_service.log_head',
      )
      for (const row of rows) for (const listener of listeners) listener(row)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await sql.end()
  }
  const polled = poll()
  return {
    onMoved(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    onReconnected: () => () => {},
    isListening: () => true,
    async stop() {
      polling = false
      await polled
    },
  }
}

function countingLost(database: ConsumerDatabase): ConsumerDatabase {
  return {
    ...database,
    async consume(first, work) {
      const outcome = await database.consume(first, work)
      if (outcome === 'lost') lost += 1
      return outcome
    },
  }
}

function startMember(name: string, wakeUps: MoveWakeUps, one: EventProcess): ConsumerRunner {
  const { consuming } = one.taker.db as unknown as { consuming: ConsumerDatabase }
  const silent = { warn() {}, error() {}, info() {}, debug() {} } as unknown as Log
  return runConsumers({
    service: 'taker-service',
    topics: ['maker-service'],
    database: countingLost(consuming),
    transport: createPostgresTransport(wakeUps),
    contextFor: one.context,
    begin: (event) => ({
      ctx: { ...one.context(event.tenantId), replaying: event.replaying },
      end() {},
    }),
    classify: (error) => (String(error).includes('is not available') ? 'unavailable' : 'error'),
    log: silent,
    times: { leaseMs: 400, renewMs: 25, quietMs: 50, retryMs: 10 },
    consumers: [
      on(thingMade, async (_ctx, { data }, tx) => {
        await tx.run(take(data.thingId, data.version, name))
        await new Promise((resolve) => setTimeout(resolve, 1))
      }),
    ],
  })
}

test('two members that both believe to hold a partition do everything once and in order', async () => {
  const wakeUps = await pollingWakeUps()
  const other = await platform.start()
  const members = [startMember('one', wakeUps, process), startMember('two', wakeUps, other)]
  let making = true
  const shuffle = async () => {
    const sql = await connectDirectly(platform.settings)
    while (making) {
      await sql.query(
        `update taker_service.consumer_lease set member = (select member from
           taker_service.consumer_member order by random() limit 1)
         where partition in (select partition from taker_service.consumer_lease
           where random() < 0.5 for update skip locked)`,
      )
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    await sql.end()
  }
  const shuffled = shuffle()
  const things = Array.from({ length: 40 }, () => randomUUID())
  const tenant = newTenant()
  const versions = Array.from({ length: 25 }, (_, n) => n + 1)
  for (const version of versions)
    await Promise.all(things.map((thing) => process.make(tenant, thing, version)))
  const takings = async () => {
    const { rows } = await platform.sql.query(
      'select thing_id as "thingId", version, member from taker_service.taking order by seq',
    )
    return rows
  }
  await eventually(async () => (await takings()).length >= 1_000, 20_000)
  making = false
  await shuffled
  await wakeUps.stop()
  await Promise.all(members.map((one) => one.stop()))
  const list = await takings()
  expect(list).toHaveLength(1_000)
  for (const [, own] of Map.groupBy(list, (one) => one.thingId))
    expect(own.map((one) => one.version)).toEqual(versions)
  expect(new Set(list.map((one) => one.member))).toEqual(new Set(['one', 'two']))
  expect(lost).toBeGreaterThan(0)
  const { rows } = await platform.sql.query(
    'select count(*)::int as held from taker_service.consumer_lease where member is not null',
  )
  expect(rows).toEqual([{ held: 0 }])
})
