import type { Context, EventSink, Input, LogName } from '@prognetwork/contracts'
import { type eventStreamingContract, tooManyStreams } from '@prognetwork/contracts/event-streaming'
import { type Database, Problem } from '@prognetwork/shared-infrastructure'
import type { CloudEvents } from '../cloud-event/cloud-event.ts'
import { logOf, type Place, readingAfter } from '../cursor/cursor.ts'
import { headOf } from '../query/query.ts'
import type { Hub } from './hub.ts'
import { createServerSentEvents } from './server-sent-events.ts'
import { createMessages } from './web-socket.ts'

type OpenStream = typeof eventStreamingContract.operations.openStream

/** `GET /v1/stream`, as Server-Sent Events or by WebSocket. */
export function createStream(parts: {
  readonly db: Database
  readonly hubs: Readonly<Record<LogName, Hub>>
  readonly events: CloudEvents
  /** As many a tenant may have open in this process. */
  readonly most: number
}) {
  const { db, hubs, most } = parts
  const countOf = (tenantId: string) =>
    Object.values(hubs).reduce((sum, hub) => sum + hub.count(tenantId), 0)
  const formats = {
    'event-stream': createServerSentEvents(parts.events),
    'web-socket': createMessages(parts.events),
  }
  return {
    async open(ctx: Context, { query }: Input<OpenStream>): Promise<(sink: EventSink) => void> {
      if (countOf(ctx.scope.tenantId) >= most)
        throw new Problem(tooManyStreams, `There may be ${most} at the most; close one first`)
      const { after, log: named, ...filter } = query
      const log = logOf(named, after)
      const head = await headOf(db, log)
      const place: Place =
        after === undefined ? head : { ...head, position: readingAfter(after, head) }
      return (sink) => {
        const format = formats[sink.kind]
        if (format.greeting) sink.send(format.greeting)
        hubs[log].join({ ctx, filter, format, sink, place, head })
      }
    },
  }
}
