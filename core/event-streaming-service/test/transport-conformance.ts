// What every transport must do, as tests that are declared once for each of them. That effects
// happen once is shown by what they leave in a table: each event exactly one row, in order.
import { randomBytes, randomUUID } from 'node:crypto'
import { partitionOf } from '@prognetwork/event-based-service-client'
import { connectDirectly } from '@prognetwork/shared-infrastructure/host'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { brokerConformance } from './broker-conformance.ts'
import type { Broker } from './broker-under-test.ts'
import { eventually, newTenant, thingNoted } from './event-platform.ts'
import {
  expectOnceInOrder,
  type Setting,
  someThings,
  startSetting,
  upTo,
} from './transport-setting.ts'

export interface TransportUnderTest {
  readonly name: string
  /** Why its tests cannot run here. */
  readonly missing: string | undefined
  /** The service whose name members read under, where their tables are not beside the log. */
  readonly reader?: string
  /** Absent where the log itself is read. */
  readonly startBroker?: () => Promise<Broker>
}

/** Declares the tests of one transport. */
export function transportConformance({
  name,
  missing,
  startBroker,
  reader,
}: TransportUnderTest): void {
  describe(`the ${name} transport`, { timeout: 120_000 }, () => {
    let broker: Broker | undefined
    let started: Awaited<ReturnType<typeof startSetting>>
    beforeAll(async () => {
      if (missing) return
      broker = await startBroker?.()
      started = await startSetting(broker, { reader })
    })
    beforeEach(async (context) => {
      if (missing) context.skip(missing)
      await started.setting.takings.clear()
    })
    afterEach(() => started?.setting.leaveAll())
    afterAll(async () => {
      await started?.stop()
      await broker?.stop()
    })
    const setting = () => started.setting
    groupTests(setting)
    failureTests(setting)
    replayTests(setting)
    if (startBroker) brokerConformance(setting)
  })
}

function groupTests(setting: () => Setting): void {
  test('effects happen once and in order while members join, leave and are killed', async () => {
    const { join, make } = setting()
    const things = someThings(60)
    const tenant = newTenant()
    const one = await join('one')
    await make(tenant, things, [1, 2, 3])
    await eventually(async () => (await setting().takings.count()) > 0)
    const two = await join('two')
    await make(tenant, things, [4, 5, 6])
    await one.kill()
    const three = await join('three')
    await make(tenant, things, [7, 8, 9])
    await two.stop()
    await make(tenant, things, [10])
    await expectOnceInOrder(setting(), things, 10)
    await three.stop()
    const takers = new Set((await setting().takings.list()).map(({ member }) => member))
    expect(takers).toContain('one')
    expect(takers).toContain('three')
  })

  test('partitions are shared out when a member joins, and again when one is killed', async () => {
    const { join, platform } = setting()
    const shares = async () => {
      const { rows } = await platform.sql.query(
        `select count(*)::int as count from taker_service.consumer_lease
         where member is not null and expires_at > now() group by member order by 1`,
      )
      return rows.map((row) => row.count)
    }
    await join('one')
    await eventually(async () => (await shares()).join() === '64')
    const two = await join('two')
    await eventually(async () => (await shares()).join() === '32,32')
    await two.kill()
    await eventually(async () => (await shares()).join() === '64')
    expect(await shares()).toEqual([64])
  })

  test('a service that has not declared a type is refused it', async () => {
    const { join, make, platform, role: own } = setting()
    const { rows } = await platform.sql.query(
      `delete from event_streaming_service.subscription
       where role = $1 and type = 'thing.noted' returning *`,
      [own],
    )
    const member = await join('one', { onNoted: () => {} })
    await make(newTenant(), someThings(1), [1])
    await eventually(() =>
      member.logLines.some((line) => line.includes('does not consume thing.noted')),
    )
    for (const { role, type, since } of rows)
      await platform.sql.query(
        'insert into event_streaming_service.subscription values ($1, $2, $3)',
        [role, type, since],
      )
    expect(rows).toHaveLength(1)
  })

  test('two writers that take turns make no event twice and lose none', async () => {
    const { join, make, startProcess, platform } = setting()
    const other = await startProcess()
    const things = someThings(20)
    const tenant = newTenant()
    await join('one')
    for (const version of upTo(12)) {
      // Whoever leads is told that it does not: the other one goes on from there.
      if (version % 4 === 0)
        await platform.sql.query(
          'update event_streaming_service.log_head set epoch = epoch + 1, expires_at = now()',
        )
      await make(tenant, things, [version])
    }
    await expectOnceInOrder(setting(), things, 12)
    await other.stop()
  })
}

