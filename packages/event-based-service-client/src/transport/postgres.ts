import type { LogName } from '@prognetwork/contracts'
import { logName } from '../log-source.ts'
import type { MoveWakeUps } from '../wake-ups.ts'
import type { Transport } from './transport.ts'

/** Consumers read the log itself. */
export function createPostgresTransport(
  wakeUps: Pick<MoveWakeUps, 'onMoved'>,
  read: LogName = logName,
): Transport {
  return {
    reader({ source, types }) {
      return {
        head: () => source.end(read),
        async read(head, after, most) {
          const { events, upTo } = await source.read(head, types, after, most)
          return { events, reached: () => upTo, hasMore: events.length >= most }
        },
      }
    },
    onMoved: (listener) => wakeUps.onMoved(listener),
    close: async () => {},
  }
}
