import {
  type Context,
  type Input,
  type LogName,
  logNames,
  type Output,
} from '@prognetwork/contracts'
import { eventMissing, type eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { type Database, Problem } from '@prognetwork/shared-infrastructure'
import type { CloudEvents } from '../cloud-event/cloud-event.ts'
import {
  cursorOf,
  type Head,
  logOf,
  placeOf,
  positionAfter,
  readingAfter,
} from '../cursor/cursor.ts'
import { type ReadFilter, readHead, reading } from '../log/log.store.ts'

type Operations = typeof eventStreamingContract.operations

/** Where a log ends now. */
export async function headOf(db: Database, log: LogName): Promise<Head> {
  const head = await db.lookup(readHead(log))
  if (!head) throw new Error(`the ${log} log has no head`)
  return head
}

/** Reading the tenant's own events as a list. */
export function createQuery(parts: {
  readonly db: Database
  readonly events: CloudEvents
  /** None where events are kept for good. */
  readonly retentionDays: Readonly<Record<LogName, number | undefined>>
}) {
  const { db, events, retentionDays } = parts

  async function listBack(
    ctx: Context,
    asked: { filter: ReadFilter; head: Head; after: string | undefined; limit: number },
  ): Promise<Output<Operations['listEvents']>> {
    const { filter, head, after, limit } = asked
    const { log, floor } = head
    const from = after === undefined ? head.position : positionAfter(after, head) - 1
    const [[start], rows] = await db.readAll(ctx, [
      reading[log].scanStart(from, floor),
      reading[log].ownBefore(filter, from, floor, limit),
    ])
    const last = rows.length === limit ? rows.at(-1) : undefined
    const position = last?.position ?? start?.downTo ?? floor
    return {
      items: rows.map((row) => events.of(row, head)),
      next: position > floor ? cursorOf({ ...head, position }) : null,
      cursor: after ?? cursorOf(head),
    }
  }

  return {
    async list(
      ctx: Context,
      { query }: Input<Operations['listEvents']>,
    ): Promise<Output<Operations['listEvents']>> {
      const { after, limit, log: named, order, ...filter } = query
      const log = logOf(named, after)
      const head = await headOf(db, log)
      if (order === 'desc') return listBack(ctx, { filter, head, after, limit })
      const low = after === undefined ? head.floor : readingAfter(after, head)
      const [[end], rows] = await db.readAll(ctx, [
        reading[log].scanEnd(low, head.position),
        reading[log].own(filter, low, head.position, limit),
      ])
      const last = rows.length === limit ? rows.at(-1) : undefined
      const position = last?.position ?? Math.max(low, end?.upTo ?? head.position)
      const cursor = cursorOf({ ...head, position })
      return {
        items: rows.map((row) => events.of(row, head)),
        next: position < head.position ? cursor : null,
        cursor,
      }
    },

    async read(
      ctx: Context,
      { params: { cursor } }: Input<Operations['readEvent']>,
    ): Promise<Output<Operations['readEvent']>> {
      const { log, incarnation, position } = placeOf(cursor)
      const head = await headOf(db, log)
      const [row] =
        incarnation === head.incarnation
          ? await db.read(ctx, reading[log].own({}, position - 1, position, 1))
          : []
      if (!row)
        throw new Problem(eventMissing, 'Cursors are answered with events, each with its own')
      return events.of(row, head)
    },

    async streams(): Promise<Output<Operations['listStreams']>> {
      const heads = await Promise.all(logNames.map((log) => headOf(db, log)))
      return {
        items: heads.map((head) => ({
          name: head.log,
          cursor: cursorOf(head),
          retentionDays: retentionDays[head.log] ?? null,
        })),
      }
    },
  }
}
