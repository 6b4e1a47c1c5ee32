// Members of one consumer group with short times, each with a transport of its own as if it were a
// process of its own. What they consume they write down, once for each time it is handled.
import type { Log } from '@prognetwork/contracts'
import {
  type ConsumerDatabase,
  type ConsumerHandler,
  type ConsumerRunner,
  type ConsumerTimes,
  createPostgresTransport,
  on,
  openTransport,
  runConsumers,
  type TransportSettings,
  TransportUnavailable,
} from '@prognetwork/event-based-service-client'
import { command } from '@prognetwork/shared-infrastructure'
import {
  createPeers,
  createRemoteLogSource,
  createWakeUps,
  followMoves,
  type WakeUps,
} from '@prognetwork/shared-infrastructure/host'
import { createLog } from '@prognetwork/shared-infrastructure/telemetry'
import {
  type EventPlatform,
  type EventProcess,
  newTenant,
  thingMade,
  thingNoted,
} from './event-platform.ts'

const take = command<[thingId: string, version: number, member: string]>(
  'taking.insert',
  'insert into taking (thing_id, version, member) values ($1, $2, $3)',
)

type Handler = ConsumerHandler<typeof thingMade>

export interface Member {
  readonly runner: ConsumerRunner
  readonly logLines: readonly string[]
  stop(): Promise<void>
  /** Ends it as a kill does: nothing of it reaches the database any more, its leases run out. */
  kill(): Promise<void>
}

export interface MemberOptions {
  readonly name: string
  readonly process: EventProcess
  readonly platform: Pick<EventPlatform, 'as'>
  readonly transport: TransportSettings
  /** The service whose name it reads under through event-streaming-service, if it may not by itself. */
  readonly reader?: string
  /** Runs before the effect, and may throw. */
  readonly before?: Handler
  readonly onNoted?: (text: string) => void
  readonly times?: Partial<ConsumerTimes>
}

const times: ConsumerTimes = {
  ...{ leaseMs: 1_000, renewMs: 100, quietMs: 200, retryMs: 20, handlerMs: 10_000 },
}

export async function startMember(options: MemberOptions): Promise<Member> {
  const { name, process, platform, before } = options
  const logLines: string[] = []
  const log = memberLog(name, logLines)
  const wakeUps = createWakeUps({ settings: platform.as('taker_service'), log })
  const topics = ['maker-service']
  const { transport, close, ...source } = await wayToLog(options, wakeUps, topics)
  const ownPeers =
    options.reader === undefined
      ? undefined
      : createPeers({ settings: platform.as('taker_service'), log })
  const { consuming } = process.taker.db as unknown as { consuming: ConsumerDatabase }
  const door = closable(consuming)
  const runner = runConsumers({
    ...{ service: 'taker-service', topics, transport, log, ...source },
    database: door.database,
    peers: ownPeers ?? wakeUps,
    contextFor: process.context,
    begin: (event) => ({
      ctx: { ...process.context(event.tenantId), replaying: event.replaying },
      end() {},
    }),
    classify: (error) =>
      error instanceof TransportUnavailable || String(error).includes('is not available')
        ? 'unavailable'
        : 'error',
    times: { ...times, ...options.times },
    consumers: [
      on(thingMade, async (ctx, event, tx) => {
        await before?.(ctx, event, tx)
        await tx.run(take(event.data.thingId, event.data.version, name))
      }),
      ...(options.onNoted ? [on(thingNoted, (_, { data }) => options.onNoted?.(data.text))] : []),
    ],
  })
  const stop = async () => {
    await runner.stop()
    await close()
    await Promise.all([wakeUps.close(), ownPeers?.close()])
  }
  return {
    ...{ runner, logLines, stop },
    async kill() {
      door.close()
      await stop()
    },
  }
}

/** As the host opens it for a service beside the log, and for one that is apart from it. */
async function wayToLog(
  { transport: settings, process, reader }: MemberOptions,
  wakeUps: WakeUps,
  topics: readonly string[],
) {
  const opened = await openTransport(settings, { wakeUps, topics })
  if (reader === undefined) return { transport: opened, close: () => opened.close() }
  const way: Parameters<typeof followMoves>[0] = {
    context: () => process.context(newTenant()),
    call: (ctx, operation, input) =>
      process.ask({ ...ctx.scope, permissions: [], caller: reader }, operation, input),
  }
  const moves = followMoves(way, 'domain')
  return {
    transport: opened.openWriter ? opened : createPostgresTransport(moves),
    source: createRemoteLogSource(way),
    async close() {
      await moves.close()
      await opened.close()
    },
  }
}

function memberLog(name: string, logLines: string[]): Log {
  return createLog({
    service: name,
    level: 'debug',
    destination: { write: (line) => logLines.push(line) },
  })
}

/** The database of a member, which can be taken away from it between two statements. */
function closable(database: ConsumerDatabase): { database: ConsumerDatabase; close(): void } {
  let isClosed = false
  const check = () => {
    if (isClosed) throw new Error('the database is not available: the member was killed')
  }
  return {
    close() {
      isClosed = true
    },
    database: {
      async read(one) {
        check()
        return database.read(one)
      },
      async write(statements) {
        check()
        return database.write(statements)
      },
      async consume(first, work) {
        check()
        return database.consume(first, (rows, tx) =>
          work(rows, {
            async under(ctx, use) {
              check()
              return tx.under(ctx, use)
            },
            async commit(last) {
              check()
              return tx.commit(last)
            },
          }),
        )
      },
    },
  }
}

/** What was taken, in the order in which it was. */
export class Takings {
  private readonly platform: EventPlatform

  constructor(platform: EventPlatform) {
    this.platform = platform
  }

  async list(): Promise<{ thingId: string; version: number; member: string }[]> {
    const { rows } = await this.platform.sql.query(
      'select thing_id as "thingId", version, member from taker_service.taking order by seq',
    )
    return rows
  }

  async count(): Promise<number> {
    return (await this.list()).length
  }

  async versionsOf(thingId: string): Promise<number[]> {
    return (await this.list()).filter((one) => one.thingId === thingId).map((one) => one.version)
  }

  async clear(): Promise<void> {
    await this.platform.sql.query('delete from taker_service.taking')
  }
}
