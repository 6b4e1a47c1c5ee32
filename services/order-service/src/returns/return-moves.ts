// A return goes from state to state, and each time says so: in its history, and to whoever listens.
import type { Context, Transaction } from '@prognetwork/contracts'
import {
  orderReturnApproved,
  orderReturnReceived,
  orderReturnRefunded,
  orderReturnRefused,
  orderReturnRequested,
} from '@prognetwork/contracts/order'
import type { EventPublisher } from '@prognetwork/shared-infrastructure'
import {
  findReturn,
  insertReturnChange,
  type OrderReturn,
  type ReturnState,
  setReturn,
} from './returns.store.ts'
import { amountOf } from './shown-return.ts'

export interface ReturnMove {
  readonly to: Exclude<ReturnState, 'requested'>
  readonly by: string
  readonly note?: string
  readonly deductionMinor?: number
  readonly refundedMinor?: number
  readonly dueAt?: string
}

export function createReturnMoves(events: EventPublisher) {
  async function told(ctx: Context, found: OrderReturn, note: string) {
    const { id: returnId, orderId, reference, accountId, currency, version } = found
    const lines = countsOf(found.lines)
    const amount = { amountMinor: amountOf(found), currency }
    const about = { returnId, orderId, reference, accountId, lines, amount }
    const order = { aggregateVersion: version }
    switch (found.state) {
      case 'requested':
        return [await events.put(ctx, orderReturnRequested, about, order)]
      case 'approved':
        return [await events.put(ctx, orderReturnApproved, about, order)]
      case 'refused':
        return [await events.put(ctx, orderReturnRefused, { ...about, reason: note }, order)]
      case 'received': {
        const restocked = countsOf(found.lines.filter((one) => one.restocked))
        return [await events.put(ctx, orderReturnReceived, { ...about, restocked }, order)]
      }
      case 'refunding':
        return []
      case 'refunded': {
        const refunded = { amountMinor: found.refundedMinor ?? 0, currency }
        return [await events.put(ctx, orderReturnRefunded, { ...about, refunded }, order)]
      }
    }
  }

  async function noted(ctx: Context, tx: Transaction, id: string, by: string, note?: string) {
    const [found] = await tx.run(findReturn(id))
    if (!found) throw new Error(`the return ${id} is not there`)
    await tx.batch([
      insertReturnChange(id, found.version, found.state, note ?? null, by, ctx.now),
      ...(await told(ctx, found, note ?? '')),
    ])
    const [after] = await tx.run(findReturn(id))
    return after ?? found
  }

  return {
    /** Of one that was just written. */
    begun: (ctx: Context, tx: Transaction, id: string, by: string) => noted(ctx, tx, id, by),

    /** What was paid back has not arrived, so that it is to be paid back again: its goods are here. */
    async reopen(ctx: Context, tx: Transaction, found: OrderReturn, by: string, note: string) {
      const { id, version, deductionMinor } = found
      await tx.batch([
        setReturn(id, 'received', deductionMinor, null, null, ctx.now),
        insertReturnChange(id, version + 1, 'received', note, by, ctx.now),
      ])
    },

    async move(ctx: Context, tx: Transaction, before: OrderReturn, move: ReturnMove) {
      const { to, by, note, deductionMinor = before.deductionMinor } = move
      const { refundedMinor = null, dueAt = null } = move
      await tx.batch([setReturn(before.id, to, deductionMinor, refundedMinor, dueAt, ctx.now)])
      return noted(ctx, tx, before.id, by, note)
    },
  }
}

export type ReturnMoves = ReturnType<typeof createReturnMoves>

/** What has come, once it is known. */
function countsOf(lines: OrderReturn['lines']) {
  return lines
    .map(({ variantId, quantity, received }) => ({ variantId, quantity: received ?? quantity }))
    .filter(({ quantity }) => quantity > 0)
}
