// A consumer with a read model and effects outside its service: a letter and an event for each event.
import { isDeepStrictEqual } from 'node:util'
import { platformTenantId } from '@prognetwork/contracts'
import { eventStreamingContract, type Replay } from '@prognetwork/contracts/event-streaming'
import { type ConsumerHandler, on } from '@prognetwork/event-based-service-client'
import { command } from '@prognetwork/shared-infrastructure'
import {
  type EventPlatform,
  type EventProcess,
  eventually,
  type ProcessOptions,
  thingMade,
  thingShelved,
} from './event-platform.ts'

const shelve = command<[thingId: string, version: number]>(
  'shelf.put',
  `insert into shelf (thing_id, versions) values ($1, array[$2::integer])
   on conflict (tenant_id, thing_id) do update set versions = shelf.versions || excluded.versions`,
)
const writeLetter = command<[thingId: string]>(
  'letter.insert',
  'insert into letter (thing_id) values ($1)',
)

type Handler = ConsumerHandler<typeof thingMade>

/** A taker that shelves what is made; `before` runs first and may throw. */
export function shelving(before: Handler = () => {}): ProcessOptions {
  return {
    consumers: ({ events }) => [
      on(thingMade, async (ctx, event, tx) => {
        await before(ctx, event, tx)
        const { thingId, version } = event.data
        await tx.batch([
          shelve(thingId, version),
          writeLetter(thingId),
          await events.put(ctx, thingShelved, { thingId }),
        ])
      }),
    ],
  }
}

const { cancelReplay, listReplays, pauseReplay, readReplay, resumeReplay, startReplay } =
  eventStreamingContract.operations
const steps = { pause: pauseReplay, resume: resumeReplay, cancel: cancelReplay }
const service = 'taker-service'
const operator = {
  tenantId: platformTenantId,
  permissions: ['create', 'read', 'update'].map((action) => `platform:replay:${action}`),
}

interface Wanted {
  readonly tenantId?: string
  readonly subject?: string
  readonly types?: string[]
  readonly from?: string
  readonly to?: string
  readonly after?: string
  readonly upTo?: string
  readonly paused?: boolean
}

/** Replays into the taker, as an operator asks for them in one process. */
export function replaysIn(process: EventProcess) {
  const read = (replayId: string) =>
    process.ask(operator, readReplay, { params: { service, replayId } })
  return {
    read,
    start: (wanted: Wanted = {}) =>
      process.ask(operator, startReplay, { body: { service, ...wanted } }),
    list: () => process.ask(operator, listReplays, { query: { service } }),
    step: (name: keyof typeof steps, replayId: string) =>
      process.ask(operator, steps[name], { params: { service, replayId } }),
    ended: (replayId: string, timeoutMs = 20_000): Promise<Replay> =>
      eventually(async () => {
        const now = await read(replayId)
        return now.endedAt === null ? undefined : now
      }, timeoutMs),
  }
}

interface Shelf {
  readonly tenantId: string
  readonly thingId: string
  readonly versions: readonly number[]
}

/** The read model, and what has left the service. */
export function shelvesOf({ sql }: Pick<EventPlatform, 'sql'>) {
  const all = async (): Promise<Shelf[]> => {
    const { rows } = await sql.query(
      `select tenant_id as "tenantId", thing_id as "thingId", versions
       from taker_service.shelf order by 1, 2`,
    )
    return rows
  }
  const outside = async () => {
    const { rows } = await sql.query(
      `select (select count(*)::int from taker_service.letter) as letters,
         (select count(*)::int from taker_service.outbox)
         + (select count(*)::int from event_streaming_service.domain_log
           where type = 'thing.shelved') as events`,
    )
    return rows[0] as { letters: number; events: number }
  }
  return {
    all,
    outside,
    /** Until every thing has been shelved in these versions, each once and in this order. */
    async hold(things: readonly string[], versions: readonly number[], timeoutMs = 20_000) {
      await eventually(async () => {
        const own = (await all()).filter((one) => things.includes(one.thingId))
        const isThere = (one: Shelf) => isDeepStrictEqual(one.versions, versions)
        return own.length === things.length && own.every(isThere)
      }, timeoutMs)
    },
    /** A batch may still be in hand, and each could wait for the other's rows. */
    async empty(tenantId?: string): Promise<void> {
      const text = 'delete from taker_service.shelf where $1::uuid is null or tenant_id = $1'
      try {
        await sql.query(text, [tenantId ?? null])
      } catch (error) {
        if (!String(error).includes('deadlock detected')) throw error
        await this.empty(tenantId)
      }
    },
  }
}
