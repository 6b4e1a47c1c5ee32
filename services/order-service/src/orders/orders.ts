// Orders as staff and customers see them, and what staff do with them.
import type { Context, Output } from '@prognetwork/contracts'
import { type orderContract, orderMissing, orderUnfit } from '@prognetwork/contracts/order'
import { paymentContract } from '@prognetwork/contracts/payment'
import {
  type Audit,
  type Call,
  type Database,
  type Handlers,
  listPage,
  Problem,
  readCursor,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import type { LookUpKeys } from './look-up-key.ts'
import { leadsTo, type Move, type Moves } from './order-moves.ts'
import { findOrder, listChanges, listClaims, listOrdersOf, type Order } from './orders.store.ts'
import { orderAfter, shownOrder } from './shown-order.ts'

type OrderHandlers = Handlers<typeof orderContract>
type WithHistory = Output<typeof orderContract.operations.readOrder>

export function createOrders(parts: {
  readonly db: Database
  readonly call: Call
  readonly audit: Audit
  readonly moves: Moves
  readonly keys: LookUpKeys
}) {
  const { db, call, audit, moves, keys } = parts

  async function readWith(
    ctx: Context,
    orderId: string,
    may: (order: Order) => boolean,
    asOf?: string,
  ): Promise<WithHistory> {
    const [[order], changes] = await db.readAll(ctx, [findOrder(orderId), listChanges(orderId)])
    if (!order || !may(order)) throw missing()
    const until = asOf === undefined ? changes : changes.filter((one) => one.at <= asOf)
    const found = orderAfter(order, until)
    if (!found) throw new Problem(orderMissing, 'It was not placed yet at that moment')
    return found
  }

  async function page(
    ctx: Context,
    filter: { state?: string; email?: string; reference?: string; accountId?: string },
    query: { limit: number; after?: string | undefined },
  ) {
    const [before = null] = readCursor(query.after, z.tuple([z.uuid()])) ?? []
    const { state = null, email = null, reference = null, accountId = null } = filter
    const rows = await db.read(
      ctx,
      listOrdersOf(state, email, reference, accountId, before, query.limit + 1),
    )
    const { items, next } = listPage(rows, query.limit, (row) => [row.id])
    return { items: items.map(shownOrder), next }
  }

  async function present(ctx: Context, orderId: string): Promise<Order> {
    const [order] = await db.read(ctx, findOrder(orderId))
    if (!order) throw missing()
    return order
  }

  async function move(ctx: Context, orderId: string, change: Move) {
    return db.transaction(ctx, async (tx) => {
      const order = await moves.move(ctx, tx, orderId, change)
      if (!order) {
        const [found] = await tx.run(findOrder(orderId))
        throw found ? unfit(found) : missing()
      }
      const { to, reason = null } = change
      await tx.run(
        audit(ctx, {
          action: `order.${to}`,
          outcome: 'success',
          resource: `order/${orderId}`,
          detail: { reason },
        }),
      )
      return shownOrder(order)
    })
  }

  /** The money first: whoever repeats it after a failure in between gives nothing back twice. */
  async function giveBack(ctx: Context, orderId: string, change: Move & { reason: string }) {
    const order = await present(ctx, orderId)
    if (!leadsTo(order.state, change.to)) throw unfit(order)
    const { paymentId } = order
    if (paymentId !== null)
      await call(ctx, paymentContract.operations.returnPayment, {
        params: { paymentId },
        body: { reason: change.reason },
      })
    return move(ctx, orderId, change)
  }

  const by = (ctx: Context) => ctx.principal.subject

  const read: OrderHandlers['readOrder'] = (ctx, { params, query }) =>
    readWith(ctx, params.orderId, () => true, query.asOf)

  const list: OrderHandlers['listOrders'] = (ctx, { query }) => {
    const { limit, after, ...filter } = query
    const given = Object.entries(filter).filter(([, value]) => value !== undefined)
    return page(ctx, Object.fromEntries(given), { limit, after })
  }

  const listMine: OrderHandlers['listMyOrders'] = (ctx, { query }) =>
    page(ctx, { accountId: by(ctx) }, query)

  const readMine: OrderHandlers['readMyOrder'] = (ctx, { params }) =>
    readWith(ctx, params.orderId, ({ accountId }) => accountId === by(ctx))

  const lookUp: OrderHandlers['lookUpOrder'] = (ctx, { params }) => {
    const orderId = keys.orderOf(ctx, params.key)
    if (orderId === undefined) throw missing()
    return readWith(ctx, orderId, () => true)
  }

  const ship: OrderHandlers['shipOrder'] = (ctx, { params, body }) =>
    move(ctx, params.orderId, { to: 'shipped', by: by(ctx), tracking: body })

  const deliver: OrderHandlers['deliverOrder'] = (ctx, { params }) =>
    move(ctx, params.orderId, { to: 'delivered', by: by(ctx) })

  const cancel: OrderHandlers['cancelOrder'] = (ctx, { params, body }) =>
    giveBack(ctx, params.orderId, { to: 'cancelled', by: by(ctx), reason: body.reason })

  const refund: OrderHandlers['refundOrder'] = (ctx, { params, body }) =>
    giveBack(ctx, params.orderId, { to: 'refunded', by: by(ctx), reason: body.reason })

  const claims: OrderHandlers['claimGoods'] = async (ctx, { body }) => {
    const rows = await db.read(ctx, listClaims(body.orderIds))
    return { orderIds: rows.map((row) => row.id) }
  }

  return { read, list, listMine, readMine, lookUp, ship, deliver, cancel, refund, claims }
}

function missing(): Problem {
  return new Problem(orderMissing, 'Look at the list of orders')
}

function unfit({ state }: Order): Problem {
  return new Problem(orderUnfit, `It is ${state}`)
}
