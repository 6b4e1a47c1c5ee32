// The log for services without a connection to its database: they ask for what comes after a
// position, and the question waits here until something does. A reader that is slow asks later, so
// nothing piles up for it.
import { type Context, common, type Input, type Output } from '@prognetwork/contracts'
import {
  type eventStreamingContract,
  incarnationEnded,
} from '@prognetwork/contracts/event-streaming'
import {
  type Database,
  type LogAccess,
  Problem,
  statement,
  Unavailable,
} from '@prognetwork/shared-infrastructure'
import { nextMove } from './next-move.ts'

type Follow = typeof eventStreamingContract.operations.followEvents
type Page = Output<Follow>

const followEvents = statement<
  Omit<Page, 'events'> & { events: Page['events'] | null },
  [role: string, incarnation: string | null, after: number, most: number]
>(
  'log.follow',
  `select incarnation, up_to as "upTo", types, events from follow_events($1, $2, $3, $4)`,
)

const eventsPerAnswer = 1_000
/** As far as one statement looks: an answer without events is given then too. */
const scanPositions = 10_000

/** Answers at the latest after `quietMs`, so that who follows knows that somebody is there. */
export function createFollowing(parts: {
  readonly db: Database
  readonly wakeUps: Pick<LogAccess['wakeUps'], 'onMoved'>
  readonly quietMs?: number
}) {
  const { db, wakeUps, quietMs = 2_000 } = parts
  const draining = Promise.withResolvers<void>()
  let isDraining = false

  async function read(service: string, incarnation: string | null, after: number) {
    const role = service.replaceAll('-', '_')
    const page = await db.lookup(followEvents(role, incarnation, after, eventsPerAnswer))
    if (!page) throw new Error('the log has no head')
    return page
  }

  async function next(service: string, incarnation: string, after: number): Promise<Page> {
    const untilMs = performance.now() + quietMs
    for (;;) {
      const wakeUp = nextMove(wakeUps, 'domain')
      try {
        const { events, ...page } = await read(service, incarnation, after)
        if (events === null)
          throw new Problem(
            incarnationEnded,
            `It is ${page.incarnation} now and ends at ${page.upTo}; load what you keep again`,
          )
        const remainingMs = untilMs - performance.now()
        if (events.length > 0 || page.upTo >= after + scanPositions || remainingMs <= 0)
          return { ...page, events }
        const hasMoved = await Promise.race([wakeUp.of(page.types, remainingMs), draining.promise])
        if (isDraining) throw new Unavailable('event-streaming-service')
        if (!hasMoved) return { ...page, events }
      } finally {
        wakeUp.cancel()
      }
    }
  }

  return {
    async follow(ctx: Context, { query }: Input<Follow>): Promise<Page> {
      const { incarnation, after } = query
      if (ctx.caller === undefined)
        throw new Problem(common.permissionDenied, 'Only services follow the log')
      if (isDraining) throw new Unavailable('event-streaming-service')
      if (incarnation !== undefined && after !== undefined)
        return next(ctx.caller, incarnation, after)
      return { ...(await read(ctx.caller, null, 0)), events: [] }
    },

    /** Ends what waits, so that stopping does not. */
    drain(): void {
      isDraining = true
      draining.resolve()
    },
  }
}
