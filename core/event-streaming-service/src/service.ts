import { type LogName, platformTenantId } from '@prognetwork/contracts'
import {
  eventStreamingContract,
  webhookDisabled,
  webhookTest,
} from '@prognetwork/contracts/event-streaming'
import {
  areNetworks,
  createDoor,
  defineEdge,
  doorEvents,
  every,
} from '@prognetwork/shared-infrastructure'
import { frontKeys } from '@prognetwork/shared-infrastructure/front'
import { z } from 'zod'
import { createAppending } from './appending/appending.ts'
import { createCloudEvents } from './cloud-event/cloud-event.ts'
import { createCommands } from './commands/commands.ts'
import { createDeadLetters } from './dead-letters/dead-letters.ts'
import { type EventWriter, startEventWriter } from './event-writer/event-writer.ts'
import { writerFigures } from './event-writer/figures.ts'
import { createFixture } from './fixture.ts'
import { createFollowing } from './following/following.ts'
import { mountFront } from './front.ts'
import { createGroups } from './groups/groups.ts'
import { createLogCopy } from './log-copy/log-copy.ts'
import { aggregateOf, createPublish } from './publish/publish.ts'
import { createQuery } from './query/query.ts'
import { createReading } from './reading/reading.ts'
import { createReplays } from './replays/replays.ts'
import { createRanges } from './retention/retention.ts'
import { createSchemas } from './schemas/schemas.ts'
import { createHub } from './streams/hub.ts'
import { revocationWatches } from './streams/revocation.ts'
import { createStream } from './streams/stream.ts'
import { writeSubscriptions } from './subscriptions/subscriptions.ts'
import { createWebhooks, webhookTables } from './webhooks/webhooks.ts'

