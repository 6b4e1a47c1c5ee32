// What the tests of every transport work with: a platform, and members of one group beside it.
import { randomUUID } from 'node:crypto'
import {
  openTransport,
  type TransportSettings,
  watch,
} from '@prognetwork/event-based-service-client'
import { createLogAccess, createWakeUps } from '@prognetwork/shared-infrastructure/host'
import { startCluster } from '@prognetwork/testing'
import { expect } from 'vitest'
import { type Copier, startCopier } from '../src/log-copy/copier.ts'
import type { Broker } from './broker-under-test.ts'
import {
  type EventPlatform,
  type EventProcess,
  eventually,
  startEventPlatform,
  thingMade,
  thingNoted,
} from './event-platform.ts'
import { type Member, type MemberOptions, startMember, Takings } from './group-members.ts'

/** A platform with one process, and members of a group beside it. */
export interface Setting {
  readonly platform: EventPlatform
  readonly process: EventProcess
  readonly transport: TransportSettings
  readonly takings: Takings
  readonly broker: Broker | undefined
  /** The role that the log knows the members by. */
  readonly role: string
  /** Copies the log whether or not somebody else does. */
  startCopier(): Promise<Copier>
  /** One more process, with a writer and a copier of its own. */
  startProcess(): Promise<EventProcess>
  join(name: string, options?: Partial<MemberOptions>): Promise<Member>
  /** Everybody leaves, and nothing is left to do. */
  leaveAll(): Promise<void>
  /** The given versions of things, each version of all things in one transaction. */
  make(tenant: string, things: readonly string[], versions: readonly number[]): Promise<void>
}

export const upTo = (last: number): number[] => Array.from({ length: last }, (_, n) => n + 1)
export const someThings = (count: number): string[] =>
  Array.from({ length: count }, () => randomUUID())

const consumes = [thingMade, thingNoted]
const watches = () => consumes.map((event) => watch(event, () => {}, { snapshot: () => {} }))

/** `copies` is false for a platform whose own process does not copy the log. */
export async function startSetting(
  broker: Broker | undefined,
  {
    prefix = 'one',
    copies = true,
    reader,
  }: { prefix?: string; copies?: boolean; reader?: string | undefined } = {},
) {
  const { cluster, stop } = await startCluster()
  const platform = await startEventPlatform(cluster)
  const transport = broker?.settings(prefix) ?? ({ kind: 'postgres' } as const)
  const startProcess = () => platform.start({ consumes, watches, ...(copies && { transport }) })
  const process = await startProcess()
  const takings = new Takings(platform)
  const role = (reader ?? 'taker-service').replaceAll('-', '_')
  await platform.sql.query(
    `insert into event_streaming_service.subscription
     select $1, type, since from event_streaming_service.subscription where role = 'taker_service'
     on conflict do nothing`,
    [role],
  )
  const members = new Set<Member>()
  const setting: Setting = {
    ...{ platform, process, transport, takings, broker, role, startProcess },
    async join(name, options = {}) {
      const member = await startMember({
        ...{ name, process, platform, transport },
        ...(reader !== undefined && { reader }),
        ...options,
      })
      members.add(member)
      return member
    },
    async startCopier() {
      const log = process.maker.log
      const wakeUps = createWakeUps({ settings: platform.as('event_writer'), log })
      const topics = platform.definitions.map((one) => one.name)
      const opened = await openTransport(transport, { wakeUps, topics })
      if (!opened.openWriter) throw new Error('nothing is copied for this transport')
      const { definitions, as: direct } = platform
      const access = createLogAccess({ definitions, direct, wakeUps, transport: opened, log })
      const copier = startCopier({ access, writer: opened.openWriter(), log, isWanted: () => true })
      return {
        behind: () => copier.behind(),
        copiedEvents: () => copier.copiedEvents(),
        leftOutEvents: () => copier.leftOutEvents(),
        async close() {
          await copier.close()
          await opened.close()
          await wakeUps.close()
        },
      }
    },
    async leaveAll() {
      await Promise.all([...members].map((one) => one.stop()))
      members.clear()
    },
    async make(tenant, things, versions) {
      const ctx = process.context(tenant)
      for (const version of versions) {
        const list = things.map((thingId) => ({
          data: { thingId, version },
          aggregateVersion: version,
        }))
        await process.maker.db.batch(ctx, [await process.maker.events.putAll(ctx, thingMade, list)])
      }
    },
  }
  return {
    setting,
    async stop() {
      await setting.leaveAll()
      await platform.stop()
      await stop()
    },
  }
}

export async function expectOnceInOrder(
  { takings }: Setting,
  things: readonly string[],
  last: number,
  // A broker takes seconds to come back, and many where the machine has other things to do.
  timeoutMs = 60_000,
): Promise<void> {
  const own = async () => (await takings.list()).filter((one) => things.includes(one.thingId))
  await eventually(async () => (await own()).length >= things.length * last, timeoutMs)
  const list = await own()
  expect(list).toHaveLength(things.length * last)
  for (const thing of things)
    expect(list.filter((one) => one.thingId === thing).map((one) => one.version)).toEqual(
      upTo(last),
    )
}
