import type { Context, Input, Output } from '@prognetwork/contracts'
import type { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import type { Database } from '@prognetwork/shared-infrastructure'
import type { CloudEvents } from '../cloud-event/cloud-event.ts'
import { cursorOf, type Place, positionAfter } from '../cursor/cursor.ts'
import { readHead, readOwn, readScanEnd } from '../log/log.store.ts'

type Operations = typeof eventStreamingContract.operations

/** Where the log ends now. */
export async function headOf(db: Database): Promise<Place> {
  const head = await db.lookup(readHead())
  if (!head) throw new Error('the log has no head')
  return head
}

/** Reading the tenant's own events as a list. */
export function createQuery(parts: {
  readonly db: Database
  readonly events: CloudEvents
  readonly retentionDays: number | undefined
}) {
  const { db, events, retentionDays } = parts
  return {
    async list(
      ctx: Context,
      { query }: Input<Operations['listEvents']>,
    ): Promise<Output<Operations['listEvents']>> {
      const { after, limit, ...filter } = query
      const head = await headOf(db)
      const low = after === undefined ? 0 : positionAfter(after, head)
      const [[end], rows] = await db.readAll(ctx, [
        readScanEnd(low, head.position),
        readOwn(filter, low, head.position, limit),
      ])
      const last = rows.length === limit ? rows.at(-1) : undefined
      const position = last?.position ?? Math.max(low, end?.upTo ?? head.position)
      const cursor = cursorOf({ incarnation: head.incarnation, position })
      return {
        items: rows.map((row) => events.of(row, head.incarnation)),
        next: position < head.position ? cursor : null,
        cursor,
      }
    },

    async streams(): Promise<Output<Operations['listStreams']>> {
      const cursor = cursorOf(await headOf(db))
      return { items: [{ name: 'domain', cursor, retentionDays: retentionDays ?? null }] }
    },
  }
}
