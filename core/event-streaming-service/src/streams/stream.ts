import type { Context, EventSink, Input, LogName } from '@prognetwork/contracts'
import type { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import type { Database } from '@prognetwork/shared-infrastructure'
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
}) {
  const { db, hubs } = parts
  const formats = {
    'event-stream': createServerSentEvents(parts.events),
    'web-socket': createMessages(parts.events),
  }
  return {
    async open(ctx: Context, { query }: Input<OpenStream>): Promise<(sink: EventSink) => void> {
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
