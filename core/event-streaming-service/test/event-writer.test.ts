import { randomUUID } from 'node:crypto'
import { connectDirectly } from '@prognetwork/shared-infrastructure/host'
import { startCluster } from '@prognetwork/testing'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import {
  type EventPlatform,
  type EventProcess,
  eventually,
  newTenant,
  startEventPlatform,
} from './event-platform.ts'

let stopCluster: () => Promise<void>
let platform: EventPlatform
let process: EventProcess

beforeAll(async () => {
  const { cluster, stop } = await startCluster(inject('cluster').server)
  stopCluster = stop
  platform = await startEventPlatform(cluster)
  process = await platform.start()
})
afterAll(async () => {
  await platform?.stop()
  await stopCluster?.()
})

interface Logged {
  position: number
  id: string
  tenantId: string
  key: string
  version: number
}

let firstPosition = 0
beforeEach(async () => {
  firstPosition = (await head()).next
})

const head = async (): Promise<{ next: number; epoch: number }> => {
  const { rows } = await platform.sql.query(
    "select next, epoch from event_streaming_service.log_head where log = 'domain'",
  )
  return rows[0]
}

async function logged(): Promise<Logged[]> {
  const { rows } = await platform.sql.query(
    `select position, id, tenant_id as "tenantId", key, aggregate_version as version
     from event_streaming_service.domain_log where position >= $1 order by position`,
    [firstPosition],
  )
  return rows
}

const outboxIsEmpty = async () => {
  const { rows } = await platform.sql.query('select 1 from maker_service.outbox limit 1')
  return rows.length === 0
}

function expectDense(events: readonly Logged[]) {
  expect(events.map((one) => one.position)).toEqual(events.map((_, n) => firstPosition + n))
  expect(new Set(events.map((one) => one.id)).size).toBe(events.length)
}

function expectOrderWithinKeys(events: readonly Logged[]) {
  for (const [key, list] of Map.groupBy(events, (one) => `${one.tenantId}/${one.key}`))
    expect([key, ...list.map((one) => one.version)]).toEqual([key, ...list.map((_, n) => n + 1)])
}

/** A transaction of the publishing service that a test holds open. */
async function openTransaction(tenantId: string) {
  const client = await connectDirectly(platform.as('maker_service'))
  await client.query('begin')
  await client.query("select set_config('app.tenant_id', $1, true)", [tenantId])
  return {
    xid: () => client.query('select pg_current_xact_id()'),
    put: (thingId: string, version: number) =>
      client.query(
        `insert into outbox (id, type, schema_version, key, partition, aggregate_version, time, data)
         values ($1, 'thing.made', 1, $2, 5, $3, now(), $4)`,
        [randomUUID(), thingId, version, JSON.stringify({ thingId, version })],
      ),
    async end(how: 'commit' | 'rollback') {
      await client.query(how)
      await client.end()
    },
  }
}

test('positions are dense and keys in order under eight writers, open and rolled back ones among them', async () => {
  const tenants = [newTenant(), newTenant()]
  const eachWriter = async (n: number) => {
    const tenantId = tenants[n % 2] ?? ''
    const things = [randomUUID(), randomUUID()]
    for (let version = 1; version <= 30; version++)
      for (const thingId of things) await process.make(tenantId, thingId, version)
  }
  const disturb = async (how: 'commit' | 'rollback') => {
    for (let n = 0; n < 10; n++) {
      const open = await openTransaction(newTenant())
      await open.put(randomUUID(), 1)
      await new Promise((resolve) => setTimeout(resolve, 20))
      await open.end(how)
    }
  }
  await Promise.all([
    ...Array.from({ length: 8 }, (_, n) => eachWriter(n)),
    disturb('commit'),
    disturb('rollback'),
  ])
  await eventually(outboxIsEmpty)
  const events = await logged()
  expect(events).toHaveLength(8 * 60 + 10)
  expectDense(events)
  expectOrderWithinKeys(events)
})

test('a version waits for a lower one of its key that is not yet behind the horizon', async () => {
  const tenantId = newTenant()
  const thing = randomUUID()
  const early = await openTransaction(tenantId)
  await early.xid()
  const between = await openTransaction(tenantId)
  await between.xid()
  const late = await openTransaction(tenantId)
  await late.put(thing, 1)
  await late.end('commit')
  await early.put(thing, 2)
  await early.end('commit')
  await process.make(tenantId, randomUUID(), 1)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(await logged()).toEqual([])
  await between.end('rollback')
  await eventually(outboxIsEmpty)
  expect((await logged()).filter((one) => one.key === thing).map((one) => one.version)).toEqual([
    1, 2,
  ])
})

test('a writer whose epoch ended in the middle of a move deletes nothing', async () => {
  const { epoch } = await head()
  const usurper = await connectDirectly(platform.settings)
  await usurper.query('begin')
  await usurper.query('select from event_streaming_service.log_head for update')
  await process.make(newTenant(), randomUUID(), 1)
  await eventually(async () => {
    const { rows } = await platform.sql.query(
      "select from pg_stat_activity where usename = 'event_writer' and wait_event_type = 'Lock'",
    )
    return rows.length > 0
  })
  await usurper.query(
    `update event_streaming_service.log_head
     set epoch = epoch + 1, holder = gen_random_uuid(), expires_at = now() + interval '1 s'`,
  )
  await usurper.query('commit')
  await usurper.end()
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(await outboxIsEmpty()).toBe(false)
  expect(await logged()).toEqual([])
  await eventually(outboxIsEmpty)
  expectDense(await logged())
  expect((await head()).epoch).toBe(epoch + 2)
})