export default defineEdge({
  name: 'event-streaming-service',
  zone: 'public',
  port: 8001,
  summary: 'The log of all events: from every outbox, in order, to whoever consumes them',
  config: z.object({
    // Programs publish more than people ask.
    ...frontKeys({ requestsPerMinute: 600_000 }),
    retentionDays: z.coerce
      .number()
      .int()
      .positive()
      .optional()
      .describe('Days that events are kept for at least; everything is kept without it'),
    streamsPerTenant: z.coerce
      .number()
      .int()
      .positive()
      .default(10_000)
      .describe('Streams of events that a tenant may have open in one process'),
    volatileRetentionDays: z.coerce
      .number()
      .int()
      .positive()
      .default(30)
      .describe('Days that events of the volatile log are kept for at least'),
    webhookAllowedNetworks: z
      .string()
      .transform((text) => text.split(',').flatMap((one) => one.trim() || []))
      .refine(areNetworks, 'must be networks such as 10.1.0.0/16 or fd00::/8')
      .default([])
      .describe('Networks besides the public internet that webhooks may be sent to, by commas'),
  }),
  contract: eventStreamingContract,
  publishes: [webhookDisabled, webhookTest],
  consumes: doorEvents,
  needs: [],
  database: {
    migrations: new URL('../migrations/', import.meta.url),
    extraRoles: ['event_writer'],
    tenantless: [
      'log_head',
      'log_range',
      'log_life',
      'subscription',
      'appended_source',
      ...webhookTables.tenantless,
    ],
    everyTenant: [
      { table: 'domain_log', role: 'event_writer', reason: 'events of every tenant are appended' },
      { table: 'domain_log', role: 'lookup', reason: 'consumers read the types they declare' },
      {
        table: 'volatile_log',
        role: 'event_writer',
        reason: 'events of every tenant are appended',
      },
      { table: 'volatile_log', role: 'lookup', reason: 'consumers read the types they declare' },
      { table: 'incoming', role: 'event_writer', reason: 'events are moved to the logs' },
      { table: 'incoming', role: 'platform', reason: 'services send events of all tenants' },
      { table: 'appended_event', role: 'platform', reason: 'services send events of all tenants' },
      { table: 'published_event', role: 'platform', reason: 'ids are forgotten after a day' },
      ...webhookTables.everyTenant,
    ],
    otherKeys: ['incoming'],
    lookups: [
      'ensure_partitions(text, bigint, integer)',
      'check_reader(text)',
      'copy_events(uuid, bigint, integer, bigint)',
      'drop_partitions(text, interval)',
      'follow_events(text, uuid, bigint, integer)',
      'log_heads()',
      'log_start(text)',
      'read_events(text, uuid, text[], bigint, bigint[], integer, text)',
      'read_log(uuid, bigint, uuid[], integer)',
      'read_volatile_events(uuid, text[], bigint, bigint[], integer, text)',
      'read_volatile_log(uuid, bigint, uuid[], integer)',
      'reading_rights(text[], text)',
      'replay_events(text, uuid, text[], bigint, bigint[], uuid, text, timestamp with time zone, timestamp with time zone, integer, text)',
    ],
    personalData: [
      { table: 'log_head', columns: 'none' },
      { table: 'log_range', columns: 'none' },
      { table: 'log_life', columns: 'none' },
      { table: 'subscription', columns: 'none' },
      { table: 'published_event', columns: 'none' },
      { table: 'appended_source', columns: 'none' },
      { table: 'appended_event', columns: 'none' },
      { table: 'incoming', columns: 'none' },
      { table: 'event_group', columns: 'none' },
      // Personal fields are encrypted before the outbox, and erased with their subject's key.
      { table: 'domain_log', columns: 'none' },
      { table: 'volatile_log', columns: 'none' },
      ...webhookTables.personalData,
      { table: 'event_schema', columns: 'none' },
    ],
  },
  start(parts) {
    const { config, db, edge, platform, log, logAccess, realTime } = parts
    if (!logAccess) throw new Error('event-streaming-service was started without the log')
    const { wakeUps } = logAccess
    const door = createDoor(parts)
    const retentionDays = { domain: config.retentionDays, volatile: config.volatileRetentionDays }
    const ranges = createRanges({ platform, log, days: retentionDays })
    const copy = createLogCopy(logAccess, log)
    const following = createFollowing({ db, wakeUps })
    const reading = createReading({ db, wakeUps, subscriptions: logAccess.subscriptions })
    const events = createCloudEvents(logAccess.events)
    const query = createQuery({ db, events, retentionDays })
    const schemas = createSchemas({ ...parts, publishers: logAccess.publishers })
    const publish = createPublish({
      ...{ db, platform, schemas },
      ownedAggregates: new Set([...logAccess.events.keys()].map(aggregateOf)),
      onCommit: () => wakeUps.committed('event-streaming-service', []),
    })
    const appending = createAppending({
      platform,
      onCommit: (place) => wakeUps.committed(place, []),
    })
    const context = () => edge.contextFor(platformTenantId, edge.newTrace())
    const hubFor = (reads: LogName) => createHub({ db, platform, wakeUps, context, reads, log })
    const hubs = { domain: hubFor('domain'), volatile: hubFor('volatile') }
    const groups = createGroups({ db, events, wakeUps, realTime })
    const { consumers } = logAccess
    const deadLetters = createDeadLetters({ ...parts, events, consumers })
    const stream = createStream({ db, hubs, events, most: config.streamsPerTenant })
    const webhooks = createWebhooks({
      ...{ ...parts, cloudEvents: events, wakeUps },
      allowedNetworks: config.webhookAllowedNetworks,
    })
    let writer: EventWriter | undefined
    return {
      handlers: {
        ...createCommands({ edge }),
        ...createReplays({ ...parts, consumers }).handlers,
        ...schemas.handlers,
        acknowledgeEvents: groups.acknowledge,
        appendEvents: appending.append,
        fetchEvents: groups.fetch,
        followEvents: following.follow,
        listDeadLetters: deadLetters.list,
        listEvents: query.list,
        readEvent: query.read,
        listGroups: groups.list,
        listStreams: query.streams,
        openStream: stream.open,
        publishEvents: publish.publish,
        putGroup: groups.put,
        readDeadLetter: deadLetters.read,
        readLog: reading.read,
        readLogEnd: reading.end,
        readLogWindow: reading.window,
        readReadingRights: reading.rights,
        redriveDeadLetters: deadLetters.redrive,
        removeGroup: groups.remove,
        seekGroup: groups.seek,
        skipDeadLetter: deadLetters.skip,
        ...webhooks.handlers,
      },
      fixture: createFixture({ schemas, groups, publish, webhooks }),
      watches: [...door.watches, ...revocationWatches(Object.values(hubs))],
      mount: (app) => mountFront(app, { ...parts, door, publishers: logAccess.publishers }),
      jobs: [
        every('1h', 'keep-ranges', ({ ctx }) => ranges.keep(ctx)),
        every('1m', 'forget-published', publish.forget),
        every('1m', 'forget-appended', appending.forget),
        ...webhooks.jobs,
      ],
      figures: [...writerFigures(() => writer), ...copy.figures, ...webhooks.figures],
      async ready(ctx) {
        await ranges.keep(ctx)
        await writeSubscriptions(platform, ctx, logAccess.subscriptions)
        writer = startEventWriter({ access: logAccess, log, onHead: ranges.noteHead })
        webhooks.start(ctx)
        copy.start(() => writer?.isLeading() ?? false)
        return []
      },
      drain() {
        following.drain()
        reading.drain()
        groups.drain()
        for (const hub of Object.values(hubs)) hub.drain()
      },
      async close() {
        await Promise.all(Object.values(hubs).map((hub) => hub.close()))
        await webhooks.close()
        await copy.close()
        await writer?.close()
      },
    }
  },
})
