import type { Running } from '@prognetwork/shared-infrastructure'
import type { EventWriter } from './event-writer.ts'

/** What metrics show of the writer of this process. */
export function writerFigures(
  writer: () => EventWriter | undefined,
): NonNullable<Running['figures']> {
  return [
    {
      name: 'event_outbox_oldest_age',
      unit: 'seconds',
      help: 'Age of the oldest event in any outbox, as the leading writer last saw it',
      read: () => (writer()?.lagMs() ?? 0) / 1_000,
    },
    {
      name: 'event_writer_moved',
      unit: 'events',
      help: 'Events that this process has moved to the log since it started',
      read: () => writer()?.movedEvents() ?? 0,
    },
    {
      name: 'event_writer_leading',
      unit: 'ratio',
      help: 'Whether this process moves events to the log',
      read: () => (writer()?.isLeading() ? 1 : 0),
    },
  ]
}
