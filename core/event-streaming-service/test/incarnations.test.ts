import { randomBytes, randomUUID } from 'node:crypto'
import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { on } from '@prognetwork/event-based-service-client'
import { command } from '@prognetwork/shared-infrastructure'
import {
  type ConnectionSettings,
  createKeyRing,
  prepareDatabase,
  renewLogs,
} from '@prognetwork/shared-infrastructure/host'
import { findSystemServers, systemServersMissing } from '@prognetwork/testing'
import { expect, test } from 'vitest'
import { query, type SavedDatabase, startCopied, startDumped } from './backups.ts'
import {
  type EventProcess,
  eventProcesses,
  eventServices,
  eventually,
  newTenant,
  thingMade,
} from './event-platform.ts'
import { type Receiver, startReceiver } from './receiver.ts'

const { acknowledgeEvents, createWebhookEndpoint, fetchEvents, listEvents, listStreams, putGroup } =
  eventStreamingContract.operations

const take = command<[thingId: string, version: number]>(
  'taking.insert',
  `insert into taking (thing_id, version, member) values ($1, $2, 'one')`,
)

/** One thing of one tenant, and all who hear of it, on a database that comes and goes. */
function readers(receiver?: Receiver) {
  const { definitions, passwords } = eventServices()
  const keyRing = createKeyRing([{ id: 'test', key: randomBytes(32) }])
  const thing = randomUUID()
  const permissions = [
    ...['event:event:read', 'event:group:update', 'event:group:consume'],
    'event:webhook:create',
  ]
  const who = { tenantId: newTenant(), permissions }
  const params = { group: 'of-outside' }
  const networks = { webhookAllowedNetworks: '127.0.0.1/32' }

  return {
    who,
    prepare: (settings: ConnectionSettings) => prepareDatabase(settings, definitions, passwords),
    renew: (settings: ConnectionSettings, isWhole = false) =>
      renewLogs(settings, definitions, passwords, { isWhole, isRunning: false }),
    start: (settings: ConnectionSettings, writes = true) =>
      eventProcesses(settings, passwords, keyRing).start({
        writes,
        configuration: { 'event-streaming-service': networks },
        consumers: () => [
          on(thingMade, (_, { data }, tx) => tx.run(take(data.thingId, data.version))),
        ],
      }),
    async make(process: EventProcess, ...versions: number[]) {
      for (const version of versions) await process.make(who.tenantId, thing, version)
    },
    async taken(settings: ConnectionSettings) {
      const rows = await query(settings, 'select version from taker_service.taking order by seq')
      return rows.map((row) => (row as { version: number }).version)
    },
    async logged(settings: ConnectionSettings) {
      const rows = await query(
        settings,
        `select position, aggregate_version as version from event_streaming_service.domain_log
         order by position`,
      )
      return rows.map((row) => Object.values(row as object))
    },
    async listen(process: EventProcess) {
      await process.ask(who, putGroup, { params, body: { startAt: 'beginning' } })
      const body = { url: `${receiver?.origin}/hook`, eventTypes: ['thing.*'] }
      await process.ask(who, createWebhookEndpoint, { body })
    },
    /** What the group was given, of which it deals with the first so many. */
    async fetch(process: EventProcess, dealtWith: number) {
      const { lease, events } = await process.ask(who, fetchEvents, { params, body: {} })
      const cursor = events[dealtWith - 1]?.cursor
      const body = { lease: lease ?? '', ...(cursor !== undefined && { cursor }) }
      if (lease) await process.ask(who, acknowledgeEvents, { params, body })
      return events.map((one) => one.aggregateversion)
    },
    delivered: () => receiver?.received.map(({ event }) => event.aggregateversion),
  }
}

const ways: [name: string, start: () => Promise<SavedDatabase>, isHere: boolean][] = [
  ['a dump that is restored into a new server', startDumped, findSystemServers() !== undefined],
  ['a data directory that is put back', startCopied, true],
]

const timeout = 120_000
const patience = { timeout: 15_000 }

