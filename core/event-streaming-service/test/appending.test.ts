import { randomUUID } from 'node:crypto'
import { eventStreamingContract, type OutgoingEvent } from '@prognetwork/contracts/event-streaming'
import { on, partitionOf } from '@prognetwork/event-based-service-client'
import { command } from '@prognetwork/shared-infrastructure'
import { renewLogs } from '@prognetwork/shared-infrastructure/host'
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

const { appendEvents } = eventStreamingContract.operations

let stopCluster: () => Promise<void>
let platform: EventPlatform
let process: EventProcess

const take = command<[thingId: string, version: number]>(
  'taking.insert',
  `insert into taking (thing_id, version, member) values ($1, $2, 'one')`,
)

beforeAll(async () => {
  const { cluster, stop } = await startCluster()
  stopCluster = stop
  platform = await startEventPlatform(cluster)
  process = await platform.start({
    consumers: () => [on(thingMade, (_, { data }, tx) => tx.run(take(data.thingId, data.version)))],
  })
})
afterAll(async () => {
  await platform?.stop()
  await stopCluster?.()
})

/** Events of one thing of one tenant, in the numbers of one service; each test has its own. */
function thing(source = 'product-service') {
  const tenantId = newTenant()
  const key = randomUUID()
  const ids = new Map<number, string>()
  const idOf = (version: number) => {
    const id = ids.get(version) ?? randomUUID()
    ids.set(version, id)
    return id
  }
  const eventOf = (version: number): OutgoingEvent => ({
    ...{ tenantId, key, id: idOf(version), log: 'domain', type: thingMade.type, version: 1 },
    ...{ partition: partitionOf(tenantId, key), aggregateVersion: version },
    ...{ time: new Date().toISOString(), traceparent: null, causationId: null },
    ...{ correlationId: null, source: null, data: JSON.stringify({ thingId: key, version }) },
  })
  return {
    key,
    ids,
    /** Sends these versions under the numbers from `first` on. */
    async append(incarnation: string, first: number, versions: readonly number[], as = source) {
      const who = { tenantId, permissions: [], caller: as }
      const events = versions.map(eventOf)
      const body = { source, incarnation, first, events }
      return (await process.ask(who, appendEvents, { body })).last
    },
    /** Versions in the order of the log, once there are so many. */
    logged: (count: number) =>
      eventually(async () => {
        const { rows } = await platform.sql.query(
          `select aggregate_version as version, topic from event_streaming_service.domain_log
           where key = $1 order by position`,
          [key],
        )
        if (rows.length < count) return undefined
        expect(new Set(rows.map((row) => row.topic))).toEqual(new Set([source]))
        return rows.map((row) => row.version)
      }),
  }
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n)
const code = (work: Promise<unknown>) => work.then(String, (error) => error.code)

test('lots are taken in order, once, and reach consumers', async () => {
  const { append, logged, key } = thing()
  const life = randomUUID()
  expect(await append(life, 1, numbers(1, 100))).toBe(100)
  // The answer was lost; then a lot that was half taken.
  expect(await append(life, 1, numbers(1, 100))).toBe(100)
  expect(await append(life, 51, numbers(51, 150))).toBe(150)
  expect(await logged(150)).toEqual(numbers(1, 150))
  await eventually(async () => {
    const { rows } = await platform.sql.query(
      'select version from taker_service.taking where thing_id = $1 order by seq',
      [key],
    )
    return rows.length === 150 && rows.every((row, n) => row.version === n + 1)
  })
})

test('a gap is answered with the number that is held, and nothing is taken', async () => {
  const { append, logged } = thing('tenant-service')
  const life = randomUUID()
  expect(await append(life, 3, [3])).toBe(0)
  expect(await append(life, 1, [1, 2])).toBe(2)
  expect(await append(life, 5, [5])).toBe(2)
  expect(await append(life, 3, [3, 4, 5])).toBe(5)
  expect(await logged(5)).toEqual(numbers(1, 5))
})

test('many who send the same at once double nothing and keep the order', async () => {
  const { append, logged } = thing()
  const life = randomUUID()
  for (let first = 1; first <= 201; first += 50)
    await Promise.all(
      Array.from({ length: 5 }, () => append(life, first, numbers(first, first + 49))),
    )
  expect(await logged(250)).toEqual(numbers(1, 250))
})

test('another incarnation begins at one, and events that are known are passed over', async () => {
  const { append, logged } = thing()
  const [life, next] = [randomUUID(), randomUUID()]
  expect(await append(life, 1, numbers(1, 10))).toBe(10)
  expect(await append(next, 4, [11])).toBe(0)
  // What had been sent and not been forgotten before the backup comes again under other numbers.
  expect(await append(next, 1, numbers(8, 12))).toBe(5)
  expect(await logged(12)).toEqual(numbers(1, 12))
  // The process of before the restore still runs.
  expect(await append(life, 11, [13])).toBe(0)
})

test('a number that comes again with another event is refused', async () => {
  const { append, logged, ids } = thing('user-service')
  const life = randomUUID()
  await append(life, 1, [1, 2, 3])
  ids.delete(3)
  expect(await code(append(life, 3, [3, 4]))).toBe('event_streaming.numbers_reused')
  expect(await logged(3)).toEqual([1, 2, 3])
})

test('a service sends events of its own only, and outsiders none', async () => {
  const { append } = thing()
  const sent = (as: string) => code(append(randomUUID(), 1, [1], as))
  expect(await sent('tenant-service')).toBe('event_streaming.source_foreign')
  expect(await sent('api-gateway')).toBe('identity.permission_denied')
})

test('after a restore of the log, whatever comes next is taken, and known events are passed over', async () => {
  const { append, logged } = thing()
  const life = randomUUID()
  await append(life, 1, [1, 2, 3])
  expect(await append(life, 9, [9])).toBe(3)
  await renew()
  expect(await append(life, 9, [3, 9])).toBe(10)
  expect(await append(life, 11, [10])).toBe(11)
  expect(await logged(5)).toEqual([1, 2, 3, 9, 10])
})

test('after a restore of the service, what it has not sent begins at one again', async () => {
  const sql = (text: string) => platform.sql.query(text)
  await sql(
    `insert into maker_service.outgoing
       (number, tenant_id, log, id, type, schema_version, key, partition, time, data)
     select n, gen_random_uuid(), 'domain', gen_random_uuid(), 'thing.made', 1, 'n' || n, 0, now(), ''
     from generate_series(41, 43) n`,
  )
  const head = async () => (await sql('select * from maker_service.outgoing_head')).rows[0]
  const { incarnation } = await head()
  expect((await renew()).waiting).toBe(3)
  const { rows } = await sql('select number, key from maker_service.outgoing order by number')
  expect(rows.map(({ number, key }) => [number, key])).toEqual([
    [1, 'n41'],
    [2, 'n42'],
    [3, 'n43'],
  ])
  expect(await head()).toEqual({ incarnation: expect.not.stringMatching(incarnation), next: 4 })
})

const renew = () =>
  renewLogs(platform.settings, platform.definitions, platform.passwords, {
    isWhole: false,
    isRunning: true,
  })
