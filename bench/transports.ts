import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type ConsumerDatabase,
  type CopiedEvent,
  createDatabaseLogSource,
  openTransport,
  partitionCount,
  type Transport,
  type TransportSettings,
} from '@prognetwork/event-based-service-client'
import {
  connectDirectly,
  createLogAccess,
  createWakeUps,
} from '@prognetwork/shared-infrastructure/host'
import { startPostgres } from '@prognetwork/shared-infrastructure/postgres'
import { startKafka, startRedis } from '@prognetwork/shared-infrastructure/servers'
import { freePort } from '@prognetwork/testing'
import { startCopier } from '../core/event-streaming-service/src/log-copy/copier.ts'
import {
  type EventPlatform,
  type EventProcess,
  startEventPlatform,
} from '../core/event-streaming-service/test/event-platform.ts'
import { readWithKafka, writeWithKafka } from './bare-kafka.ts'
import { readWithRedis, writeWithRedis } from './bare-redis.ts'
import { atLeast, type Figure, informs } from './figure.ts'
import { movesPerSecond } from './log.ts'
import { removeState, temporaryState } from './server-process.ts'

/** As many as `movesPerSecond` leaves in the log. */
const least = 40_000
const pageEvents = 1_000
const goal = 0.6

const prefix = 'bench'
const redisSettings = { prefix, keptEvents: 1_000_000 }

type Rate = (port: number, events: readonly CopiedEvent[]) => Promise<number>

/** A broker, and what its client alone does with it. */
interface Measured {
  readonly port: number
  readonly settings: TransportSettings
  readonly write: Rate
  readonly read: Rate
  stop(): Promise<void>
}

/**
 * What a transport costs beside its own client: events copied and read by it, against the same events
 * written and read by the client alone, on the same server in the same run.
 */
export async function run(): Promise<Figure[]> {
  const state = await temporaryState()
  const postgres = await startPostgres({ stateDirectory: resolve(state), say: () => {} })
  const platform = await startEventPlatform({
    ...{ server: 'embedded', admin: postgres.connection, passwords: {}, template: 'template1' },
  })
  try {
    // It writes what may be read, and makes room in the log.
    await (await platform.start()).stop()
    const taker = await platform.start({ writes: false })
    const onRedis = async () => {
      const server = await startRedis({ directory: join(state, 'redis'), port: await freePort() })
      const settings = { kind: 'redis', url: server.url, ...redisSettings } as const
      return { ...server, settings, write: writeWithRedis, read: readWithRedis }
    }
    const onKafka = async () => {
      const [port, controllerPort] = [await freePort(), await freePort()]
      const server = await startKafka({ directory: join(state, 'kafka'), port, controllerPort })
      const settings = { kind: 'kafka', brokers: [server.url], prefix } as const
      return { ...server, settings, write: writeWithKafka, read: readWithKafka }
    }
    return [
      ...(await ofPostgres(platform, taker)),
      ...(await ofBroker('Redis', onRedis, platform, taker)),
      ...(await ofBroker('Kafka', onKafka, platform, taker)),
    ]
  } finally {
    await platform.stop()
    await postgres.stop()
    await removeState(state)
  }
}

async function ofPostgres(platform: EventPlatform, taker: EventProcess): Promise<Figure[]> {
  await movesPerSecond(platform, 4_000)
  const transport = await open(platform, { kind: 'postgres' })
  const alone = await readAlone(platform)
  const read = await readRate(transport.opened, taker, 0)
  await transport.close()
  return [
    informs('PostgreSQL: read by SQL alone', alone, '/s'),
    informs('PostgreSQL: read', read, '/s'),
    atLeast('PostgreSQL: read, share of SQL alone', read / alone, goal, ''),
  ]
}

async function ofBroker(
  name: string,
  start: () => Promise<Measured>,
  platform: EventPlatform,
  taker: EventProcess,
): Promise<Figure[]> {
  const broker = await start()
  const transport = await open(platform, broker.settings)
  try {
    const floor = await beginCopy(platform, transport.opened)
    await movesPerSecond(platform, 4_000)
    const events = await eventsAfter(platform, floor)
    // Whoever is the first would pay for a broker and a client that are cold.
    await broker.write(broker.port, events)
    const copied = await copyRate(platform, transport, floor)
    const read = await readRate(transport.opened, taker, floor)
    const bareWrite = await broker.write(broker.port, events)
    const bareRead = await broker.read(broker.port, events)
    return [
      informs(`${name}: written by the client alone`, bareWrite, '/s'),
      informs(`${name}: copied from the log`, copied, '/s'),
      atLeast(`${name}: copied, share of the client alone`, copied / bareWrite, goal, ''),
      informs(`${name}: read by the client alone`, bareRead, '/s'),
      informs(`${name}: read`, read, '/s'),
      atLeast(`${name}: read, share of the client alone`, read / bareRead, goal, ''),
    ]
  } finally {
    await transport.close()
    await broker.stop()
  }
}

