// What the tests of replays work with: a platform whose taker shelves, and things of three tenants.
import { randomUUID } from 'node:crypto'
import { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { startCluster } from '@prognetwork/testing'
import { type EventProcess, eventually, newTenant, startEventPlatform } from './event-platform.ts'
import { shelvesOf, shelving } from './shelves.ts'

const { listStreams } = eventStreamingContract.operations

export async function startShelfSetting() {
  const { cluster, stop } = await startCluster()
  const platform = await startEventPlatform(cluster)
  const shelves = shelvesOf(platform)
  let before: Parameters<typeof shelving>[0]
  let tenants: string[] = []
  let things: string[] = []

  const consumers = () => shelving((ctx, event, tx) => before?.(ctx, event, tx))
  const startTaker = () => platform.start(consumers())
  const tenantOf = (thing: string) => tenants[things.indexOf(thing) % tenants.length] ?? ''
  let process = await startTaker()

  return {
    ...{ platform, shelves, consumers, startTaker, tenantOf },
    /** The process that asks and makes; a test that stops it starts another. */
    get process() {
      return process
    },
    set process(one: EventProcess) {
      process = one
    },
    get things() {
      return things
    },
    /** What every taker does before it shelves. */
    do(step: typeof before) {
      before = step
    },

    /** Things that nothing was heard of. */
    refresh() {
      before = undefined
      tenants = [newTenant(), newTenant(), newTenant()]
      things = Array.from({ length: 12 }, () => randomUUID())
    },

    /** The next versions of every thing, each in the tenant that the thing is of. */
    async make(...versions: number[]): Promise<void> {
      for (const version of versions)
        await Promise.all(things.map((thing) => process.make(tenantOf(thing), thing, version)))
    },

    async headCursor(): Promise<string> {
      const who = { tenantId: tenants[0] ?? '', permissions: ['event:event:read'] }
      const { items } = await process.ask(who, listStreams, {})
      return items[0]?.cursor ?? ''
    },

    /** Everything that was made is shelved, and what this led to is in the log. */
    async settle(...versions: number[]) {
      await shelves.hold(things, versions)
      await eventually(async () => {
        const { rows } = await platform.sql.query('select from taker_service.outbox')
        return rows.length === 0
      })
      return { model: await shelves.all(), outside: await shelves.outside() }
    },

    async stop() {
      await platform.stop()
      await stop()
    },
  }
}

export type ShelfSetting = Awaited<ReturnType<typeof startShelfSetting>>
