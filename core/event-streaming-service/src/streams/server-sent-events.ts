import type { CloudEvents } from '../cloud-event/cloud-event.ts'
import { cursorOf } from '../cursor/cursor.ts'
import type { Format } from './hub.ts'

/**
 * Events as `text/event-stream` (HTML Living Standard, 9.2). The id of each is its cursor, so a
 * browser that comes back says by itself where to go on; a heartbeat moves that id on as well.
 */
export function createServerSentEvents(events: CloudEvents): Format {
  return {
    greeting: Buffer.from('retry: 1000\n\n'),
    event(row, life) {
      const id = cursorOf({ ...life, position: row.position })
      return Buffer.from(`id: ${id}\ndata: ${events.textOf(row, life)}\n\n`)
    },
    heartbeat: (place) => Buffer.from(`: alive\nid: ${cursorOf(place)}\n\n`),
    end: (reason) => Buffer.from(`event: end\ndata: ${JSON.stringify({ reason })}\n\n`),
  }
}
