import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { defineService, every } from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { type EventWriter, startEventWriter } from './event-writer/event-writer.ts'
import { createFollowing } from './following/following.ts'
import { createLogCopy } from './log-copy/log-copy.ts'
import { createRanges } from './retention/retention.ts'
import { writeSubscriptions } from './subscriptions/subscriptions.ts'

export default defineService({
  name: 'event-streaming-service',
  port: 8001,
  summary: 'The log of all events: from every outbox, in order, to whoever consumes them',
  config: z.object({
    retentionDays: z.coerce
      .number()
      .int()
      .positive()
      .optional()
      .describe('Days that events are kept for at least; everything is kept without it'),
  }),
  contract: eventStreamingContract,
  publishes: [],
  consumes: [],
  needs: [],
  database: {
    migrations: new URL('../migrations/', import.meta.url),
    extraRoles: ['event_writer'],
    tenantless: ['log_head', 'log_range', 'subscription'],
    everyTenant: [
      { table: 'domain_log', role: 'event_writer', reason: 'events of every tenant are appended' },
      { table: 'domain_log', role: 'lookup', reason: 'consumers read the types they declare' },
    ],
    lookups: [
      'ensure_partitions(bigint, integer)',
      'copy_events(uuid, bigint, integer, bigint)',
      'drop_partitions(interval)',
      'follow_events(text, uuid, bigint, integer)',
      'log_heads()',
      'read_events(text, uuid, text[], bigint, bigint[], integer)',
      'reading_rights(text[])',
    ],
    personalData: [
      { table: 'log_head', columns: 'none' },
      { table: 'log_range', columns: 'none' },
      { table: 'subscription', columns: 'none' },
      // Personal fields are encrypted before the outbox, and erased with their subject's key.
      { table: 'domain_log', columns: 'none' },
    ],
  },
  start({ config, db, platform, log, logAccess }) {
    if (!logAccess) throw new Error('event-streaming-service was started without the log')
    const ranges = createRanges({ platform, log, days: config.retentionDays })
    const copy = createLogCopy(logAccess, log)
    const following = createFollowing({ db, wakeUps: logAccess.wakeUps })
    let writer: EventWriter | undefined
    return {
      handlers: { followEvents: following.follow },
      drain: following.drain,
      jobs: [every('1h', 'keep-ranges', ({ ctx }) => ranges.keep(ctx))],
      figures: [
        ...copy.figures,
        {
          name: 'event_outbox_oldest_age',
          unit: 'seconds',
          help: 'Age of the oldest event in any outbox, as the leading writer last saw it',
          read: () => (writer?.lagMs() ?? 0) / 1_000,
        },
        {
          name: 'event_writer_moved',
          unit: 'events',
          help: 'Events that this process has moved to the log since it started',
          read: () => writer?.movedEvents() ?? 0,
        },
        {
          name: 'event_writer_leading',
          unit: 'ratio',
          help: 'Whether this process moves events to the log',
          read: () => (writer?.isLeading() ? 1 : 0),
        },
      ],
      async ready(ctx) {
        await ranges.keep(ctx)
        await writeSubscriptions(platform, ctx, logAccess.subscriptions)
        writer = startEventWriter({ access: logAccess, log, onHead: ranges.noteHead })
        copy.start(() => writer?.isLeading() ?? false)
        return []
      },
      async close() {
        await copy.close()
        await writer?.close()
      },
    }
  },
})