async function open(platform: EventPlatform, settings: TransportSettings) {
  const { log } = await platform.start({ writes: false }).then((one) => one.maker)
  const wakeUps = createWakeUps({ settings: platform.as('event_writer'), log })
  const topics = platform.definitions.map((one) => one.name)
  const opened = await openTransport(settings, { wakeUps, topics })
  const { definitions, as: direct } = platform
  return {
    opened,
    log,
    access: createLogAccess({ definitions, direct, wakeUps, transport: opened, log }),
    async close() {
      await opened.close()
      await wakeUps.close()
    },
  }
}

/** An empty copy that begins at the present end of the log; answers where. */
async function beginCopy(platform: EventPlatform, transport: Transport): Promise<number> {
  const { rows } = await platform.sql.query(
    'select incarnation, next - 1 as after from event_streaming_service.log_head',
  )
  const writer = transport.openWriter?.()
  await writer?.begin({ ...rows[0], former: await writer.watermark() })
  await writer?.close()
  return rows[0].after
}

async function copyRate(
  platform: EventPlatform,
  { opened, access, log }: Awaited<ReturnType<typeof open>>,
  floor: number,
): Promise<number> {
  const writer = opened.openWriter?.()
  if (!writer) throw new Error('nothing is copied for this transport')
  const events = await eventsAfter(platform, floor)
  await writer.watermark()
  const startedMs = performance.now()
  const copier = startCopier({ access, writer, log, isWanted: () => true })
  while (copier.copiedEvents() < events.length) await sleep(2)
  const rate = perSecond(events.length, startedMs)
  await copier.close()
  return rate
}

/** All partitions from one position to the end, as a consumer that does nothing. */
async function readRate(transport: Transport, taker: EventProcess, floor: number): Promise<number> {
  const { consuming } = taker.taker.db as unknown as { consuming: ConsumerDatabase }
  const reader = transport.reader({
    ...{
      source: createDatabaseLogSource(consuming),
      types: ['thing.made'],
      topics: ['maker-service'],
    },
  })
  let head = await reader.head()
  while (head.position < floor + least) head = await reader.head()
  const reached = new Map(Array.from({ length: partitionCount }, (_, n) => [n, floor]))
  // The first read finds out where everything is.
  await reader.read(head, reached, pageEvents)
  let count = 0
  const startedMs = performance.now()
  for (let open = reached; open.size > 0; ) {
    const page = await reader.read(head, open, pageEvents)
    count += page.events.length
    open = new Map(
      [...open.keys()].flatMap((partition) => {
        const position = page.reached(partition)
        return position < head.position ? [[partition, position] as const] : []
      }),
    )
  }
  return perSecond(count, startedMs)
}

async function readAlone(platform: EventPlatform): Promise<number> {
  const client = await connectDirectly(platform.settings)
  let count = 0
  const startedMs = performance.now()
  for (let after = 0; ; ) {
    const { rows } = await client.query({
      name: 'alone',
      text: `select * from event_streaming_service.domain_log where position > $1
        order by position limit $2`,
      values: [after, pageEvents],
    })
    if (rows.length === 0) break
    count += rows.length
    after = rows.at(-1).position
  }
  await client.end()
  return perSecond(count, startedMs)
}

async function eventsAfter(platform: EventPlatform, floor: number): Promise<CopiedEvent[]> {
  const { rows } = await platform.sql.query(
    `select "position", tenant_id as "tenantId", topic as source, partition, id, type,
       schema_version as version, key, aggregate_version as "aggregateVersion", "time", traceparent,
       causation_id as "causationId", correlation_id as "correlationId", data
     from event_streaming_service.domain_log where position > $1 order by position`,
    [floor],
  )
  return rows
}

function perSecond(count: number, startedMs: number): number {
  return count / ((performance.now() - startedMs) / 1_000)
}
