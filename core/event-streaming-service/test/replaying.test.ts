import { setTimeout as sleep } from 'node:timers/promises'
import { problem } from '@prognetwork/contracts'
import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { Problem } from '@prognetwork/shared-infrastructure'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { eventually } from './event-platform.ts'
import { type ShelfSetting, startShelfSetting } from './shelf-setting.ts'
import { replaysIn } from './shelves.ts'

const { redriveDeadLetters } = eventStreamingContract.operations

let setting: ShelfSetting

beforeAll(async () => {
  setting = await startShelfSetting()
})
beforeEach(() => setting.refresh())
afterEach(() => setting.shelves.empty())
afterAll(() => setting?.stop())

describe('what is built of history equals what was built live, and nothing leaves again', () => {
  test('by a consumer that is added later', async () => {
    await setting.make(1, 2, 3)
    const live = await setting.settle(1, 2, 3)
    await setting.process.stop()
    await setting.platform.sql.query(
      `delete from taker_service.consumer_position;
       delete from taker_service.shelf;
       delete from event_streaming_service.subscription where role = 'taker_service'`,
    )
    setting.process = await setting.startTaker()
    await eventually(async () => (await setting.shelves.all()).length >= live.model.length)
    await setting.shelves.hold(setting.things, [1, 2, 3])
    const rebuilt = (await setting.shelves.all()).filter((one) =>
      setting.things.includes(one.thingId),
    )
    expect(rebuilt).toEqual(live.model)
    expect(await setting.shelves.outside()).toEqual(live.outside)
    await setting.make(4)
    await setting.settle(1, 2, 3, 4)
    expect((await setting.shelves.outside()).letters).toBe(
      live.outside.letters + setting.things.length,
    )
  })

  test('by a consumer for which only a part is history', async () => {
    const head = async (): Promise<number> => {
      const { rows } = await setting.platform.sql.query(
        "select next - 1 as position from event_streaming_service.log_head where log = 'domain'",
      )
      return rows[0].position
    }
    const start = await head()
    await setting.make(1)
    await setting.settle(1)
    const middle = await head()
    await setting.make(2)
    const live = await setting.settle(1, 2)
    await setting.process.stop()
    await setting.platform.sql.query(
      `update taker_service.consumer_position set position = ${start};
       delete from taker_service.shelf;
       update event_streaming_service.subscription set since = ${middle}
         where role = 'taker_service'`,
    )
    setting.process = await setting.startTaker()
    await setting.shelves.hold(setting.things, [1, 2])
    const { letters, events } = await setting.shelves.outside()
    expect(letters).toBe(live.outside.letters + setting.things.length)
    await expect.poll(async () => (await setting.shelves.outside()).events).toBe(letters)
    expect(events).toBeLessThanOrEqual(letters)
  })

  test('by emptying the model and replaying everything', async () => {
    const start = await setting.headCursor()
    await setting.make(1, 2, 3)
    const live = await setting.settle(1, 2, 3)
    const replays = replaysIn(setting.process)
    const { id, state } = await replays.start({ paused: true, after: start })
    expect(state).toBe('paused')
    await setting.shelves.empty()
    await replays.step('resume', id)
    const replay = await replays.ended(id)
    expect(replay).toMatchObject({
      ...{ id, state: 'done', service: 'taker-service', types: ['thing.made'], failure: null },
      progress: { events: setting.things.length * 3, muted: setting.things.length * 6 },
    })
    expect(replay.progress.position).toBe(replay.progress.of)
    expect(await setting.shelves.all()).toEqual(live.model)
    expect(await setting.shelves.outside()).toEqual(live.outside)
    await setting.make(4)
    await setting.settle(1, 2, 3, 4)
  })

  test('of one tenant, and no other is touched', async () => {
    await setting.make(1, 2)
    const live = await setting.settle(1, 2)
    const tenantId = setting.tenantOf(setting.things[1] ?? '')
    const replays = replaysIn(setting.process)
    const { id } = await replays.start({ paused: true, tenantId })
    await setting.shelves.empty(tenantId)
    await replays.step('resume', id)
    const { progress } = await replays.ended(id)
    expect(progress.events).toBe(
      setting.things.filter((thing) => setting.tenantOf(thing) === tenantId).length * 2,
    )
    expect(await setting.shelves.all()).toEqual(live.model)
    expect(await setting.shelves.outside()).toEqual(live.outside)
  })

  test('of one subject, while every other partition goes on', async () => {
    await setting.make(1, 2)
    const live = await setting.settle(1, 2)
    const [subject = '', ...others] = setting.things
    const replays = replaysIn(setting.process)
    const { id } = await replays.start({
      paused: true,
      tenantId: setting.tenantOf(subject),
      subject,
    })
    const { rows } = await setting.platform.sql.query(
      'select from taker_service.consumer_position where replay is not null',
    )
    expect(rows).toHaveLength(1)
    await setting.platform.sql.query('delete from taker_service.shelf where thing_id = $1', [
      subject,
    ])
    await replays.step('resume', id)
    expect((await replays.ended(id)).progress.events).toBe(2)
    expect(await setting.shelves.all()).toEqual(live.model)
    await setting.shelves.hold(others, [1, 2])
  })

  test('of a window between two cursors, or two moments', async () => {
    const between = async () => {
      await sleep(5)
      const moment = new Date().toISOString()
      await sleep(5)
      return { moment, cursor: await setting.headCursor() }
    }
    await setting.make(1)
    await setting.settle(1)
    const first = await between()
    await setting.make(2, 3)
    await setting.settle(1, 2, 3)
    const second = await between()
    await setting.make(4)
    const live = await setting.settle(1, 2, 3, 4)
    const replays = replaysIn(setting.process)
    const byPlace = await replays.start({ after: first.cursor, upTo: second.cursor })
    expect((await replays.ended(byPlace.id)).state).toBe('done')
    await setting.shelves.hold(setting.things, [1, 2, 3, 4, 2, 3])
    const byTime = await replays.start({ from: first.moment, to: second.moment })
    const { from, to, progress } = await replays.ended(byTime.id)
    expect([from, to, progress.events]).toEqual([
      first.moment,
      second.moment,
      setting.things.length * 2,
    ])
    await setting.shelves.hold(setting.things, [1, 2, 3, 4, 2, 3, 2, 3])
    expect(await setting.shelves.outside()).toEqual(live.outside)
  })
})