test('two processes that fight for the lead lose and double nothing', async () => {
  const umpire = await connectDirectly(platform.settings)
  let fighting = true
  const fight = async () => {
    while (fighting) {
      await umpire.query(
        `update event_streaming_service.log_head
         set epoch = epoch + 1, holder = null, expires_at = now() + interval '10 ms'`,
      )
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    await umpire.end()
  }
  const fought = fight()
  const rival = await platform.start()
  const tenantId = newTenant()
  const make = async (one: EventProcess, from: number) => {
    for (let n = 0; n < 300; n++) {
      await one.make(tenantId, randomUUID(), from)
      await new Promise((resolve) => setTimeout(resolve, 3))
    }
  }
  await Promise.all([make(process, 1), make(rival, 1), make(process, 1), make(rival, 1)])
  const leads = ({ logLines }: EventProcess) =>
    logLines.filter((line) => line.includes('This process moves')).length
  // Who wins a round is chance, so they fight on until both have led and lost the lead.
  await eventually(() => leads(process) > 1 && leads(rival) > 1, 20_000)
  fighting = false
  await fought
  await eventually(outboxIsEmpty)
  const events = await logged()
  expect(events).toHaveLength(1_200)
  expectDense(events)
  await rival.stop()
})

test('a lost connection and a leader that is gone are made up for within five seconds', async () => {
  await platform.sql.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'event_writer'",
  )
  await process.make(newTenant(), randomUUID(), 1)
  await eventually(outboxIsEmpty, 5_000)
  await platform.sql.query(
    `update event_streaming_service.log_head set epoch = epoch + 1, holder = gen_random_uuid(),
       expires_at = now() + interval '4 s'`,
  )
  await process.make(newTenant(), randomUUID(), 1)
  await eventually(outboxIsEmpty, 5_000)
  const events = await logged()
  expect(events).toHaveLength(2)
  expectDense(events)
})

test('events that another process commits are moved without waiting for the backstop', async () => {
  const other = await platform.start({ writes: false })
  await other.make(newTenant(), randomUUID(), 1)
  await eventually(outboxIsEmpty)
  const startedMs = performance.now()
  await other.make(newTenant(), randomUUID(), 1)
  await eventually(outboxIsEmpty)
  expect(performance.now() - startedMs).toBeLessThan(1_000)
  await other.stop()
})

test('the event writer may append, hold the head and empty outboxes, and nothing else', async () => {
  const writer = await connectDirectly(platform.as('event_writer'))
  const log = 'event_streaming_service.domain_log'
  const refused = [
    `select * from ${log}`,
    `update ${log} set type = 'x'`,
    `delete from ${log}`,
    `truncate ${log}`,
    'select * from event_streaming_service.domain_log_0',
    'insert into event_streaming_service.log_head select * from event_streaming_service.log_head',
    'update event_streaming_service.log_head set incarnation = gen_random_uuid()',
    'delete from event_streaming_service.log_head',
    'select * from event_streaming_service.subscription',
    'select event_streaming_service.ensure_partitions()',
    'select * from event_streaming_service.log_heads()',
    'select * from maker_service.thing',
    'select * from maker_service.audit',
    "update maker_service.outbox set data = ''",
    'insert into maker_service.outbox (id) values (gen_random_uuid())',
    'create table event_streaming_service.extra (a int)',
    'set role maker_service',
  ]
  for (const text of refused)
    await expect(writer.query(text), text).rejects.toThrow(/permission denied|must be owner/)
  await writer.end()
})

test('room in the log is made ahead of the head and given back by whole ranges', async () => {
  const platformRole = await connectDirectly(platform.as('event_streaming_service_platform'))
  const ranges = async () => {
    const { rows } = await platform.sql.query(
      `select count(*)::int as ranges from pg_inherits
       where inhparent = 'event_streaming_service.domain_log'::regclass`,
    )
    return rows[0].ranges
  }
  const before = await ranges()
  await platform.sql.query(
    "update event_streaming_service.log_head set next = next + 25000000 where log = 'domain'",
  )
  await platformRole.query('select event_streaming_service.ensure_partitions()')
  expect(await ranges()).toBe(before + 2)
  await process.make(newTenant(), randomUUID(), 1)
  await eventually(outboxIsEmpty)
  const drop =
    "select event_streaming_service.drop_partitions('domain', interval '1 day') as dropped"
  expect((await platformRole.query(drop)).rows).toEqual([{ dropped: 0 }])
  await platform.sql.query(
    "update event_streaming_service.log_range set filled_at = filled_at - interval '2 days'",
  )
  expect((await platformRole.query(drop)).rows).toEqual([{ dropped: 2 }])
  expect(await ranges()).toBe(before)
  await platformRole.end()
})
