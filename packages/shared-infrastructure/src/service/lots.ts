// What is asked for within a moment for one tenant is done as one lot: one statement, one commit.
import type { Context } from '@prognetwork/contracts'
import { Unavailable } from './failure.ts'

export interface LotOptions<Item, Result> {
  /** How long the first waits for others. */
  readonly gatherMs: number
  /** How much of a full lot an item is; a lot that is full waits no longer. */
  readonly shareOf: (item: Item) => number
  /**
   * All of it or nothing; one result for each item, in their order. The context is that of the
   * first; its scope is everybody's.
   */
  readonly work: (ctx: Context, items: readonly Item[]) => Promise<readonly Result[]>
}

/** Does one thing together with others of its tenant. */
export type InLot<Item, Result> = (ctx: Context, item: Item) => Promise<Result>

interface Waiting<Item, Result> {
  readonly ctx: Context
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

interface Lot<Item, Result> {
  readonly timer: NodeJS.Timeout
  readonly waiting: Waiting<Item, Result>[]
  share: number
}

export function createLots<Item, Result>(options: LotOptions<Item, Result>): InLot<Item, Result> {
  const { gatherMs, shareOf, work } = options
  const open = new Map<string, Lot<Item, Result>>()

  async function carryOut(waiting: readonly Waiting<Item, Result>[]): Promise<void> {
    const [first] = waiting
    if (!first) return
    try {
      const items = waiting.map(({ item }) => item)
      const results = await work(first.ctx, items)
      if (results.length !== items.length)
        throw new Error(`${items.length} were asked for, and ${results.length} were answered`)
      for (const [at, one] of waiting.entries()) one.resolve(results[at] as Result)
    } catch (error) {
      // What is wrong with one of them is not answered to the others.
      if (waiting.length > 1 && !(error instanceof Unavailable))
        for (const one of waiting) await carryOut([one])
      else for (const { reject } of waiting) reject(error)
    }
  }

  function close(tenantId: string): void {
    const lot = open.get(tenantId)
    if (!lot) return
    open.delete(tenantId)
    clearTimeout(lot.timer)
    void carryOut(lot.waiting)
  }

  return (ctx, item) => {
    const { tenantId } = ctx.scope
    return new Promise((resolve, reject) => {
      let lot = open.get(tenantId)
      if (!lot) {
        const timer = setTimeout(() => close(tenantId), gatherMs)
        lot = { timer, waiting: [], share: 0 }
        open.set(tenantId, lot)
      }
      lot.waiting.push({ ctx, item, resolve, reject })
      lot.share += shareOf(item)
      if (lot.share >= 1) close(tenantId)
    })
  }
}
