import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { on } from '@prognetwork/event-based-service-client'
import { command } from '@prognetwork/shared-infrastructure'
import { connectDirectly } from '@prognetwork/shared-infrastructure/host'
import { startPostgres } from '@prognetwork/shared-infrastructure/postgres'
import {
  moveStatement,
  takeHead,
} from '../core/event-streaming-service/src/event-writer/event-writer.store.ts'
import {
  type EventPlatform,
  type EventProcess,
  startEventPlatform,
  thingMade,
} from '../core/event-streaming-service/test/event-platform.ts'
import { atLeast, atMost, type Figure, informs } from './figure.ts'
import { removeState, temporaryState } from './server-process.ts'

const moved = 40_000
const consumed = moved
const quiet = 300
const leaseMs = 60_000

const take = command<[thingId: string]>(
  'taking.insert',
  `insert into taking (thing_id, version, member) values ($1, 1, 'bench')`,
)

/**
 * The way of an event on a server that flushes its log as a real one does: from outboxes to the log
 * by the writer's own statement, from the log to consumers, and from a commit to a handler when
 * nothing else happens. Events have about 300 bytes and 2,000 keys.
 */
export async function run(): Promise<Figure[]> {
  const state = await temporaryState()
  const postgres = await startPostgres({ stateDirectory: resolve(state), say: () => {} })
  const platform = await startEventPlatform({
    server: 'embedded',
    admin: postgres.connection,
    passwords: {},
    template: 'template1',
  })
  try {
    // The writer makes room in the log and the subscriptions; it moves nothing after that.
    await (await platform.start({ consumers: () => [on(thingMade, () => {})] })).stop()
    const small = await movesPerSecond(platform, 200)
    const large = await movesPerSecond(platform, 4_000)
    await consumedPerSecond(platform, () => {})
    const read = await backlogPerSecond(platform, () => {})
    const effects = await backlogPerSecond(platform, (tx, thingId) => tx.run(take(thingId)))
    const [p50, p99] = await commitToHandler(platform)
    return [
      atLeast('moved to the log in lots of 200', small, 50_000, '/s'),
      atLeast('moved to the log in lots of 4,000', large, 80_000, '/s'),
      atLeast('read by a consumer that does nothing', read, 100_000, '/s'),
      atLeast('consumed with one insert each', effects, 20_000, '/s'),
      atMost('commit to handler in one process, median', p50, 2, 'ms'),
      atMost('commit to handler in one process, 99th percentile', p99, 10, 'ms'),
      informs('events in the log at the end', await logged(platform), ''),
    ]
  } finally {
    await platform.stop()
    await postgres.stop()
    await removeState(state)
  }
}

type Effect = (tx: Parameters<Parameters<typeof on>[1]>[2], thingId: string) => unknown

/** As a service would have written them, a transaction per thousand. */
export async function fillOutbox({ sql }: EventPlatform, count: number): Promise<void> {
  const uuid = (group: number, n: string) =>
    `('01938d5e-7c1a-7b32-8f60-' || lpad(to_hex(${group} * 65536 + ${n}), 12, '0'))::uuid`
  for (let from = 0; from < count; from += 1_000)
    await sql.query(
      `insert into maker_service.outbox (tenant_id, id, type, schema_version, key, partition,
         time, traceparent, correlation_id, data)
       select ${uuid(1, 'k % 50')}, gen_random_uuid(), 'thing.made', 1, ${uuid(2, 'k')}::text,
         k % 64, '2026-11-21T09:30:00Z', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', 'bench',
         json_build_object('thingId', ${uuid(2, 'k')}, 'version', 1)
       from (select ($1 + n) % 2000 as k from generate_series(1, 1000) n) as keys`,
      [from],
    )
}

export async function movesPerSecond(platform: EventPlatform, lot: number): Promise<number> {
  const { name, text } = moveStatement('maker-service')(lot, 0, leaseMs)
  const writer = await connectDirectly(platform.as('event_writer'))
  try {
    // What the writer itself sets on its session.
    for (const scan of ['seqscan', 'bitmapscan', 'sort'])
      await writer.query(`set enable_${scan} = off`)
    const head = takeHead(randomUUID(), leaseMs)
    const { rows } = await writer.query({ text: head.text, values: [...head.values] })
    const move = () => writer.query({ name, text, values: [lot, rows[0].epoch, leaseMs] })
    await fillOutbox(platform, 5_000)
    while ((await move()).rows[0].moved > 0);
    await fillOutbox(platform, moved)
    const started = performance.now()
    let count = 0
    for (let last = -1; last !== 0; count += last) last = (await move()).rows[0].moved
    if (count !== moved) throw new Error(`${count} of ${moved} events were moved`)
    const seconds = (performance.now() - started) / 1_000
    await writer.query(`update event_streaming_service.log_head set expires_at = '-infinity'`)
    return count / seconds
  } finally {
    await writer.end()
  }
}

/** What stands in the log already, from the first event handled to the last. */
async function backlogPerSecond(platform: EventPlatform, effect: Effect): Promise<number> {
  await movesPerSecond(platform, 4_000)
  return consumedPerSecond(platform, effect)
}

async function consumedPerSecond(platform: EventPlatform, effect: Effect): Promise<number> {
  let count = 0
  let firstMs = 0
  let lastMs = 0
  const process = await platform.start({
    consumers: () => [
      on(thingMade, async (_ctx, { data }, tx) => {
        if (count++ === 0) firstMs = performance.now()
        await effect(tx, data.thingId)
        lastMs = performance.now()
      }),
    ],
  })
  try {
    for (let before = -1; before !== count || count < consumed; ) {
      before = count
      await sleep(500)
      if (before === count && count === 0) throw new Error('no event was consumed')
    }
    return count / ((lastMs - firstMs) / 1_000)
  } finally {
    await process.stop()
  }
}

/** Milliseconds from the answer to a commit to the call of a handler, one event at a time. */
async function commitToHandler(platform: EventPlatform): Promise<[p50: number, p99: number]> {
  const heard = new Map<string, (ms: number) => void>()
  const process = await platform.start({
    consumers: () => [
      on(thingMade, (_ctx, { data }) => heard.get(data.thingId)?.(performance.now())),
    ],
  })
  try {
    const took: number[] = []
    for (let n = 0; n < quiet; n++) took.push(await once(process, heard))
    // The first ones plan statements and lease partitions.
    const sorted = took.slice(50).sort((one, other) => one - other)
    return [at(sorted, 0.5), at(sorted, 0.99)]
  } finally {
    await process.stop()
  }
}

async function once(
  process: EventProcess,
  heard: Map<string, (ms: number) => void>,
): Promise<number> {
  const thingId = randomUUID()
  const handled = new Promise<number>((resolve) => heard.set(thingId, resolve))
  await process.make(randomUUID(), thingId, 1)
  const committedMs = performance.now()
  return Math.max(0, (await handled) - committedMs)
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN
}

async function logged({ sql }: EventPlatform): Promise<number> {
  const { rows } = await sql.query(
    'select count(*)::int as count from event_streaming_service.domain_log',
  )
  return rows[0].count
}
