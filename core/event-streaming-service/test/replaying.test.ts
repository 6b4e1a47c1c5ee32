import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { problem } from '@prognetwork/contracts'
import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { Problem } from '@prognetwork/shared-infrastructure'
import { startCluster } from '@prognetwork/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type EventPlatform,
  type EventProcess,
  eventually,
  newTenant,
  startEventPlatform,
} from './event-platform.ts'
import type { ReplayingProcess } from './replaying-process.ts'
import { replaysIn, type Shelves, shelvesOf, shelving } from './shelves.ts'

const { listStreams, redriveDeadLetters } = eventStreamingContract.operations

let stopCluster: () => Promise<void>
let platform: EventPlatform
let shelves: Shelves
let process: EventProcess
/** What the taker does before it shelves. */
let before: Parameters<typeof shelving>[0]
let tenants: string[]
let things: string[]

beforeAll(async () => {
  const { cluster, stop } = await startCluster()
  stopCluster = stop
  platform = await startEventPlatform(cluster)
  shelves = shelvesOf(platform)
  process = await startTaker()
})
beforeEach(() => {
  before = undefined
  tenants = [newTenant(), newTenant(), newTenant()]
  things = Array.from({ length: 12 }, () => randomUUID())
})
afterEach(() => shelves.empty())
afterAll(async () => {
  await platform?.stop()
  await stopCluster?.()
})

const startTaker = () => platform.start(shelving((ctx, event, tx) => before?.(ctx, event, tx)))
const tenantOf = (thing: string) => tenants[things.indexOf(thing) % tenants.length] ?? ''

/** The next versions of every thing, each in the tenant that the thing is of. */
async function make(...versions: number[]): Promise<void> {
  for (const version of versions)
    await Promise.all(things.map((thing) => process.make(tenantOf(thing), thing, version)))
}

async function headCursor(): Promise<string> {
  const who = { tenantId: tenants[0] ?? '', permissions: ['event:event:read'] }
  const { items } = await process.ask(who, listStreams, {})
  return items[0]?.cursor ?? ''
}

/** Everything that was made is shelved, and what this led to is in the log. */
async function settle(...versions: number[]) {
  await shelves.hold(things, versions)
  await eventually(async () => {
    const { rows } = await platform.sql.query('select from taker_service.outbox')
    return rows.length === 0
  })
  return { model: await shelves.all(), outside: await shelves.outside() }
}

describe('what is built of history equals what was built live, and nothing leaves again', () => {
  test('by a consumer that is added later', async () => {
    await make(1, 2, 3)
    const live = await settle(1, 2, 3)
    await process.stop()
    await platform.sql.query(
      `delete from taker_service.consumer_position;
       delete from taker_service.shelf;
       delete from event_streaming_service.subscription where role = 'taker_service'`,
    )
    process = await startTaker()
    await eventually(async () => (await shelves.all()).length >= live.model.length)
    await shelves.hold(things, [1, 2, 3])
    const rebuilt = (await shelves.all()).filter((one) => things.includes(one.thingId))
    expect(rebuilt).toEqual(live.model)
    expect(await shelves.outside()).toEqual(live.outside)
    await make(4)
    await settle(1, 2, 3, 4)
    expect((await shelves.outside()).letters).toBe(live.outside.letters + things.length)
  })

  test('by emptying the model and replaying everything', async () => {
    const start = await headCursor()
    await make(1, 2, 3)
    const live = await settle(1, 2, 3)
    const replays = replaysIn(process)
    const { id, state } = await replays.start({ paused: true, after: start })
    expect(state).toBe('paused')
    await shelves.empty()
    await replays.step('resume', id)
    const replay = await replays.ended(id)
    expect(replay).toMatchObject({
      ...{ id, state: 'done', service: 'taker-service', types: ['thing.made'], failure: null },
      progress: { events: things.length * 3, muted: things.length * 6 },
    })
    expect(replay.progress.position).toBe(replay.progress.of)
    expect(await shelves.all()).toEqual(live.model)
    expect(await shelves.outside()).toEqual(live.outside)
    await make(4)
    await settle(1, 2, 3, 4)
  })

  test('of one tenant, and no other is touched', async () => {
    await make(1, 2)
    const live = await settle(1, 2)
    const tenantId = tenants[1] ?? ''
    const replays = replaysIn(process)
    const { id } = await replays.start({ paused: true, tenantId })
    await shelves.empty(tenantId)
    await replays.step('resume', id)
    const { progress } = await replays.ended(id)
    expect(progress.events).toBe(things.filter((thing) => tenantOf(thing) === tenantId).length * 2)
    expect(await shelves.all()).toEqual(live.model)
    expect(await shelves.outside()).toEqual(live.outside)
  })

  test('of one subject, while every other partition goes on', async () => {
    await make(1, 2)
    const live = await settle(1, 2)
    const [subject = '', ...others] = things
    const replays = replaysIn(process)
    const { id } = await replays.start({ paused: true, tenantId: tenantOf(subject), subject })
    const { rows } = await platform.sql.query(
      'select from taker_service.consumer_position where replay is not null',
    )
    expect(rows).toHaveLength(1)
    await platform.sql.query('delete from taker_service.shelf where thing_id = $1', [subject])
    await replays.step('resume', id)
    expect((await replays.ended(id)).progress.events).toBe(2)
    expect(await shelves.all()).toEqual(live.model)
    await shelves.hold(others, [1, 2])
  })

  test('of a window between two cursors, or two moments', async () => {
    const between = async () => {
      await sleep(5)
      const moment = new Date().toISOString()
      await sleep(5)
      return { moment, cursor: await headCursor() }
    }
    await make(1)
    await settle(1)
    const first = await between()
    await make(2, 3)
    await settle(1, 2, 3)
    const second = await between()
    await make(4)
    const live = await settle(1, 2, 3, 4)
    const replays = replaysIn(process)
    const byPlace = await replays.start({ after: first.cursor, upTo: second.cursor })
    expect((await replays.ended(byPlace.id)).state).toBe('done')
    await shelves.hold(things, [1, 2, 3, 4, 2, 3])
    const byTime = await replays.start({ from: first.moment, to: second.moment })
    const { from, to, progress } = await replays.ended(byTime.id)
    expect([from, to, progress.events]).toEqual([first.moment, second.moment, things.length * 2])
    await shelves.hold(things, [1, 2, 3, 4, 2, 3, 2, 3])
    expect(await shelves.outside()).toEqual(live.outside)
  })
})