test.for(ways)(
  'after %s, events go on and none is lost or doubled',
  { timeout },
  async ([_, begin, isHere], context) => {
    if (!isHere) context.skip(systemServersMissing)
    const database = await begin()
    const receiver = await startReceiver()
    try {
      const { settings } = database
      const all = readers(receiver)
      await all.prepare(settings)
      const before = await all.start(settings)
      await all.listen(before)
      await all.make(before, 1, 2, 3)
      await expect.poll(() => all.taken(settings), patience).toEqual([1, 2, 3])
      expect(await all.fetch(before, 2)).toEqual([1, 2, 3])
      await expect.poll(all.delivered, patience).toEqual([1, 2, 3])
      await before.stop()
      const unmoved = await all.start(settings, false)
      await all.make(unmoved, 4, 5)
      await unmoved.stop()
      await database.save()

      const lost = await all.start(settings)
      await all.make(lost, 60)
      await expect.poll(() => all.taken(settings), patience).toEqual([1, 2, 3, 4, 5, 60])
      const ahead = (await lost.ask(all.who, listStreams, {})).items[0]?.cursor
      await lost.stop()

      const restored = await database.restore(all.prepare)
      const lives = await all.renew(restored)
      expect(lives.waiting).toBe(2)
      const life = { log: 'domain', position: 3, places: 65 }
      expect(lives.logs).toContainEqual(expect.objectContaining(life))
      const after = await all.start(restored)
      await all.make(after, 6)
      await expect.poll(() => all.taken(restored), patience).toEqual([1, 2, 3, 4, 5, 6])
      expect(await all.logged(restored)).toEqual([1, 2, 3, 4, 5, 6].map((n) => [n, n]))
      const problem = await after
        .ask(all.who, listEvents, { query: { after: ahead } })
        .catch((error: unknown) => error)
      expect(problem).toMatchObject({ code: 'event_streaming.incarnation_ended' })
      const named = /the cursor (\S+)$/.exec(String(problem))?.[1]
      await all.make(after, 7)
      const next = await eventually(async () => {
        const { items } = await after.ask(all.who, listEvents, { query: { after: named } })
        return items.length > 0 ? items : undefined
      })
      expect(next.map((one) => one.aggregateversion)).toEqual([7])
      expect(await all.fetch(after, 5)).toEqual([3, 4, 5, 6, 7])
      expect(await all.fetch(after, 0)).toEqual([])
      await expect.poll(all.delivered, patience).toEqual(expect.arrayContaining([4, 5, 6, 7]))
      await after.stop()
    } finally {
      await receiver.stop()
      await database.stop()
    }
  },
)

test('a copy moves nothing until somebody says what it is; whole, it keeps its incarnation', {
  timeout,
}, async (context) => {
  if (!findSystemServers()) context.skip(systemServersMissing)
  const database = await startDumped()
  try {
    const { settings } = database
    const all = readers()
    await all.prepare(settings)
    const before = await all.start(settings)
    await all.make(before, 1)
    await expect.poll(() => all.taken(settings), patience).toEqual([1])
    const cursor = (await before.ask(all.who, listStreams, {})).items[0]?.cursor
    await before.stop()
    const unmoved = await all.start(settings, false)
    await all.make(unmoved, 2)
    await unmoved.stop()
    await database.save()

    const copy = await database.restore(all.prepare)
    const held = 'select xid >= pg_snapshot_xmin(pg_current_snapshot()) as held'
    expect(await query(copy, `${held} from maker_service.outbox`)).toEqual([{ held: true }])
    await all.prepare(copy)
    const stuck = await all.start(copy)
    await all.make(stuck, 3)
    await eventually(() => stuck.logLines.some((line) => line.includes('The database is a copy')))
    await stuck.stop()
    expect(await all.logged(copy)).toEqual([[1, 1]])

    const { logs, waiting } = await all.renew(copy, true)
    expect([logs[0]?.incarnation, waiting]).toEqual([logs[0]?.former, 2])
    const after = await all.start(copy)
    await expect.poll(() => all.taken(copy), patience).toEqual([1, 2, 3])
    const { items } = await after.ask(all.who, listEvents, { query: { after: cursor } })
    expect(items.map((one) => one.aggregateversion)).toEqual([2, 3])
    await after.stop()
  } finally {
    await database.stop()
  }
})
