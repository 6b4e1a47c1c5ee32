// Publishing in lots: what arrives within a moment for one tenant is one statement and one commit.
import type { Context } from '@prognetwork/contracts'
import type { Database } from '@prognetwork/shared-infrastructure'
import { type OutgoingEvent, type Published, publish } from './publish.store.ts'

const gatherMs = 2
const lotSize = 200

interface Waiting {
  readonly events: readonly OutgoingEvent[]
  readonly resolve: (published: readonly Published[]) => void
  readonly reject: (error: unknown) => void
}

/** Resolves when the events are durable. */
export function createLots(parts: {
  readonly db: Database
  /** Told after each commit. */
  readonly onCommit: () => void
}) {
  const open = new Map<string, { ctx: Context; waiting: Waiting[]; timer: NodeJS.Timeout }>()

  async function write(ctx: Context, waiting: readonly Waiting[]): Promise<void> {
    try {
      const events = waiting.flatMap((one) => one.events)
      const [rows] = await parts.db.batch(ctx, [publish(events, ctx.now)])
      parts.onCommit()
      for (const one of waiting) one.resolve(rows.splice(0, one.events.length))
    } catch (error) {
      for (const { reject } of waiting) reject(error)
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
        lot = { ctx, waiting: [], timer: setTimeout(() => close(tenantId), gatherMs) }
        open.set(tenantId, lot)
      }
      lot.waiting.push({ events, resolve, reject })
      const size = lot.waiting.reduce((sum, one) => sum + one.events.length, 0)
      if (size >= lotSize) close(tenantId)
    })
  }
}
