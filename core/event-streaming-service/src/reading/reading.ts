// The logs for services with a database of their own. The database decides for each of them as it does
// for those that read beside their tables; this service says who asks.
import { type Context, common, type Input, type Output } from '@prognetwork/contracts'
import {
  type eventStreamingContract,
  eventsDropped,
  incarnationEnded,
  typeNotConsumed,
} from '@prognetwork/contracts/event-streaming'
import {
  createDatabaseLogSource,
  type LogPage,
  type LogSource,
} from '@prognetwork/event-based-service-client'
import {
  type Database,
  type LogAccess,
  Problem,
  Unavailable,
} from '@prognetwork/shared-infrastructure'
import { nextMove } from '../following/next-move.ts'

type Operations = typeof eventStreamingContract.operations
type Page = Output<Operations['readLog']>

const refusals = {
  PNLOG: incarnationEnded,
  PNOLD: eventsDropped,
  '42501': typeNotConsumed,
} as const

/** What the database refuses, as the problem that it is. */
async function answered<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    const refusal = refusals[error.code as keyof typeof refusals]
    if (!refusal) throw error
    throw new Problem(refusal, error.message)
  }
}

/** A lot that is larger ends earlier, after one event at the least. */
const mostBytes = 8 * 2 ** 20

export function createReading(parts: {
  readonly db: Database
  readonly subscriptions: LogAccess['subscriptions']
  readonly wakeUps: Pick<LogAccess['wakeUps'], 'onMoved'>
  readonly quietMs?: number
}) {
  const { db, wakeUps, subscriptions, quietMs = 2_000 } = parts
  const draining = Promise.withResolvers<void>()
  let isDraining = false

  function sourceFor(ctx: Context): LogSource {
    if (ctx.caller === undefined)
      throw new Problem(common.permissionDenied, 'Only services read the log')
    const role = ctx.caller.replaceAll('-', '_')
    return createDatabaseLogSource({ read: (one) => db.read(ctx, one) }, role)
  }

  return {
    async end(
      ctx: Context,
      { query }: Input<Operations['readLogEnd']>,
    ): Promise<Output<Operations['readLogEnd']>> {
      const { log, after } = query
      const source = sourceFor(ctx)
      const types = subscriptions.get(ctx.caller ?? '')?.map((one) => one.type)
      const untilMs = performance.now() + quietMs
      for (;;) {
        if (isDraining) throw new Unavailable('event-streaming-service')
        const wakeUp = nextMove(wakeUps, log)
        try {
          const end = await source.end(log)
          const remainingMs = untilMs - performance.now()
          if (after === undefined || end.position > after || remainingMs <= 0) return end
          await Promise.race([wakeUp.of(types, remainingMs), draining.promise])
        } finally {
          wakeUp.cancel()
        }
      }
    },

    async read(ctx: Context, { body }: Input<Operations['readLog']>): Promise<Page> {
      const { log, incarnation, types, after, most } = body
      const head = { log, incarnation, position: 0 }
      const source = sourceFor(ctx)
      return bounded(await answered(source.read(head, types, new Map(after), most)))
    },

    async window(ctx: Context, { body }: Input<Operations['readLogWindow']>): Promise<Page> {
      const { after, most, ...window } = body
      return bounded(await answered(sourceFor(ctx).window(window, after, most)))
    },

    async rights(
      ctx: Context,
      { body }: Input<Operations['readReadingRights']>,
    ): Promise<Output<Operations['readReadingRights']>> {
      const rights = await answered(sourceFor(ctx).rights(body.types))
      return { items: [...rights].map(([type, since]) => ({ type, since })) }
    },

    /** Ends what waits, so that stopping does not. */
    drain(): void {
      isDraining = true
      draining.resolve()
    },
  }
}

function bounded({ events, upTo }: LogPage): Page {
  let bytes = 0
  const end = events.findIndex(({ data }, n) => {
    bytes += data.length
    return n > 0 && bytes > mostBytes
  })
  const kept = end === -1 ? events : events.slice(0, end)
  const last = kept.at(-1)
  return { events: [...kept], upTo: end === -1 || !last ? upTo : last.position }
}