describe('while a replay is under way', () => {
  test('it rests, goes on, and is given up when it is told to', async () => {
    const start = await headCursor()
    await make(1, 2, 3)
    await settle(1, 2, 3)
    const replays = replaysIn(process)
    before = (ctx) => (ctx.replaying ? sleep(40) : undefined)
    const { id } = await replays.start({ after: start })
    await eventually(async () => (await replays.read(id)).progress.events > 0)
    expect((await replays.step('pause', id)).state).toBe('paused')
    const { progress } = await replays.read(id)
    await make(4)
    // The batch in hand was for nothing.
    await sleep(600)
    expect((await replays.read(id)).progress).toEqual(progress)
    expect((await shelves.all()).some(({ versions }) => versions.includes(4))).toBe(false)
    await replays.step('resume', id)
    await eventually(async () => (await replays.read(id)).progress.events > progress.events)
    expect((await replays.step('cancel', id)).state).toBe('cancelled')
    before = undefined
    await eventually(async () =>
      (await shelves.all()).every(({ versions }) => versions.at(-1) === 4),
    )
    const handled = (await replays.read(id)).progress.events
    expect(handled).toBeLessThan(things.length * 3)
    const shelved = (await shelves.all()).flatMap(({ versions }) => versions)
    expect(shelved).toHaveLength(things.length * 4 + handled)
  })

  test('live events wait for it, and keep their order in two processes', async () => {
    const start = await headCursor()
    await make(1, 2, 3)
    await settle(1, 2, 3)
    const other = await startTaker()
    const replays = replaysIn(process)
    const { id } = await replays.start({ paused: true, after: start })
    await shelves.empty()
    before = (ctx) => (ctx.replaying ? sleep(5) : undefined)
    await replays.step('resume', id)
    await make(4, 5)
    await replaysIn(other).ended(id)
    await make(6)
    await shelves.hold(things, [1, 2, 3, 4, 5, 6])
    await other.stop()
  })

  test('another process goes on where one stops', async () => {
    const start = await headCursor()
    await make(1, 2, 3)
    const live = await settle(1, 2, 3)
    const first = await startTaker()
    const replays = replaysIn(first)
    const { id } = await replays.start({ paused: true, after: start })
    await shelves.empty()
    before = (ctx) => (ctx.replaying ? sleep(10) : undefined)
    await replays.step('resume', id)
    await eventually(async () => (await replays.read(id)).progress.events > 0)
    await first.stop()
    const { state } = await replaysIn(process).ended(id)
    expect(state).toBe('done')
    expect(await shelves.all()).toEqual(live.model)
  })

  test('another process goes on where one is killed', async () => {
    const start = await headCursor()
    await make(1, 2, 3, 4, 5, 6)
    const live = await settle(1, 2, 3, 4, 5, 6)
    const { id: replayId } = await replaysIn(process).start({ paused: true, after: start })
    await shelves.empty()
    await process.stop()
    const { settings, passwords } = platform
    const argument: ReplayingProcess = { settings, passwords, replayId }
    const path = join(import.meta.dirname, 'replaying-process.ts')
    const child = fork(path, [JSON.stringify(argument)])
    await eventually(async () => (await shelves.all()).length > 0, 30_000)
    const killed = once(child, 'exit')
    child.kill('SIGKILL')
    await killed
    const { rows } = await platform.sql.query(
      `select from taker_service.replay where id = $1 and state = 'running' and handled > 0`,
      [replayId],
    )
    expect(rows).toHaveLength(1)
    // As if the leases of the dead had run out.
    await platform.sql.query(
      `update taker_service.replay set expires_at = now() - interval '1 s';
       update taker_service.consumer_lease set expires_at = now() - interval '1 s';
       delete from taker_service.consumer_member`,
    )
    process = await startTaker()
    const replay = await replaysIn(process).ended(replayId)
    expect(replay).toMatchObject({ state: 'done', progress: { events: things.length * 6 } })
    expect(await shelves.all()).toEqual(live.model)
    expect(await shelves.outside()).toEqual(live.outside)
    await make(7)
    await settle(1, 2, 3, 4, 5, 6, 7)
  })

  test('it fails when the rest of its window is dropped, and live events go on', async () => {
    const start = await headCursor()
    await make(1)
    await settle(1)
    const replays = replaysIn(process)
    const { id } = await replays.start({ paused: true, after: start })
    await make(2)
    const kept = (first: string) =>
      platform.sql.query(`update event_streaming_service.log_range set first = ${first}
        where first = (select min(first) from event_streaming_service.log_range)`)
    await kept('(select next from event_streaming_service.log_head)')
    await replays.step('resume', id)
    expect(await replays.ended(id)).toMatchObject({
      ...{ state: 'failed', progress: { events: 0 } },
      failure: 'The log does not keep what is left of the window any more',
    })
    await kept('0')
    await shelves.hold(things, [1, 2])
  })
})