function failureTests(setting: () => Setting): void {
  test('a member that ends in the middle of a batch leaves nothing half done', async () => {
    const { join, make } = setting()
    const things = someThings(30)
    const tenant = newTenant()
    let left = 25
    const failing = Promise.withResolvers<void>()
    const one = await join('one', {
      before: () => {
        left -= 1
        if (left === 0) failing.resolve()
      },
    })
    await make(tenant, things, upTo(5))
    await failing.promise
    await one.kill()
    await join('two')
    await expectOnceInOrder(setting(), things, 5)
  })

  test('a failing event parks its key alone, and its later events keep their order', async () => {
    const { join, make, takings } = setting()
    const tenant = newTenant()
    const [poisoned = '', ...others] = someThings(10)
    let neighbour = randomUUID()
    while (partitionOf(tenant, neighbour) !== partitionOf(tenant, poisoned))
      neighbour = randomUUID()
    let isPoisoned = true
    await join('one', {
      before: (_ctx, { key }) => {
        if (isPoisoned && key === poisoned) throw new Error('cannot take this one')
      },
    })
    const sound = [neighbour, ...others]
    await make(tenant, [poisoned, ...sound], upTo(3))
    await eventually(async () => (await takings.count()) === sound.length * 3)
    expect(await takings.versionsOf(poisoned)).toEqual([])
    isPoisoned = false
    await eventually(async () => (await takings.versionsOf(poisoned)).length === 3)
    await make(tenant, [poisoned], [4])
    await eventually(async () => (await takings.versionsOf(poisoned)).length === 4)
    expect(await takings.versionsOf(poisoned)).toEqual([1, 2, 3, 4])
    expect(await takings.versionsOf(neighbour)).toEqual([1, 2, 3])
  })

  test('a slow consumer keeps its partitions and does everything once', async () => {
    const { join, make } = setting()
    const things = someThings(5)
    const slowly = () => new Promise<void>((resolve) => setTimeout(resolve, 15))
    await Promise.all([join('one', { before: slowly }), join('two', { before: slowly })])
    await make(newTenant(), things, upTo(20))
    await expectOnceInOrder(setting(), things, 20)
  })

  test('an event of a megabyte arrives whole, and those behind it after it', async () => {
    const { join, make, process } = setting()
    const text = randomBytes(500_000).toString('hex')
    const tenant = newTenant()
    const thingId = randomUUID()
    const noted: string[] = []
    await join('one', { onNoted: (one) => noted.push(one) })
    const ctx = process.context(tenant)
    const { db, events } = process.maker
    await db.batch(ctx, [await events.put(ctx, thingNoted, { thingId, text })])
    await make(tenant, [thingId], [1, 2])
    await expectOnceInOrder(setting(), [thingId], 2)
    expect(noted).toHaveLength(1)
    expect(noted[0] === text).toBe(true)
  })
}

