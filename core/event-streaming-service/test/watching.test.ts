import { randomUUID } from 'node:crypto'
import { watch } from '@prognetwork/event-based-service-client'
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

let stopCluster: () => Promise<void>
let platform: EventPlatform

beforeAll(async () => {
  const { cluster, stop } = await startCluster()
  stopCluster = stop
  platform = await startEventPlatform(cluster)
})
afterAll(async () => {
  await platform?.stop()
  await stopCluster?.()
})

/** What one process knows: `snapshot` is what it loaded last, `heard` what it was told since. */
interface Knowledge {
  snapshots: number
  known: Set<string>
  heard: string[]
}

/** A process that keeps in memory which things there are, as a cache or a deny list would. */
async function startWatcher(
  options: { duringSnapshot?: () => Promise<void>; writes?: boolean } = {},
): Promise<EventProcess & { knowledge: Knowledge }> {
  const knowledge: Knowledge = { snapshots: 0, known: new Set(), heard: [] }
  const process = await platform.start({
    writes: options.writes ?? true,
    watches: () => [
      watch(
        thingMade,
        (_ctx, { key }) => {
          knowledge.known.add(key)
          knowledge.heard.push(key)
        },
        {
          async snapshot() {
            const { rows } = await platform.sql.query('select id from maker_service.thing')
            await options.duringSnapshot?.()
            knowledge.known = new Set(rows.map((row) => row.id))
            knowledge.snapshots += 1
          },
        },
      ),
    ],
  })
  return { ...process, knowledge }
}

/** A row and its event, in one transaction. */
async function make(process: EventProcess): Promise<string> {
  const ctx = process.context(newTenant())
  const id = randomUUID()
  const insert = { text: 'insert into thing (id, version) values ($1, 1)', values: [id] }
  const event = await process.maker.events.put(ctx, thingMade, { thingId: id, version: 1 })
  await process.maker.db.batch(ctx, [insert, event])
  return id
}

async function expectToKnow(process: { knowledge: Knowledge }) {
  const { rows } = await platform.sql.query('select id from maker_service.thing')
  await eventually(() => rows.every((row) => process.knowledge.known.has(row.id)))
}

test('every process hears everything after its snapshot, and nothing from before it', async () => {
  const maker = await platform.start()
  const before = await make(maker)
  await eventually(async () => {
    const { rows } = await platform.sql.query('select from maker_service.outbox')
    return rows.length === 0
  })
  const made: string[] = []
  const one = await startWatcher({
    // The snapshot was read already when this happens.
    duringSnapshot: async () => {
      made.push(await make(maker))
    },
  })
  const two = await startWatcher({ writes: false })
  for (let n = 0; n < 50; n++) made.push(await make(maker))
  await expectToKnow(one)
  await expectToKnow(two)
  expect(one.knowledge.heard).toEqual(made)
  expect(one.knowledge.heard).not.toContain(before)
  await Promise.all([maker.stop(), one.stop(), two.stop()])
})

test('a lost connection loses nothing: the snapshot is loaded again', async () => {
  const maker = await platform.start()
  const one = await startWatcher({ writes: false })
  expect(one.knowledge.snapshots).toBe(1)
  let making = true
  const cut = async () => {
    for (let n = 0; n < 5; n++) {
      await platform.sql.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where usename in ('maker_service', 'taker_service')
           and (query ilike 'listen%' or query like '%log_heads%' or query like '%pg_notify%')`,
      )
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
    making = false
  }
  const done = cut()
  while (making) {
    await make(maker).catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await done
  await expectToKnow(one)
  expect(one.knowledge.snapshots).toBeGreaterThan(1)
  await Promise.all([maker.stop(), one.stop()])
})

test('a watch whose handler fails starts again from its snapshot', async () => {
  let failures = 1
  let snapshots = 0
  const heard: string[] = []
  const process = await platform.start({
    watches: () => [
      watch(
        thingMade,
        (_ctx, { key }) => {
          if (failures-- > 0) throw new Error('cannot hear this')
          heard.push(key)
        },
        {
          snapshot: () => {
            snapshots += 1
          },
        },
      ),
    ],
  })
  await make(process)
  await eventually(() => snapshots === 2)
  const after = await make(process)
  await eventually(() => heard.includes(after))
  await process.stop()
})
