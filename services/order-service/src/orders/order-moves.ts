// An order goes from state to state, and each time says so: in its history, and to whoever listens.
import type { Context, EventContract, Statement, Transaction } from '@prognetwork/contracts'
import {
  orderCancelled,
  orderDelivered,
  orderPaid,
  orderPlaced,
  orderRefunded,
  orderShipped,
} from '@prognetwork/contracts/order'
import type { EventPublisher } from '@prognetwork/shared-infrastructure'
import { insertChange, moveOrder, type Order, type OrderRow } from './orders.store.ts'

type State = OrderRow['state']

/** From which states each can be reached. */
const origins: Readonly<Record<Exclude<State, 'awaiting_payment'>, readonly State[]>> = {
  paid: ['awaiting_payment'],
  shipped: ['paid'],
  delivered: ['shipped'],
  cancelled: ['awaiting_payment', 'paid'],
  refunded: ['shipped', 'delivered'],
}
type Destination = keyof typeof origins

export interface Move {
  readonly to: Destination
  readonly by: string
  readonly reason?: string
  readonly tracking?: OrderRow['tracking']
}

export function createMoves(events: EventPublisher) {
  function about({ id, reference, accountId, reservationId, totalMinor, currency }: OrderRow) {
    const total = { amountMinor: totalMinor, currency }
    return { orderId: id, reference, accountId, reservationId, total }
  }

  function told(ctx: Context, order: OrderRow): Promise<Statement> {
    const version = { aggregateVersion: order.version }
    const reasoned = { ...about(order), reason: order.reason ?? '' }
    const put = (event: EventContract, data: object) =>
      events.put(ctx, event as typeof orderPlaced, data as never, version)
    switch (order.state) {
      case 'awaiting_payment':
        return put(orderPlaced, about(order))
      case 'paid':
        return put(orderPaid, about(order))
      case 'shipped':
        return put(orderShipped, about(order))
      case 'delivered':
        return put(orderDelivered, about(order))
      case 'cancelled':
        return put(orderCancelled, reasoned)
      case 'refunded':
        return put(orderRefunded, reasoned)
    }
  }

  async function noted(ctx: Context, order: OrderRow, by: string): Promise<Statement[]> {
    const { id, version, state, tracking, reason } = order
    return [
      insertChange(
        ...([id, version, state, tracking && JSON.stringify(tracking)] as const),
        ...([reason, by, ctx.now] as const),
      ),
      await told(ctx, order),
    ]
  }

  return {
    /** What goes with an order that is written: it was placed, and may be paid for already. */
    async placed(ctx: Context, order: OrderRow, by: string): Promise<Statement[]> {
      const awaiting = await noted(ctx, { ...order, state: 'awaiting_payment', version: 1 }, by)
      return order.state === 'awaiting_payment'
        ? awaiting
        : [...awaiting, ...(await noted(ctx, order, by))]
    },

    /** Nothing when the order is not where the move begins. */
    async move(
      ctx: Context,
      tx: Transaction,
      orderId: string,
      { to, by, reason, tracking }: Move,
    ): Promise<Order | undefined> {
      const written = tracking ? JSON.stringify(tracking) : null
      const [order] = await tx.run(
        moveOrder(orderId, origins[to], to, written, reason ?? null, ctx.now),
      )
      if (order) await tx.batch(await noted(ctx, order, by))
      return order
    },
  }
}

export type Moves = ReturnType<typeof createMoves>
