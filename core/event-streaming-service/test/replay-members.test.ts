import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { writeServiceDirectory } from '@prognetwork/shared-infrastructure/host'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { eventually } from './event-platform.ts'
import type { ReplayingProcess } from './replaying-process.ts'
import { separated } from './separate-processes.ts'
import { type ShelfSetting, startShelfSetting } from './shelf-setting.ts'
import { replaysIn } from './shelves.ts'

// Replays into a service that has several processes, of which some stop, die, or lose their lease.

vi.setConfig({ testTimeout: 60_000 })
let setting: ShelfSetting

beforeAll(async () => {
  setting = await startShelfSetting()
})
beforeEach(async () => {
  setting.refresh()
  // It takes every partition at once, instead of sharing them with members that have left.
  await setting.process.stop()
  setting.process = await setting.startTaker()
})
afterEach(() => setting.shelves.empty())
afterAll(() => setting?.stop())

test('live events wait for it, and keep their order in two processes', async () => {
  const start = await setting.headCursor()
  await setting.make(1, 2, 3)
  await setting.settle(1, 2, 3)
  const other = await setting.startTaker()
  const replays = replaysIn(setting.process)
  const { id } = await replays.start({ paused: true, after: start })
  await setting.shelves.empty()
  setting.do((ctx) => (ctx.replaying ? sleep(5) : undefined))
  await replays.step('resume', id)
  await setting.make(4, 5)
  await replaysIn(other).ended(id)
  await setting.make(6)
  // Meanwhile partitions change hands, which takes two renewals.
  await setting.shelves.hold(setting.things, [1, 2, 3, 4, 5, 6], 40_000)
  await other.stop()
})

test('another process goes on where one stops', async () => {
  const start = await setting.headCursor()
  await setting.make(1, 2, 3)
  const live = await setting.settle(1, 2, 3)
  const first = await setting.startTaker()
  const replays = replaysIn(first)
  const { id } = await replays.start({ paused: true, after: start })
  await setting.shelves.empty()
  setting.do((ctx) => (ctx.replaying ? sleep(10) : undefined))
  await replays.step('resume', id)
  await eventually(async () => (await replays.read(id)).progress.events > 0)
  await first.stop()
  const { state } = await replaysIn(setting.process).ended(id)
  expect(state).toBe('done')
  expect(await setting.shelves.all()).toEqual(live.model)
})

test('another process goes on where one is killed', async () => {
  const start = await setting.headCursor()
  await setting.make(1, 2, 3, 4, 5, 6)
  const live = await setting.settle(1, 2, 3, 4, 5, 6)
  const { id: replayId } = await replaysIn(setting.process).start({ paused: true, after: start })
  await setting.shelves.empty()
  await setting.process.stop()
  const { settings, passwords } = setting.platform
  const argument: ReplayingProcess = { settings, passwords, replayId }
  const path = join(import.meta.dirname, 'replaying-process.ts')
  const child = fork(path, [JSON.stringify(argument)])
  await eventually(async () => (await setting.shelves.all()).length > 0, 30_000)
  const killed = once(child, 'exit')
  child.kill('SIGKILL')
  await killed
  const { rows } = await setting.platform.sql.query(
    `select from taker_service.replay where id = $1 and state = 'running' and handled > 0`,
    [replayId],
  )
  expect(rows).toHaveLength(1)
  // As if the leases of the dead had run out.
  await setting.platform.sql.query(
    `update taker_service.replay set expires_at = now() - interval '1 s';
     update taker_service.consumer_lease set expires_at = now() - interval '1 s';
     delete from taker_service.consumer_member`,
  )
  setting.process = await setting.startTaker()
  const replay = await replaysIn(setting.process).ended(replayId)
  expect(replay).toMatchObject({ state: 'done', progress: { events: setting.things.length * 6 } })
  expect(await setting.shelves.all()).toEqual(live.model)
  expect(await setting.shelves.outside()).toEqual(live.outside)
  await setting.make(7)
  await setting.settle(1, 2, 3, 4, 5, 6, 7)
})

test('effects happen once while the lease changes hands and connections are cut', async () => {
  const start = await setting.headCursor()
  const versions = [1, 2, 3, 4, 5, 6, 7, 8]
  await setting.make(...versions)
  const live = await setting.settle(...versions)
  const { sql } = setting.platform
  const other = await setting.startTaker()
  const both = [replaysIn(setting.process), replaysIn(other)]
  const { id } = await replaysIn(other).start({ paused: true, after: start })
  await setting.shelves.empty()
  setting.do((ctx) => (ctx.replaying ? sleep(10) : undefined))
  await replaysIn(other).step('resume', id)
  const holders = new Set<string>()
  for (let turn = 0; ; turn++) {
    const { rows } = await sql.query(
      `update taker_service.replay set expires_at = now() - interval '1 s'
       where id = $1 and ended_at is null returning holder`,
      [id],
    )
    if (rows.length === 0) break
    holders.add(rows[0].holder)
    await sql.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where usename = 'taker_service' and state <> 'idle' and $1 % 3 = 0 limit 1`,
      [turn],
    )
    // Each looks at it now and takes it, whoever has it.
    await both[turn % 2]?.step('resume', id).catch(() => {})
    await sleep(100 + Math.random() * 400)
  }
  expect((await replaysIn(other).ended(id)).progress.events).toBe(
    setting.things.length * versions.length,
  )
  expect(holders.size).toBeGreaterThan(1)
  expect(await setting.shelves.all()).toEqual(live.model)
  expect(await setting.shelves.outside()).toEqual(live.outside)
  await other.stop()
})

test('a service in a process of its own is steered over the network', async () => {
  const start = await setting.headCursor()
  await setting.make(1, 2)
  const live = await setting.settle(1, 2)
  await setting.process.stop()
  const directory = await mkdtemp(join(tmpdir(), 'prog-replay-'))
  await writeServiceDirectory(directory, setting.platform.definitions, setting.platform.passwords)
  const startOnly = await separated(setting.platform, directory)
  const asked = await startOnly(['event-streaming-service', 'maker-service'], setting.consumers())
  const taker = await startOnly(['taker-service'], setting.consumers())
  const replays = replaysIn(asked)
  const { id } = await replays.start({ paused: true, after: start })
  await setting.shelves.empty()
  expect((await replays.step('resume', id)).state).toBe('waiting')
  expect(await replays.ended(id)).toMatchObject({
    ...{ state: 'done', progress: { events: setting.things.length * 2 } },
  })
  expect((await replays.list()).items.map((one) => one.id)).toContain(id)
  expect(await setting.shelves.all()).toEqual(live.model)
  await Promise.all([asked.stop(), taker.stop()])
  await rm(directory, { recursive: true, force: true })
  setting.process = await setting.startTaker()
})
