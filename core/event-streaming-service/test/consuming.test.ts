import { randomUUID } from 'node:crypto'
import { problem } from '@prognetwork/contracts'
import { type ConsumerHandler, on, partitionOf } from '@prognetwork/event-based-service-client'
import { command, Problem, statement } from '@prognetwork/shared-infrastructure'
import { connectDirectly } from '@prognetwork/shared-infrastructure/host'
import { startCluster } from '@prognetwork/testing'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import {
  type EventPlatform,
  type EventProcess,
  eventually,
  newTenant,
  startEventPlatform,
  thingMade,
} from './event-platform.ts'
import { startMember } from './group-members.ts'

const take = command<[thingId: string, version: number, member: string]>(
  'taking.insert',
  'insert into taking (thing_id, version, member) values ($1, $2, $3)',
)
const countAll = statement<{ tenantId: string }>(
  'taking.all',
  'select distinct tenant_id as "tenantId" from taking',
)

/** The tenant that a statement is under, and those whose rows it sees. */
const scopeAndRows = statement<{ tenantId: string }>(
  'taking.scope_and_rows',
  `select current_setting('app.tenant_id') as "tenantId"
   union select tenant_id::text from taking`,
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
  await platform.sql.query('delete from taker_service.taking')
})
afterAll(async () => {
  await platform?.stop()
  await stopCluster?.()
})

type Handler = ConsumerHandler<typeof thingMade>

/** A process whose taker writes down what it gets; `before` runs first and may throw. */
async function startTaker(name = 'one', before: Handler = () => {}): Promise<EventProcess> {
  const process = await platform.start({
    consumers: () => [
      on(thingMade, async (ctx, event, tx) => {
        await before(ctx, event, tx)
        await tx.run(take(event.data.thingId, event.data.version, name))
      }),
    ],
  })
  started.push(process)
  return process
}

interface Taking {
  tenantId: string
  thingId: string
  version: number
  member: string
}

async function takings(): Promise<Taking[]> {
  const { rows } = await platform.sql.query(
    `select tenant_id as "tenantId", thing_id as "thingId", version, member
     from taker_service.taking order by seq`,
  )
  return rows
}

const versionsOf = (list: readonly Taking[], thingId: string) =>
  list.filter((one) => one.thingId === thingId).map((one) => one.version)

async function parked(key: string): Promise<{ state: string; events: number } | undefined> {
  const { rows } = await platform.sql.query(
    `select state, (select count(*)::int from taker_service.parked_event e where e.key = k.key) as events
     from taker_service.parked_key k where key = $1`,
    [key],
  )
  return rows[0]
}

