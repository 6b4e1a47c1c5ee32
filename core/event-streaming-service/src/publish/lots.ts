// Publishing in lots: what arrives within a moment for one tenant is one statement and one commit.
import type { Context } from '@prognetwork/contracts'
import { type Database, Unavailable } from '@prognetwork/shared-infrastructure'
import { type OutgoingEvent, type Published, publish } from './publish.store.ts'

const gatherMs = 2
const lotSize = 200
/** A lot is held whole, twice: here and in the database's statement. */
const lotCharacters = 4_000_000

interface Waiting {
  readonly events: readonly OutgoingEvent[]
  readonly resolve: (published: readonly Published[]) => void
  readonly reject: (error: unknown) => void
}

interface Lot {
  readonly ctx: Context
  readonly timer: NodeJS.Timeout
  readonly waiting: Waiting[]
  size: number
  characters: number
}

/** Resolves when the events are durable. */
export function createLots(parts: {
  readonly db: Database
  /** Told after each commit. */
  readonly onCommit: () => void
}) {
  const open = new Map<string, Lot>()

  async function write(ctx: Context, waiting: readonly Waiting[]): Promise<void> {
    try {
      const events = waiting.flatMap((one) => one.events)
      const [rows] = await parts.db.batch(ctx, [publish(events, ctx.now)])
      parts.onCommit()
      for (const one of waiting) one.resolve(rows.splice(0, one.events.length))
    } catch (error) {
      // What is wrong with one of them is not answered to the others. They have their ids, so that
      // nothing is written twice.
      if (waiting.length > 1 && !(error instanceof Unavailable))
        for (const one of waiting) await write(ctx, [one])
      else for (const { reject } of waiting) reject(error)
    }
  }

  function close(tenantId: string): void {
    const lot = open.get(tenantId)
    if (!lot) return
    open.delete(tenantId)
    clearTimeout(lot.timer)
    void write(lot.ctx, lot.waiting)
  }

  return (ctx: Context, events: readonly OutgoingEvent[]): Promise<readonly Published[]> => {
    const { tenantId } = ctx.scope
    return new Promise((resolve, reject) => {
      let lot = open.get(tenantId)
      if (!lot) {
        const timer = setTimeout(() => close(tenantId), gatherMs)
        lot = { ctx, timer, waiting: [], size: 0, characters: 0 }
        open.set(tenantId, lot)
      }
      lot.waiting.push({ events, resolve, reject })
      lot.size += events.length
      for (const { data } of events) lot.characters += data.length
      if (lot.size >= lotSize || lot.characters >= lotCharacters) close(tenantId)
    })
  }
}