describe('while a replay is under way', () => {
  test('it rests, goes on, and is given up when it is told to', async () => {
    const start = await setting.headCursor()
    await setting.make(1, 2, 3)
    await setting.settle(1, 2, 3)
    const replays = replaysIn(setting.process)
    setting.do((ctx) => (ctx.replaying ? sleep(150) : undefined))
    const { id } = await replays.start({ after: start })
    await eventually(async () => (await replays.read(id)).progress.events > 0)
    expect((await replays.step('pause', id)).state).toBe('paused')
    const { progress } = await replays.read(id)
    await setting.make(4)
    // The batch in hand was for nothing.
    await sleep(600)
    expect((await replays.read(id)).progress).toEqual(progress)
    expect((await setting.shelves.all()).some(({ versions }) => versions.includes(4))).toBe(false)
    await replays.step('resume', id)
    await eventually(async () => (await replays.read(id)).progress.events > progress.events)
    expect((await replays.step('cancel', id)).state).toBe('cancelled')
    setting.do(undefined)
    await eventually(async () =>
      (await setting.shelves.all()).every(({ versions }) => versions.at(-1) === 4),
    )
    const handled = (await replays.read(id)).progress.events
    expect(handled).toBeLessThan(setting.things.length * 3)
    const shelved = (await setting.shelves.all()).flatMap(({ versions }) => versions)
    expect(shelved).toHaveLength(setting.things.length * 4 + handled)
  })

  test('it fails when the rest of its window is dropped, and live events go on', async () => {
    const start = await setting.headCursor()
    await setting.make(1)
    await setting.settle(1)
    const replays = replaysIn(setting.process)
    const { id } = await replays.start({ paused: true, after: start })
    await setting.make(2)
    const kept = (first: string) =>
      setting.platform.sql.query(`update event_streaming_service.log_range set first = ${first}
        where first = (select min(first) from event_streaming_service.log_range)`)
    await kept("(select next from event_streaming_service.log_head where log = 'domain')")
    await replays.step('resume', id)
    expect(await replays.ended(id)).toMatchObject({
      ...{ state: 'failed', progress: { events: 0 } },
      failure: 'The log does not keep what is left of the window any more',
    })
    await kept('0')
    await setting.shelves.hold(setting.things, [1, 2])
  })
})

