// Consumer groups over HTTP. A group gives out one lot at a time, so that its events are dealt with
// in their order; programs that want to work in parallel make a group for each kind of event.
import type { Context, Input, LogName, Output, Transaction } from '@prognetwork/contracts'
import {
  type eventStreamingContract,
  groupMissing,
  leaseLost,
  tooManyGroups,
} from '@prognetwork/contracts/event-streaming'
import {
  type Database,
  type LogAccess,
  later,
  listPage,
  newId,
  Problem,
  type RealTime,
  readCursor,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import type { CloudEvents } from '../cloud-event/cloud-event.ts'
import { typeMatch } from '../cloud-event/event-match.ts'
import {
  cursorOf,
  type Head,
  logOf,
  type Place,
  positionAfter,
  positionIn,
  readable,
  readingAfter,
} from '../cursor/cursor.ts'
import { readHead, reading } from '../log/log.store.ts'
import { headOf } from '../query/query.ts'
import {
  countGroups,
  type GroupRow,
  lendLot,
  listGroups,
  lockGroup,
  moveGroup,
  putGroup,
  removeGroup,
} from './groups.store.ts'

type Operations = typeof eventStreamingContract.operations
type Fetched = Output<Operations['fetchEvents']>

const maxGroups = 1_000
const anyType = typeMatch(undefined)
const nameCursor = z.tuple([z.string()])

export function createGroups(parts: {
  readonly db: Database
  readonly events: CloudEvents
  readonly wakeUps: Pick<LogAccess['wakeUps'], 'onMoved'>
  /** Leases run by the clock of the wall, whatever a tenant's own says. */
  readonly realTime: RealTime
}) {
  const { db, events, wakeUps, realTime } = parts
  const draining = Promise.withResolvers<void>()

  /** A lot for whoever asks; nothing when there is none or somebody has it. */
  async function take(
    ctx: Context,
    name: string,
    { limit, leaseSeconds }: { limit: number; leaseSeconds: number },
  ): Promise<Fetched & { readonly types: readonly string[]; readonly more: boolean }> {
    return db.transaction(ctx, async (tx) => {
      const now = realTime.now()
      const group = await locked(tx, now, name)
      const { types, log } = group
      const head = await headIn(tx, log)
      const after = readable(positionIn(group, head), head)
      const nothing = { types, lease: null, events: [], cursor: cursorOf(group), more: false }
      if (group.leasedUntil !== null)
        return { ...nothing, busyForMs: Date.parse(group.leasedUntil) - realTime.nowMs() }
      const [end] = await tx.run(reading[log].scanEnd(after, head.position))
      const rows = await tx.run(reading[log].own({ types }, after, head.position, limit))
      const last = rows.length === limit ? rows.at(-1) : undefined
      const position = last?.position ?? Math.max(after, end?.upTo ?? head.position)
      if (rows.length === 0) {
        if (position > after) await tx.run(moveGroup(now, name, head.incarnation, position))
        return { ...nothing, busyForMs: 0, more: position < head.position }
      }
      const lease = newId()
      await tx.run(lendLot(name, lease, position, later(now, leaseSeconds * 1_000)))
      return {
        types,
        lease,
        events: rows.map((row) => events.of(row, head)),
        cursor: cursorOf({ ...head, position }),
        busyForMs: 0,
        more: false,
      }
    })
  }

  async function heads(): Promise<Record<LogName, Head>> {
    const [domain, volatile] = await Promise.all([headOf(db, 'domain'), headOf(db, 'volatile')])
    return { domain, volatile }
  }

  function placeOf(to: string, head: Head): Place {
    if (to === 'end') return head
    return { ...head, position: to === 'beginning' ? head.floor : readingAfter(to, head) }
  }

  return {
    async put(
      ctx: Context,
      { params, body }: Input<Operations['putGroup']>,
    ): Promise<Output<Operations['putGroup']>> {
      const { startAt, types } = body
      const isCursor = startAt !== 'beginning' && startAt !== 'end'
      const log = logOf(body.log, isCursor ? startAt : undefined)
      const { incarnation, position } = placeOf(startAt, await headOf(db, log))
      const now = realTime.now()
      const row = await db.transaction(ctx, async (tx) => {
        const [others] = await tx.run(countGroups(params.group))
        if ((others?.count ?? 0) >= maxGroups)
          throw new Problem(tooManyGroups, `There may be ${maxGroups} at the most`)
        return (await tx.run(putGroup(now, params.group, types, log, incarnation, position)))[0]
      })
      return shown(present(row), await heads())
    },

    async list(
      ctx: Context,
      { query }: Input<Operations['listGroups']>,
    ): Promise<Output<Operations['listGroups']>> {
      const [after = null] = readCursor(query.after, nameCursor) ?? []
      const rows = await db.read(ctx, listGroups(realTime.now(), after, query.limit + 1))
      const { items, next } = listPage(rows, query.limit, (row) => [row.name])
      const ends = await heads()
      return { items: items.map((row) => shown(row, ends)), next }
    },

    async remove(ctx: Context, { params }: Input<Operations['removeGroup']>): Promise<void> {
      const [[removed]] = await db.batch(ctx, [removeGroup(params.group)])
      present(removed)
    },

    async fetch(
      ctx: Context,
      { params, body }: Input<Operations['fetchEvents']>,
    ): Promise<Fetched> {
      const untilMs = realTime.nowMs() + body.waitMs
      let isDraining = false
      // Until it is known what the group gets, whatever comes may be meant.
      let wanted = anyType
      for (;;) {
        const moved = Promise.withResolvers<void>()
        const stopListening = wakeUps.onMoved(({ types }) => {
          if (!types || types.some(wanted)) moved.resolve()
        })
        try {
          const { more, types, ...fetched } = await take(ctx, params.group, body)
          wanted = typeMatch(types)
          const remainingMs = untilMs - realTime.nowMs()
          if (fetched.events.length > 0 || remainingMs <= 0 || isDraining) return fetched
          if (more) continue
          const waitMs = Math.min(remainingMs, fetched.busyForMs || remainingMs)
          const timer = setTimeout(moved.resolve, waitMs)
          isDraining = await Promise.race([
            moved.promise.then(() => false),
            draining.promise.then(() => true),
          ])
          clearTimeout(timer)
        } finally {
          stopListening()
        }
      }
    },

    async acknowledge(
      ctx: Context,
      { params, body }: Input<Operations['acknowledgeEvents']>,
    ): Promise<Output<Operations['acknowledgeEvents']>> {
      const row = await db.transaction(ctx, async (tx) => {
        const now = realTime.now()
        const group = await locked(tx, now, params.group)
        const head = await headIn(tx, group.log)
        if (group.lease !== body.lease || group.leasedTo === null)
          throw new Problem(leaseLost, 'Fetch again: what was not acknowledged comes again')
        const from = positionIn(group, head)
        const to = body.cursor === undefined ? from : positionAfter(body.cursor, head)
        if (to < from || to > group.leasedTo)
          throw new Problem(leaseLost, 'The cursor is not of this lot')
        return (await tx.run(moveGroup(now, params.group, head.incarnation, to)))[0]
      })
      return shown(present(row), await heads())
    },

    async seek(
      ctx: Context,
      { params, body }: Input<Operations['seekGroup']>,
    ): Promise<Output<Operations['seekGroup']>> {
      const row = await db.transaction(ctx, async (tx) => {
        const now = realTime.now()
        const { name, log } = await locked(tx, now, params.group)
        const { incarnation, position } = placeOf(body.to, await headIn(tx, log))
        return (await tx.run(moveGroup(now, name, incarnation, position)))[0]
      })
      return shown(present(row), await heads())
    },

    /** Answers those who wait. */
    drain: () => draining.resolve(),
  }
}

async function locked(tx: Transaction, now: string, name: string): Promise<GroupRow> {
  return present((await tx.run(lockGroup(now, name)))[0])
}

async function headIn(tx: Transaction, log: LogName): Promise<Head> {
  const [head] = await tx.run(readHead(log))
  if (!head) throw new Error(`the ${log} log has no head`)
  return head
}

function present<T>(row: T | undefined): T {
  if (!row) throw new Problem(groupMissing, 'Make it first, by PUT')
  return row
}

function shown(
  row: GroupRow,
  heads: Readonly<Record<LogName, Head>>,
): Output<Operations['putGroup']> {
  const { name, log, types, leasedUntil } = row
  const head = heads[log]
  const isNow = row.incarnation === head.incarnation
  const behind = isNow ? Math.max(0, head.position - row.position) : head.position
  return { name, log, types, cursor: cursorOf(row), behind, leasedUntil }
}
