import type { LogName } from '@prognetwork/contracts'
import { createLogReader, logName } from '../log-reader.ts'
import type { MoveWakeUps } from '../wake-ups.ts'
import type { Transport } from './transport.ts'

/** Consumers read the log itself. */
export function createPostgresTransport(
  wakeUps: Pick<MoveWakeUps, 'onMoved'>,
  read: LogName = logName,
): Transport {
  return {
    reader({ database, types }) {
      const log = createLogReader({ database, types, log: read })
      return {
        head: () => log.head(),
        async read(head, after, most) {
          const { events, upTo } = await log.read(head, after, most)
          return { events, reached: () => upTo, hasMore: events.length >= most }
        },
      }
    },
    onMoved: (listener) => wakeUps.onMoved(listener),
    close: async () => {},
  }
}
