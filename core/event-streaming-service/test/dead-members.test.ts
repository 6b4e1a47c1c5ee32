import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { eventually, newTenant } from './event-platform.ts'
import { expectOnceInOrder, someThings, startSetting, upTo } from './transport-setting.ts'

// Members whose leases run for a minute, and who say so once in a minute. What a killed one held is
// free as soon as its session is gone.

const times = { leaseMs: 60_000, renewMs: 60_000 }

describe.each([
  ['beside the log', undefined],
  ['with a database of its own', 'product-service'],
])('of a service %s', (_, reader) => {
  let started: Awaited<ReturnType<typeof startSetting>>
  beforeAll(async () => {
    started = await startSetting(undefined, { reader })
  })
  afterEach(() => started.setting.leaveAll())
  afterAll(() => started?.stop())

  async function shares(): Promise<number[]> {
    const { rows } = await started.setting.platform.sql.query(
      `select count(*)::int as count from taker_service.consumer_lease
     where member is not null group by member order by 1`,
    )
    return rows.map((row) => row.count)
  }

  async function sessions(): Promise<number[]> {
    const { rows } = await started.setting.platform.sql.query(
      'select session from taker_service.consumer_member where session is not null',
    )
    return rows.map((row) => row.session)
  }

  test('one that joins after a kill has everything at once', async () => {
    const { join, make } = started.setting
    const things = someThings(20)
    const tenant = newTenant()
    const one = await join('one', { times })
    await make(tenant, things, upTo(2))
    await expectOnceInOrder(started.setting, things, 2)
    await one.kill()
    await make(tenant, things, [3])
    const joinedMs = performance.now()
    await join('two', { times })
    await expectOnceInOrder(started.setting, things, 3)
    expect(performance.now() - joinedMs).toBeLessThan(20_000)
    expect(await shares()).toEqual([64])
  })

  test('one that lives takes over what a killed one held', async () => {
    const { join, make } = started.setting
    const things = someThings(40)
    const tenant = newTenant()
    const one = await join('one', { times })
    await eventually(async () => (await shares()).join() === '64')
    const two = await join('two', { times: { ...times, renewMs: 100 } })
    // The first gives half of them up when it hears that somebody came.
    await eventually(async () => (await shares()).join() === '32,32', 20_000)
    // Who lives is looked at every 5 s: one that nobody has seen is not missed.
    await new Promise((resolve) => setTimeout(resolve, 6_000))
    await two.kill()
    await make(tenant, things, upTo(3))
    await expectOnceInOrder(started.setting, things, 3)
    expect(await shares()).toEqual([64])
    await one.stop()
  })

  test('a replay goes on with another one when the process that worked on it is killed', async () => {
    const { join, make, platform } = started.setting
    const { sql } = platform
    const thing = randomUUID()
    const tenant = newTenant()
    let slow = 0
    const one = await join('one', {
      times,
      before: (ctx) =>
        ctx.replaying ? new Promise<void>((resolve) => setTimeout(resolve, slow)) : undefined,
    })
    await make(tenant, [thing], upTo(4))
    await expectOnceInOrder(started.setting, [thing], 4)
    // What it takes before its session is open is free when the lease runs out, and not before.
    await eventually(async () => (await sessions()).length === 1)
    slow = 3_000
    await sql.query(
      `insert into taker_service.replay (id, consumer_group, log, incarnation, state, types, of_tenant,
       start, finish, position, asked_by, asked_at)
     select gen_random_uuid(), 'taker-service', 'domain', p.incarnation, 'waiting',
       array['thing.made'], $1, 0, max(p.position), 0, 'a test', now()
     from taker_service.consumer_position p group by p.incarnation`,
      [tenant],
    )
    await sql.query(
      `update taker_service.consumer_position set replay = (select id from taker_service.replay)`,
    )
    one.runner.lookForReplays()
    const state = async () =>
      (await sql.query('select state from taker_service.replay')).rows[0]?.state
    await eventually(async () => (await state()) === 'running')
    await one.kill()
    expect(await state()).toBe('running')
    await join('two', { times })
    await eventually(async () => (await state()) === 'done', 20_000)
    expect(await started.setting.takings.versionsOf(thing)).toEqual([...upTo(4), ...upTo(4)])
  })
})