test('effects happen once under two members, a rebalance and connections that are cut', async () => {
  const one = await startTaker('one')
  const two = await startTaker('two')
  const tenants = Array.from({ length: 4 }, newTenant)
  const things = Array.from({ length: 40 }, () => randomUUID())
  let making = true
  const disturb = async () => {
    for (let turn = 0; making; turn++) {
      // Both members believe to hold what the other got.
      await platform.sql.query(
        `update taker_service.consumer_lease set member = (select member from
           taker_service.consumer_member order by random() limit 1)
         where partition in (select partition from taker_service.consumer_lease
           where partition % 2 = $1 for update skip locked)`,
        [turn % 2],
      )
      await platform.sql.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where usename = 'taker_service' and state <> 'idle' limit 1`,
      )
      await new Promise((resolve) => setTimeout(resolve, 40))
    }
  }
  const disturbed = disturb()
  for (let version = 1; version <= 15; version++)
    await Promise.all(
      things.map((thing, n) => (n % 2 ? one : two).make(tenants[n % 4] ?? '', thing, version)),
    )
  making = false
  await disturbed
  await eventually(async () => (await takings()).length >= 40 * 15, 20_000)
  const list = await takings()
  expect(list).toHaveLength(40 * 15)
  for (const thing of things)
    expect(versionsOf(list, thing)).toEqual(Array.from({ length: 15 }, (_, n) => n + 1))
})

test('the partitions of a member that comes or goes are shared out', async () => {
  const shares = async () => {
    const { rows } = await platform.sql.query(
      `select count(*)::int as count from taker_service.consumer_lease
       where member is not null group by member order by 1`,
    )
    return rows.map((row) => row.count)
  }
  const one = await startTaker('one')
  await eventually(async () => (await shares()).join() === '64')
  await one.stop()
  started = []
  expect(await shares()).toEqual([])
})

test('an effect and its position are one: what fails in between happens again, whole', async () => {
  let failures = 2
  const thing = randomUUID()
  const process = await platform.start({
    consumers: () => [
      on(thingMade, async (_ctx, event, tx) => {
        await tx.run(take(event.data.thingId, event.data.version, 'one'))
        // After the effect and before the position: the connection is cut.
        if (failures-- > 0)
          await tx.run({ text: 'select pg_terminate_backend(pg_backend_pid())', values: [] })
      }),
    ],
  })
  started.push(process)
  await process.make(newTenant(), thing, 1)
  await eventually(async () => (await takings()).length > 0)
  expect(versionsOf(await takings(), thing)).toEqual([1])
  expect(failures).toBeLessThan(0)
  expect(await parked(thing)).toBeUndefined()
})

test('a failing event parks its key alone, and later events of the key keep their order', async () => {
  const tenant = newTenant()
  const poisoned = randomUUID()
  const neighbour = neighbourOf(tenant, poisoned)
  let isPoisoned = true
  const attempts: number[] = []
  const process = await startTaker('one', (_ctx, { key, data }) => {
    if (key !== poisoned) return
    attempts.push(data.version)
    if (isPoisoned) throw new Error('cannot take this one')
  })
  for (let version = 1; version <= 3; version++) {
    await process.make(tenant, poisoned, version)
    await process.make(tenant, neighbour, version)
  }
  await eventually(async () => versionsOf(await takings(), neighbour).length === 3)
  await eventually(async () => (await parked(poisoned))?.events === 3)
  expect(await parked(poisoned)).toEqual({ state: 'waiting', events: 3 })
  expect(new Set(attempts)).toEqual(new Set([1]))
  isPoisoned = false
  await eventually(async () => (await parked(poisoned)) === undefined || undefined)
  await process.make(tenant, poisoned, 4)
  await eventually(async () => versionsOf(await takings(), poisoned).length === 4)
  expect(versionsOf(await takings(), poisoned)).toEqual([1, 2, 3, 4])
})

/** A thing of the same partition as another. */
function neighbourOf(tenant: string, thing: string): string {
  for (;;) {
    const neighbour = randomUUID()
    if (partitionOf(tenant, neighbour) === partitionOf(tenant, thing)) return neighbour
  }
}

test('an event that costs its connection each time is parked in the end', async () => {
  const tenant = newTenant()
  const poisoned = randomUUID()
  const neighbour = neighbourOf(tenant, poisoned)
  let isPoisoned = true
  const process = await startTaker('one', async (_ctx, { key }, tx) => {
    if (key === poisoned && isPoisoned)
      await tx.run({ text: 'select pg_terminate_backend(pg_backend_pid())', values: [] })
  })
  await process.make(tenant, poisoned, 1)
  await process.make(tenant, neighbour, 1)
  await eventually(async () => versionsOf(await takings(), neighbour).length === 1, 20_000)
  expect(await parked(poisoned)).toEqual({ state: 'waiting', events: 1 })
  isPoisoned = false
  await eventually(async () => versionsOf(await takings(), poisoned).length === 1)
})

test('a handler that never ends is as one that fails, and the others go on', async () => {
  const tenant = newTenant()
  const [hanging, neighbour] = [randomUUID(), randomUUID()]
  let hangs = true
  const process = await platform.start()
  started.push(process)
  const member = await startMember({
    ...{ name: 'one', process, platform, transport: { kind: 'postgres' } },
    times: { handlerMs: 100 },
    before: (_ctx, { key }) => (key === hanging && hangs ? new Promise(() => {}) : undefined),
  })
  try {
    await process.make(tenant, hanging, 1)
    await process.make(tenant, neighbour, 1)
    await eventually(async () => versionsOf(await takings(), neighbour).length === 1)
    await eventually(async () => (await parked(hanging))?.events === 1)
    const { rows } = await platform.sql.query(
      'select last_error from taker_service.parked_key where key = $1',
      [hanging],
    )
    expect(rows[0].last_error).toBe('Error: the handler did not end within 0.1 s')
    hangs = false
    await eventually(async () => versionsOf(await takings(), hanging).length === 1)
  } finally {
    await member.stop()
  }
})

test('a handler that does not wait for its statements fails, and takes none of them outside', async () => {
  const [tenant, careless, neighbour] = [newTenant(), randomUUID(), randomUUID()]
  let isCareless = true
  const process = await platform.start({
    consumers: () => [
      on(thingMade, async (_ctx, { key }, tx) => {
        const taken = [7, 8].map((version) => tx.run(take(key, version, 'one')))
        if (key !== careless || !isCareless) await Promise.all(taken)
      }),
    ],
  })
  started.push(process)
  await process.make(tenant, neighbour, 1)
  await eventually(async () => versionsOf(await takings(), neighbour).length === 2)
  await process.make(tenant, careless, 1)
  await eventually(async () => (await parked(careless))?.events === 1)
  expect(versionsOf(await takings(), careless)).toEqual([])
  isCareless = false
  await eventually(async () => versionsOf(await takings(), careless).length === 2)
})

test('a refused event is a dead letter until it is redriven', async () => {
  const tenant = newTenant()
  const thing = randomUUID()
  let isRefused = true
  const refusal = problem('conflict', 'thing.unwanted', 'Nobody wants this')
  const process = await startTaker('one', (_ctx, { key }) => {
    if (key === thing && isRefused) throw new Problem(refusal, 'Not now')
  })
  await process.make(tenant, thing, 1)
  await eventually(async () => (await parked(thing))?.state === 'dead')
  await process.make(tenant, thing, 2)
  await eventually(async () => (await parked(thing))?.events === 2)
  isRefused = false
  const { redrive } = await import('@prognetwork/event-based-service-client')
  const group = { group: 'taker-service', log: 'domain' }
  const ctx = process.context(tenant)
  await process.taker.db.batch(ctx, [redrive(group, thing)])
  await process.stop()
  started = []
  await startTaker('two')
  await eventually(async () => versionsOf(await takings(), thing).length === 2)
  expect(versionsOf(await takings(), thing)).toEqual([1, 2])
  expect(await parked(thing)).toBeUndefined()
})

test('a handler sees the tenant of its event and no other', async () => {
  const [mine, other] = [newTenant(), newTenant()]
  const seen: { scope: string; rows: string[] }[] = []
  const process = await startTaker('one', async (ctx, _event, tx) => {
    const rows = await tx.run(countAll())
    seen.push({ scope: ctx.scope.tenantId, rows: rows.map((row) => row.tenantId) })
  })
  await process.make(mine, randomUUID(), 1)
  await eventually(() => seen.length === 1)
  await process.make(other, randomUUID(), 1)
  await eventually(() => seen.length === 2)
  await process.make(mine, randomUUID(), 1)
  await eventually(() => seen.length === 3)
  expect(seen).toEqual([
    { scope: mine, rows: [] },
    { scope: other, rows: [] },
    { scope: mine, rows: [mine] },
  ])
})

test('a handle is closed with its event, and events cause what their handlers do', async () => {
  const causes: unknown[] = []
  let leaked: Parameters<Handler>[2] | undefined
  const process = await startTaker('one', async (ctx, event, tx) => {
    causes.push([ctx.causationId === event.id, ctx.replaying, ctx.trace.parentSpanId !== undefined])
    leaked ??= tx
  })
  await process.make(newTenant(), randomUUID(), 1)
  await eventually(() => causes.length === 1 && leaked)
  expect(causes).toEqual([[true, false, true]])
  // The handle ends with the handler's promise, which may be a moment after what it noted.
  await eventually(async () => {
    const refusal = await leaked?.run(countAll()).catch((error: unknown) => String(error))
    return typeof refusal === 'string' && refusal.includes('after it had ended')
  })
})

test('tenants are handled side by side, each sees its own rows alone and its events in order', async () => {
  const [tenants, broken] = [Array.from({ length: 12 }, newTenant), randomUUID()]
  const maker = await platform.start({})
  started.push(maker)
  for (const version of [1, 2, 3])
    for (const [at, tenant] of tenants.entries())
      await maker.make(tenant, at === 5 && version === 2 ? broken : tenant, version)
  const busy = new Set<string>()
  const seen: string[][] = []
  let most = 0
  await startTaker('one', async (ctx, { data }, tx) => {
    const own = ctx.scope.tenantId
    if (busy.has(own)) throw new Error('two events of one tenant at once')
    busy.add(own)
    most = Math.max(most, busy.size)
    try {
      if (data.thingId === broken) await tx.run(take(broken, 2, null as never))
      for (let turn = 0; turn < 3; turn++) {
        seen.push([own, ...(await tx.run(scopeAndRows())).map((row) => row.tenantId)])
        await new Promise((resolve) => setTimeout(resolve, turn))
      }
    } finally {
      busy.delete(own)
    }
  })
  await eventually(async () => (await takings()).length === 35)
  expect(most).toBeGreaterThan(3)
  for (const [own, ...others] of seen) expect(new Set(others)).toEqual(new Set([own]))
  const taken = (await takings()).map((one) => `${one.tenantId} ${one.thingId} ${one.version}`)
  expect(new Set(taken).size).toBe(35)
  const ownOf = (tenant: string) => taken.filter((one) => one.startsWith(tenant))
  for (const own of tenants.map(ownOf)) expect(own).toEqual(own.toSorted())
})

test('a service reads the types it declares, through one function, and nothing else of the log', async () => {
  const taker = await connectDirectly(platform.as('taker_service'))
  const { rows } = await taker.query(
    "select * from event_streaming_service.log_heads() where log = 'domain'",
  )
  const read = (types: string[]) =>
    taker.query(
      `select type from event_streaming_service.read_events('domain', $1, $2,
         0, array(select 0::bigint from generate_series(0, 63)), 1000) where id is not null`,
      [rows[0].incarnation, types],
    )
  const types = new Set((await read(['thing.made'])).rows.map((row) => row.type))
  expect(types).toEqual(new Set(['thing.made']))
  await expect(read(['thing.made', 'thing.lost'])).rejects.toThrow('does not consume thing.lost')
  await expect(read(['user.created'])).rejects.toThrow('does not consume user.created')
  for (const text of [
    'select * from event_streaming_service.domain_log',
    'select * from event_streaming_service.subscription',
    'select * from event_streaming_service.log_head',
    "insert into event_streaming_service.subscription values ('taker_service', 'thing.lost', 0)",
    "select event_streaming_service.ensure_partitions('volatile')",
    "select event_streaming_service.drop_partitions('domain', interval '0')",
  ])
    await expect(taker.query(text), text).rejects.toThrow('permission denied')
  const service = await connectDirectly(platform.as('event_streaming_service'))
  await expect(
    service.query("insert into subscription values ('taker_service', 'thing.lost', 0)"),
  ).rejects.toThrow('permission denied')
  await Promise.all([taker.end(), service.end()])
})

test('a service whose consumers differ from what it declares does not start', async () => {
  await expect(platform.start({ consumers: () => [] })).rejects.toThrow(
    'taker-service: nothing handles thing.made, which it consumes',
  )
})