test('a handler of history that writes beside its transaction is refused', async () => {
  await make(1)
  await settle(1)
  const [thing = ''] = things
  const replays = replaysIn(process)
  before = async (ctx) => {
    const text = 'insert into letter (thing_id) values (gen_random_uuid())'
    if (ctx.replaying) await process.taker.db.batch(ctx, [{ text, values: [] }])
  }
  const { id } = await replays.start({ tenantId: tenantOf(thing), subject: thing })
  await replays.ended(id)
  before = undefined
  const { rows } = await platform.sql.query(
    'select last_error from taker_service.parked_key where key = $1',
    [thing],
  )
  expect(rows[0].last_error).toContain("is written through the handler's tx alone")
  await eventually(async () => (await shelves.all()).some(({ versions }) => versions.length === 2))
})

describe('an event that fails in a replay', () => {
  const unwanted = problem('unprocessable', 'taker.thing_unwanted', 'The thing is not wanted')
  const refuse = (thing: string, version: number) => {
    before = (_ctx, { data }) => {
      if (data.thingId === thing && data.version === version)
        throw new Problem(unwanted, `Not version ${version}`)
    }
  }
  const redrive = (tenantId: string) =>
    process.ask({ tenantId, permissions: ['event:dead_letter:redrive'] }, redriveDeadLetters, {
      body: {},
    })

  test('parks its key alone, live events wait behind it, and nothing leaves when it goes on', async () => {
    const start = await headCursor()
    await make(1, 2, 3)
    const live = await settle(1, 2, 3)
    const [bad = '', ...others] = things
    const replays = replaysIn(process)
    const { id } = await replays.start({ paused: true, after: start })
    await shelves.empty()
    refuse(bad, 2)
    await replays.step('resume', id)
    const { progress } = await replays.ended(id)
    expect(progress.events).toBe(things.length * 3)
    await make(4)
    await shelves.hold(others, [1, 2, 3, 4])
    await shelves.hold([bad], [1])
    before = undefined
    await redrive(tenantOf(bad))
    await settle(1, 2, 3, 4)
    const more = things.length
    const { letters, events } = live.outside
    expect(await shelves.outside()).toEqual({ letters: letters + more, events: events + more })
  })

  test('that was parked before is left where it is, and what came before it is repeated', async () => {
    const start = await headCursor()
    const [bad = '', ...others] = things
    await make(1)
    await settle(1)
    refuse(bad, 2)
    await make(2, 3)
    await shelves.hold(others, [1, 2, 3])
    const replays = replaysIn(process)
    const { id } = await replays.start({ paused: true, after: start })
    await shelves.empty()
    before = undefined
    // Redriven while the replay holds its partition, it waits for what comes before it.
    await redrive(tenantOf(bad))
    await sleep(300)
    expect(await shelves.all()).toEqual([])
    await replays.step('resume', id)
    await replays.ended(id)
    await settle(1, 2, 3)
  })
})
