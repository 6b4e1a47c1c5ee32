// An order goes from state to state, and each time says so: in its history, and to whoever listens.
import type { Context, EventData, Statement, Transaction } from '@prognetwork/contracts'
import {
  orderCancelled,
  orderDelivered,
  orderPaid,
  orderPlaced,
  orderRefunded,
  orderReturned,
  orderShipped,
} from '@prognetwork/contracts/order'
import type { Publication } from '@prognetwork/event-based-service-client'
import type { EventPublisher } from '@prognetwork/shared-infrastructure'
import { releaseCoupons } from '../promotions/promotions.store.ts'
import {
  insertChanges,
  listUnsent,
  lockOrder,
  moveOrder,
  type Order,
  type OrderRow,
} from './orders.store.ts'

type State = OrderRow['state']

/** From which states each can be reached. */
const origins: Readonly<Record<Exclude<State, 'awaiting_payment'>, readonly State[]>> = {
  paid: ['awaiting_payment'],
  fulfilling: ['paid', 'fulfilling'],
  shipped: ['paid', 'fulfilling'],
  delivered: ['shipped'],
  cancelled: ['awaiting_payment', 'paid'],
  refunded: ['fulfilling', 'shipped', 'delivered'],
  returned: ['shipped', 'delivered'],
}
type Destination = keyof typeof origins

type Sent = Exclude<EventData<typeof orderShipped>['fulfilment'], null>

export type Move = {
  readonly by: string
  readonly reason?: string
  readonly tracking?: OrderRow['tracking']
} & (
  | { readonly to: 'fulfilling' | 'shipped'; readonly fulfilment: Sent }
  | { readonly to: Exclude<Destination, 'fulfilling' | 'shipped'>; readonly fulfilment?: never }
)

/** What is told beside the order itself. */
interface More {
  readonly paidAtOnce?: boolean
  readonly fulfilment?: Sent | undefined
  readonly unsent?: Sent['lines']
}

/** What is told of an order that is to be paid, or is. */
const toldOfPayment = { awaiting_payment: orderPlaced, paid: orderPaid } as const

export function createMoves(events: EventPublisher) {
  function about({ id, reference, accountId, reservationId, totalMinor, currency }: OrderRow) {
    const total = { amountMinor: totalMinor, currency }
    return { orderId: id, reference, accountId, reservationId, total }
  }

  function publication(ctx: Context, order: OrderRow, more: More): Publication {
    const { paidAtOnce = false, fulfilment = null, unsent = [] } = more
    const { state, reason, version: aggregateVersion } = order
    const [data, told] = [about(order), { ctx, aggregateVersion }]
    switch (state) {
      case 'awaiting_payment':
      case 'paid':
        return { ...told, event: toldOfPayment[state], data: { ...data, paidAtOnce } }
      case 'fulfilling':
      case 'shipped':
        return { ...told, event: orderShipped, data: { ...data, fulfilment } }
      case 'cancelled':
        return { ...told, event: orderCancelled, data: { ...data, reason: reason ?? '' } }
      case 'refunded': {
        const more = { reason: reason ?? '', unsent }
        return { ...told, event: orderRefunded, data: { ...data, ...more } }
      }
      case 'delivered':
        return { ...told, event: orderDelivered, data }
      case 'returned':
        return { ...told, event: orderReturned, data }
    }
  }

  /** The states that an order came to at once, in its history and to whoever listens. */
  async function noted(
    ctx: Context,
    steps: readonly [OrderRow, ...OrderRow[]],
    madeBy: string,
    more: More = {},
  ): Promise<Statement[]> {
    const changes = steps.map(({ version, state, tracking, reason }) => ({
      ...{ version, state, tracking, reason, madeBy, at: ctx.now },
    }))
    return [
      insertChanges(steps[0].id, JSON.stringify(changes)),
      await events.putEach(steps.map((order) => publication(ctx, order, more))),
    ]
  }

  return {
    /** What goes with an order that is written: it was placed, and may be paid for already. */
    placed(ctx: Context, order: OrderRow, by: string): Promise<Statement[]> {
      const placed = { ...order, state: 'awaiting_payment' as const, version: 1 }
      if (order.state === 'awaiting_payment') return noted(ctx, [placed], by)
      return noted(ctx, [placed, order], by, { paidAtOnce: true })
    },

    /** Nothing when the order is not where the move begins. */
    async move(
      ctx: Context,
      tx: Transaction,
      orderId: string,
      { to, by, reason, tracking, fulfilment }: Move,
    ): Promise<Order | undefined> {
      if (to === 'refunded') await tx.run(lockOrder(orderId))
      const unsent = to === 'refunded' ? await tx.run(listUnsent(orderId)) : []
      const written = tracking ? JSON.stringify(tracking) : null
      const [order] = await tx.run(
        moveOrder(orderId, origins[to], to, written, reason ?? null, ctx.now),
      )
      if (!order) return undefined
      await tx.batch([
        ...(await noted(ctx, [order], by, { fulfilment, unsent })),
        // What a code took off is to be had again by somebody else.
        ...(to === 'cancelled' ? [releaseCoupons(orderId)] : []),
      ])
      return order
    },
  }
}

export type Moves = ReturnType<typeof createMoves>
