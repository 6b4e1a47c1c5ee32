// Replays into services: started and steered here, done by the service whose history it is.
import { type Context, common, type Input, type Output } from '@prognetwork/contracts'
import {
  consumerMissing,
  type eventStreamingContract,
  historyDropped,
  type Replay,
  replayWindowEmpty,
} from '@prognetwork/contracts/event-streaming'
import {
  type Audit,
  type Call,
  type Database,
  type IdempotentContext,
  listPage,
  Problem,
  readCursor,
  replaysOf,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { cursorOf, type Place, positionAfter } from '../cursor/cursor.ts'
import { readStart } from '../log/log.store.ts'
import { headOf } from '../query/query.ts'

type Operations = typeof eventStreamingContract.operations
type Request = Input<Operations['startReplay']>['body']
type Change = Input<Operations['pauseReplay']>

const placeCursor = z.tuple([z.string(), z.uuid()])

const changes = {
  pause: { to: 'paused', action: 'replay.paused' },
  resume: { to: 'waiting', action: 'replay.resumed' },
  cancel: { to: 'cancelled', action: 'replay.cancelled' },
} as const

export function createReplays(parts: {
  readonly call: Call
  readonly db: Database
  readonly audit: Audit
  /** Services that consume, in the order of the alphabet. */
  readonly consumers: readonly string[]
}) {
  const { call, db, audit, consumers } = parts

  function known(service: string): string {
    if (consumers.includes(service)) return service
    throw new Problem(consumerMissing, `Those that do are ${consumers.join(', ')}`)
  }

  async function start(
    ctx: IdempotentContext<Replay>,
    { body }: Input<Operations['startReplay']>,
  ): Promise<Replay> {
    const { service, ...wanted } = body
    const { startHistoryReplay } = replaysOf(known(service)).operations
    const { after, upTo, incarnation } = await windowOf(body, db)
    const id = await ctx.effectId()
    const started = await call(ctx, startHistoryReplay, {
      body: { ...wanted, id, incarnation, after, upTo },
    })
    const replay: Replay = { service, ...started }
    await db.batch(ctx, [
      audit(ctx, {
        ...{ action: 'replay.started', outcome: 'success', resource: `replay/${replay.id}` },
        detail: { ...body, after, upTo: replay.progress.of },
      }),
      ctx.answer(replay),
    ])
    return replay
  }

  async function list(
    ctx: Context,
    { query }: Input<Operations['listReplays']>,
  ): Promise<Output<Operations['listReplays']>> {
    const [from, lastId] = readCursor(query.after, placeCursor) ?? ['', undefined]
    const { limit } = query
    const found: Replay[] = []
    for (const service of query.service === undefined ? consumers : [known(query.service)]) {
      if (service < from || found.length > limit) continue
      const after = service === from ? lastId : undefined
      const wanted = String(limit + 1 - found.length)
      const { items } = await call(ctx, replaysOf(service).operations.listHistoryReplays, {
        query: { limit: wanted, ...(after !== undefined && { after }) },
      })
      found.push(...items.map((one) => ({ service, ...one })))
    }
    return listPage(found, limit, ({ service, id }) => [service, id])
  }

  async function read(
    ctx: Context,
    { params: { service, replayId } }: Input<Operations['readReplay']>,
  ): Promise<Replay> {
    const { readHistoryReplay } = replaysOf(known(service)).operations
    return { service, ...(await call(ctx, readHistoryReplay, { params: { replayId } })) }
  }

  const change =
    ({ to, action }: (typeof changes)[keyof typeof changes]) =>
    async (ctx: Context, { params: { service, replayId } }: Change): Promise<Replay> => {
      const { changeHistoryReplay } = replaysOf(known(service)).operations
      const changed = await call(ctx, changeHistoryReplay, { params: { replayId }, body: { to } })
      await db.batch(ctx, [
        audit(ctx, {
          ...{ action, outcome: 'success', resource: `replay/${replayId}` },
          detail: { service, position: changed.progress.position },
        }),
      ])
      return { service, ...changed }
    }

  return {
    handlers: {
      startReplay: start,
      listReplays: list,
      readReplay: read,
      pauseReplay: change(changes.pause),
      resumeReplay: change(changes.resume),
      cancelReplay: change(changes.cancel),
    },
  }
}

/** The window by places in the log. What is left out of it for being gone must be known to be. */
async function windowOf(
  { after, upTo, from, to }: Request,
  db: Database,
): Promise<{ incarnation: string; after: number; upTo: number | undefined }> {
  const head = await headOf(db, 'domain')
  const { incarnation } = head
  const low = after === undefined ? undefined : placeIn('after', after, head)
  const high = upTo === undefined ? undefined : placeIn('upTo', upTo, head)
  const isTurned = from !== undefined && to !== undefined && Date.parse(from) >= Date.parse(to)
  if (isTurned || (high !== undefined && high <= (low ?? 0)))
    throw new Problem(replayWindowEmpty, 'The window ends before it begins')
  const start = await db.lookup(readStart())
  if (!start) throw new Error('the log has no start')
  const { position, oldest } = start
  const isOfKept = from !== undefined && oldest !== null && Date.parse(from) >= Date.parse(oldest)
  if ((low ?? (isOfKept ? position : 0)) < position) {
    const cursor = cursorOf({ ...head, position })
    throw new Problem(historyDropped, `What is kept comes after the cursor ${cursor}`)
  }
  return { incarnation, after: low ?? position, upTo: high }
}

function placeIn(field: string, cursor: string, head: Place): number {
  try {
    return positionAfter(cursor, head)
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== common.requestInvalid.code) throw error
    throw new Problem(common.requestInvalid, `${field} is no cursor of the log`, {
      errors: [
        { pointer: `/body/${field}`, expected: 'a cursor', detail: 'The cursor cannot be read' },
      ],
    })
  }
}