function replayTests(setting: () => Setting): void {
  /** Every partition of the group goes on after this position. */
  const seek = (position: number) =>
    setting().platform.sql.query('update taker_service.consumer_position set position = $1', [
      position,
    ])
  const head = async (): Promise<number> => {
    const { rows } = await setting().platform.sql.query(
      "select next - 1 as position from event_streaming_service.log_head where log = 'domain'",
    )
    return rows[0].position
  }

  test('a position that is set back, while members run, repeats what came after it', async () => {
    const { join, make, takings } = setting()
    const things = someThings(8)
    const tenant = newTenant()
    await join('one')
    await make(tenant, things, [1])
    await expectOnceInOrder(setting(), things, 1)
    const middle = await head()
    await make(tenant, things, [2, 3])
    await expectOnceInOrder(setting(), things, 3)
    await seek(middle)
    await make(tenant, things, [4])
    await eventually(async () => (await takings.count()) === things.length * 6)
    for (const thing of things) expect(await takings.versionsOf(thing)).toEqual([1, 2, 3, 2, 3, 4])
  })

  test('a backlog of some partitions repeats nothing of those that are in front', async () => {
    const { join, make, takings, platform, leaveAll } = setting()
    const things = someThings(60)
    const tenant = newTenant()
    const before = await head()
    await join('one')
    await make(tenant, things, upTo(40))
    await expectOnceInOrder(setting(), things, 40)
    await leaveAll()
    await platform.sql.query(
      'update taker_service.consumer_position set position = $1 where partition < 40',
      [before],
    )
    const [behind, inFront] = [true, false].map((isBehind) =>
      things.filter((thing) => partitionOf(tenant, thing) < 40 === isBehind),
    )
    // So that those in front have something to read as well.
    await make(tenant, things, [41])
    await join('two')
    await eventually(async () => (await takings.count()) >= 60 * 41 + (behind?.length ?? 0) * 40)
    for (const thing of inFront ?? []) expect(await takings.versionsOf(thing)).toEqual(upTo(41))
    for (const thing of behind ?? [])
      expect(await takings.versionsOf(thing)).toEqual([...upTo(40), ...upTo(41)])
  })

  test('a replay repeats a window once, in its order, while live events wait', async () => {
    const { join, make, takings, platform } = setting()
    const things = someThings(30)
    const tenant = newTenant()
    const before = await head()
    await Promise.all([join('one'), join('two')])
    await make(tenant, things, upTo(5))
    await expectOnceInOrder(setting(), things, 5)
    const taker = await connectDirectly(platform.as('taker_service'))
    const { rows } = await taker.query(
      `select start_replay(jsonb_populate_record(null::replay, jsonb_build_object(
         'id', gen_random_uuid(), 'consumer_group', 'taker-service', 'log', 'domain',
         'incarnation', (select max(incarnation::text) from consumer_position),
         'types', array['thing.made'], 'of_tenant', $1::text, 'start', $2::bigint,
         'asked_by', 'a test', 'asked_at', now())), null, false) as outcome`,
      [tenant, before],
    )
    await taker.end()
    expect(rows).toEqual([{ outcome: 'started' }])
    await make(tenant, things, [6])
    await eventually(async () => (await takings.count()) >= things.length * 11, 20_000)
    for (const thing of things)
      expect(await takings.versionsOf(thing)).toEqual([...upTo(5), ...upTo(6)])
  })

  test('history comes again from a moment on, and is told to be a replay', async () => {
    const { join, make, platform, process, leaveAll } = setting()
    const things = someThings(4)
    const tenant = newTenant()
    await join('one')
    await make(tenant, things, [1])
    await expectOnceInOrder(setting(), things, 1)
    await new Promise((resolve) => setTimeout(resolve, 5))
    const { rows: clock } = await platform.sql.query('select clock_timestamp() as moment')
    await make(tenant, things, [2])
    await expectOnceInOrder(setting(), things, 2)
    await leaveAll()
    await platform.sql.query(
      `update event_streaming_service.subscription set since =
         (select next - 1 from event_streaming_service.log_head where log = 'domain')
       where role = $1`,
      [setting().role],
    )
    const { rows } = await platform.sql.query(
      `select min(position) - 1 as before from event_streaming_service.domain_log where time >= $1`,
      [clock[0].moment],
    )
    await seek(rows[0].before)
    const replayed: [version: number, replaying: boolean][] = []
    await join('two', {
      before: (ctx, { data }) => {
        if (things.includes(data.thingId)) replayed.push([data.version, ctx.replaying])
      },
    })
    await eventually(() => replayed.length >= things.length)
    await process.make(tenant, things[0] ?? '', 3)
    await eventually(() => replayed.length > things.length)
    expect(replayed).toEqual([...things.map(() => [2, true]), [3, false]])
  })
}
