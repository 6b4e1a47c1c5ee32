// Orders as staff and customers see them, and what staff do with them.
import { type Context, type Output, type Statement, timestamp } from '@prognetwork/contracts'
import { type orderContract, orderMissing, orderUnfit } from '@prognetwork/contracts/order'
import {
  type Audit,
  type Database,
  type Handlers,
  listPage,
  Problem,
  readCursor,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { listCreditNotes } from '../credit-notes/credit-notes.store.ts'
import { listFulfilmentsOf, noteDeliveries } from '../fulfilments/fulfilments.store.ts'
import type { LookUpKeys } from './look-up-key.ts'
import type { MoneyBack } from './money-back.ts'
import { listOrdersOf, type OrderFilter, type OrderSorting, placeOf } from './order-list.store.ts'
import type { Move, Moves } from './order-moves.ts'
import { findOrder, listChanges, listClaims, type Order } from './orders.store.ts'
import { orderAfter, shownCreditNotes, shownOrder } from './shown-order.ts'

type OrderHandlers = Handlers<typeof orderContract>
type WithHistory = Output<typeof orderContract.operations.readMyOrder>

/** What cursors hold of the last order, by what the list is sorted by. */
const places = {
  placed: timestamp,
  total: z.int().min(0),
  customer: z.string().max(254),
} satisfies Record<OrderSorting['sort'], z.ZodType>

export type Orders = ReturnType<typeof createOrders>

export function createOrders(parts: {
  readonly db: Database
  readonly audit: Audit
  readonly moves: Moves
  readonly moneyBack: MoneyBack
  readonly keys: LookUpKeys
}) {
  const { db, audit, moves, moneyBack, keys } = parts

  async function readWith(
    ctx: Context,
    orderId: string,
    view: {
      readonly may?: (order: Order) => boolean
      readonly isForCustomers?: boolean
      readonly asOf?: string | undefined
    },
  ): Promise<WithHistory> {
    const { may = () => true, isForCustomers, asOf } = view
    const [[order], changes, credited] = await db.readAll(ctx, [
      findOrder(orderId),
      listChanges(orderId),
      listCreditNotes(orderId),
    ])
    if (!order || !may(order)) throw missing()
    const until = asOf === undefined ? changes : changes.filter((one) => one.at <= asOf)
    const found = orderAfter(order, until, isForCustomers)
    if (!found) throw new Problem(orderMissing, 'It was not placed yet at that moment')
    return { ...found, creditNotes: shownCreditNotes(order, credited) }
  }

  async function page(
    ctx: Context,
    filter: OrderFilter,
    { limit, after }: { readonly limit: number; readonly after?: string | undefined },
    sorting: OrderSorting = { sort: 'placed', order: 'desc' },
  ) {
    const cursor = z.tuple([z.literal(sorting.sort), places[sorting.sort], z.uuid()])
    const [, value, id] = readCursor(after, cursor) ?? []
    const place = value === undefined || id === undefined ? undefined : ([value, id] as const)
    const rows = await db.read(ctx, listOrdersOf(filter, sorting, place, limit + 1))
    const { items, next } = listPage(rows, limit, (row) => [sorting.sort, ...placeOf(sorting, row)])
    return { items: items.map(shownOrder), next }
  }

  async function move(
    ctx: Context,
    orderId: string,
    change: Move,
    entails: (order: Order) => Statement[] = () => [],
  ) {
    return db.transaction(ctx, async (tx) => {
      const order = await moves.move(ctx, tx, orderId, change)
      if (!order) {
        const [found] = await tx.run(findOrder(orderId))
        throw found ? unfit(found) : missing()
      }
      const { to, reason = null } = change
      await tx.batch([
        ...entails(order),
        audit(ctx, {
          action: `order.${to}`,
          outcome: 'success',
          resource: `order/${orderId}`,
          detail: { reason },
        }),
      ])
      return shownOrder(order)
    })
  }

  /** Nobody ships any more what is called off by then, so the money goes back last. */
  async function callOff(
    ctx: Context,
    orderId: string,
    change: Move & { readonly reason: string },
  ) {
    const order = await move(ctx, orderId, change, ({ id, paymentId }) =>
      paymentId === null ? [] : [moneyBack.oweAtOnce(ctx, paymentId, id)],
    )
    if (order.paymentId !== null) await moneyBack.giveNow(ctx, order.paymentId, change.reason)
    return order
  }

  const by = (ctx: Context) => ctx.principal.subject

  const read: OrderHandlers['readOrder'] = async (ctx, { params, query }) => {
    const [found, owedBack] = await Promise.all([
      readWith(ctx, params.orderId, { asOf: query.asOf }),
      moneyBack.owedOf(ctx, params.orderId),
    ])
    return { ...found, owedBack }
  }

  const list: OrderHandlers['listOrders'] = (ctx, { query }) => {
    const { limit, after, sort, order, ...filter } = query
    return page(ctx, filter, { limit, after }, { sort, order })
  }

  const listMine: OrderHandlers['listMyOrders'] = (ctx, { query }) =>
    page(ctx, { accountId: by(ctx) }, query)

  const readMine: OrderHandlers['readMyOrder'] = (ctx, { params }) =>
    readWith(ctx, params.orderId, {
      may: ({ accountId }) => accountId === by(ctx),
      isForCustomers: true,
    })

  const lookUp: OrderHandlers['lookUpOrder'] = (ctx, { params }) => {
    const orderId = keys.orderOf(ctx, params.key)
    if (orderId === undefined) throw missing()
    return readWith(ctx, orderId, { isForCustomers: true })
  }

  const describe: OrderHandlers['describeOrder'] = async (ctx, { params, query }) => {
    const [[order], changes, sent] = await db.readAll(ctx, [
      findOrder(params.orderId),
      listChanges(params.orderId),
      listFulfilmentsOf(params.orderId),
    ])
    const until = changes.filter(({ version }) => version <= query.version)
    const found = order && orderAfter(order, until)
    if (!found) throw missing()
    const made = sent.find(({ orderVersion }) => orderVersion === query.version)
    const fulfilment = made
      ? {
          ...{ fulfilmentId: made.id, lines: made.lines, tracking: made.tracking },
          isLast: found.state === 'shipped',
        }
      : null
    return { ...found, key: keys.keyOf(ctx, found.id), fulfilment }
  }

  const deliver: OrderHandlers['deliverOrder'] = (ctx, { params }) =>
    move(ctx, params.orderId, { to: 'delivered', by: by(ctx) }, ({ id }) => [
      noteDeliveries(id, ctx.now),
    ])

  const cancel: OrderHandlers['cancelOrder'] = (ctx, { params, body }) =>
    callOff(ctx, params.orderId, { to: 'cancelled', by: by(ctx), reason: body.reason })

  const refund: OrderHandlers['refundOrder'] = (ctx, { params, body }) =>
    callOff(ctx, params.orderId, { to: 'refunded', by: by(ctx), reason: body.reason })

  const claims: OrderHandlers['claimGoods'] = async (ctx, { body }) => {
    const rows = await db.read(ctx, listClaims(body.orderIds))
    return { orderIds: rows.map((row) => row.id) }
  }

  const staff = { deliver, cancel, refund }
  return { read, list, listMine, readMine, lookUp, describe, claims, ...staff }
}

function missing(): Problem {
  return new Problem(orderMissing, 'Look at the list of orders')
}

function unfit({ state }: Order): Problem {
  return new Problem(orderUnfit, `It is ${state}`)
}
