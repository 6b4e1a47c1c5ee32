import { randomUUID } from 'node:crypto'
import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
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

// A service without a database follows the log through event-streaming-service.

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

interface Knowledge {
  snapshots: number
  heard: string[]
}

async function startFar(
  snapshot: () => Promise<void> | void = () => {},
): Promise<EventProcess & { knowledge: Knowledge; isCurrent(): boolean }> {
  const knowledge: Knowledge = { snapshots: 0, heard: [] }
  const process = await platform.start({
    farWatches: () => [
      watch(thingMade, (_ctx, { key }) => void knowledge.heard.push(key), {
        async snapshot() {
          await snapshot()
          knowledge.snapshots += 1
        },
      }),
    ],
  })
  const { far } = process
  if (!far) throw new Error('the service without a database has not started')
  return { ...process, knowledge, isCurrent: () => far.hearing.isCurrent() }
}

test('it hears every event after its snapshot, in order, and knows when it has', async () => {
  const one = await startFar()
  await eventually(() => one.isCurrent())
  const made: string[] = []
  for (let n = 0; n < 300; n++) {
    made.push(randomUUID())
    await one.make(newTenant(), made.at(-1) ?? '', 1)
    // Not after a while: from the commit on it is known that something is to be heard.
    if (one.isCurrent()) expect(one.knowledge.heard).toEqual(made)
  }
  await eventually(() => one.isCurrent())
  expect(one.knowledge).toEqual({ snapshots: 1, heard: made })
  await one.stop()
})

test('events that one statement writes are each waited for', async () => {
  const one = await startFar()
  await eventually(() => one.isCurrent())
  const { db, events } = one.maker
  const made: string[] = []
  for (let n = 0; n < 20; n++) {
    const things = Array.from({ length: 50 }, () => randomUUID())
    const ctx = one.context(newTenant())
    const list = things.map((thingId) => ({ data: { thingId, version: 1 } }))
    // Alone, and in a transaction that goes on after it.
    if (n % 2 === 0) await db.batch(ctx, [await events.putAll(ctx, thingMade, list)])
    else await db.transaction(ctx, async (tx) => tx.run(await events.putAll(ctx, thingMade, list)))
    made.push(...things)
    if (one.isCurrent()) expect(one.knowledge.heard).toEqual(made)
  }
  await eventually(() => one.isCurrent())
  expect(one.knowledge.heard).toEqual(made)
  await one.stop()
})

test('a snapshot that cannot be loaded leaves it not current, and is tried again', async () => {
  let isDown = true
  const one = await startFar(() => {
    if (isDown) throw new Error('the owner is down')
  })
  await eventually(() => one.logLines.some((line) => line.includes('the owner is down')))
  expect(one.isCurrent()).toBe(false)
  isDown = false
  await eventually(() => one.isCurrent())
  await one.stop()
})

test('a log that begins anew is told apart, and the snapshot is loaded again', async () => {
  const one = await startFar()
  await eventually(() => one.isCurrent())
  await platform.sql.query(
    'update event_streaming_service.log_head set incarnation = gen_random_uuid()',
  )
  await eventually(() => one.knowledge.snapshots === 2 && one.isCurrent())
  const thing = randomUUID()
  await one.make(newTenant(), thing, 1)
  await eventually(() => one.knowledge.heard.includes(thing))
  await one.stop()
})

test('a service is given the types that it consumes, and an ended incarnation is a problem', async () => {
  const one = await startFar()
  const { followEvents } = eventStreamingContract.operations
  const ctx = one.context(newTenant())
  const { far, maker } = one
  const end = await far?.call(ctx, followEvents, { query: {} })
  expect(end).toMatchObject({ types: ['thing.made'], events: [] })
  await expect(
    far?.call(ctx, followEvents, { query: { incarnation: randomUUID(), after: 0 } }),
  ).rejects.toMatchObject({ code: 'event_streaming.incarnation_ended' })
  await expect(maker.call(ctx, followEvents, { query: {} })).rejects.toMatchObject({
    code: 'identity.permission_denied',
  })
  await one.stop()
})
