import type { Context, EventSink, Input } from '@prognetwork/contracts'
import { type eventStreamingContract, tooManyStreams } from '@prognetwork/contracts/event-streaming'
import { type Database, Problem } from '@prognetwork/shared-infrastructure'
import type { CloudEvents } from '../cloud-event/cloud-event.ts'
import { type Place, positionAfter } from '../cursor/cursor.ts'
import { headOf } from '../query/query.ts'
import type { Hub } from './hub.ts'
import { createServerSentEvents } from './server-sent-events.ts'
import { createMessages } from './web-socket.ts'

type OpenStream = typeof eventStreamingContract.operations.openStream

/** `GET /v1/stream`, as Server-Sent Events or by WebSocket. */
export function createStream(parts: {
  readonly db: Database
  readonly hub: Hub
  readonly events: CloudEvents
  /** As many a tenant may have open in this process. */
  readonly most: number
}) {
  const { db, hub, most } = parts
  const formats = {
    'event-stream': createServerSentEvents(parts.events),
    'web-socket': createMessages(parts.events),
  }
  return {
    async open(ctx: Context, { query }: Input<OpenStream>): Promise<(sink: EventSink) => void> {
      if (hub.count(ctx.scope.tenantId) >= most)
        throw new Problem(tooManyStreams, `There may be ${most} at the most; close one first`)
      const { after, ...filter } = query
      const head = await headOf(db)
      const place: Place =
        after === undefined ? head : { ...head, position: positionAfter(after, head) }
      return (sink) => {
        const format = formats[sink.kind]
        if (format.greeting) sink.send(format.greeting)
        hub.join({ ctx, filter, format, sink, place, head })
      }
    },
  }
}