test('a handler of history that writes beside its transaction is refused', async () => {
  await setting.make(1)
  await setting.settle(1)
  const [thing = ''] = setting.things
  const replays = replaysIn(setting.process)
  setting.do(async (ctx) => {
    const text = 'insert into letter (thing_id) values (gen_random_uuid())'
    if (ctx.replaying) await setting.process.taker.db.batch(ctx, [{ text, values: [] }])
  })
  const { id } = await replays.start({ tenantId: setting.tenantOf(thing), subject: thing })
  await replays.ended(id)
  setting.do(undefined)
  const { rows } = await setting.platform.sql.query(
    'select last_error from taker_service.parked_key where key = $1',
    [thing],
  )
  expect(rows[0].last_error).toContain("is written through the handler's tx alone")
  await eventually(async () =>
    (await setting.shelves.all()).some(({ versions }) => versions.length === 2),
  )
})

describe('an event that fails in a replay', () => {
  const unwanted = problem('unprocessable', 'taker.thing_unwanted', 'The thing is not wanted')
  const refuse = (thing: string, version: number) => {
    setting.do((_ctx, { data }) => {
      if (data.thingId === thing && data.version === version)
        throw new Problem(unwanted, `Not version ${version}`)
    })
  }
  const redrive = (tenantId: string) =>
    setting.process.ask(
      { tenantId, permissions: ['event:dead_letter:redrive'] },
      redriveDeadLetters,
      {
        body: {},
      },
    )

  test('parks its key alone, live events wait behind it, and nothing leaves when it goes on', async () => {
    const start = await setting.headCursor()
    await setting.make(1, 2, 3)
    const live = await setting.settle(1, 2, 3)
    const [bad = '', ...others] = setting.things
    const replays = replaysIn(setting.process)
    const { id } = await replays.start({ paused: true, after: start })
    await setting.shelves.empty()
    refuse(bad, 2)
    await replays.step('resume', id)
    const { progress } = await replays.ended(id)
    expect(progress.events).toBe(setting.things.length * 3)
    await setting.make(4)
    await setting.shelves.hold(others, [1, 2, 3, 4])
    await setting.shelves.hold([bad], [1])
    setting.do(undefined)
    await redrive(setting.tenantOf(bad))
    await setting.settle(1, 2, 3, 4)
    const more = setting.things.length
    const { letters, events } = live.outside
    expect(await setting.shelves.outside()).toEqual({
      letters: letters + more,
      events: events + more,
    })
  })

  test('that was parked before is left where it is, and what came before it is repeated', async () => {
    const start = await setting.headCursor()
    const [bad = '', ...others] = setting.things
    await setting.make(1)
    await setting.settle(1)
    refuse(bad, 2)
    await setting.make(2, 3)
    await setting.shelves.hold(others, [1, 2, 3])
    const replays = replaysIn(setting.process)
    const { id } = await replays.start({ paused: true, after: start })
    await setting.shelves.empty()
    setting.do(undefined)
    // Redriven while the replay holds its partition, it waits for what comes before it.
    await redrive(setting.tenantOf(bad))
    await sleep(300)
    expect(await setting.shelves.all()).toEqual([])
    await replays.step('resume', id)
    await replays.ended(id)
    await setting.settle(1, 2, 3)
  })
})
