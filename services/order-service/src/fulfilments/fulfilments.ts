// What is sent of an order, parcel by parcel. Each is made under the lock of its order, so that what is
// left is counted by one at a time.
import type { Context, Transaction } from '@prognetwork/contracts'
import {
  fulfilmentMissing,
  fulfilmentTaken,
  goodsNotLeft,
  type orderContract,
  orderMissing,
  orderUnfit,
} from '@prognetwork/contracts/order'
import {
  type Audit,
  type Database,
  type Handlers,
  newId,
  Problem,
} from '@prognetwork/shared-infrastructure'
import type { Moves } from '../orders/order-moves.ts'
import { findOrder, lockOrder, type Order } from '../orders/orders.store.ts'
import { shownOrder } from '../orders/shown-order.ts'
import {
  type Fulfilment,
  insertFulfilment,
  insertFulfilmentLines,
  listFulfilmentsOf,
  noteDelivery,
} from './fulfilments.store.ts'

type FulfilmentHandlers = Handlers<typeof orderContract>

interface Sending {
  readonly id: string
  readonly tracking: Fulfilment['tracking']
  /** All that is left without. */
  readonly lines?: readonly Fulfilment['lines'][number][]
}

export function createFulfilments(parts: {
  readonly db: Database
  readonly audit: Audit
  readonly moves: Moves
}) {
  const { db, audit, moves } = parts

  /** The order as it stays until the transaction ends. */
  async function hold(tx: Transaction, orderId: string) {
    await tx.run(lockOrder(orderId))
    const [[order], made] = await tx.batch([findOrder(orderId), listFulfilmentsOf(orderId)])
    if (!order) throw missing()
    return { order, made }
  }

  /** The same as before when it is asked for again. */
  async function sendOnce(ctx: Context, tx: Transaction, orderId: string, wanted: Sending) {
    const { order, made } = await hold(tx, orderId)
    const known = made.find(({ id }) => id === wanted.id)
    if (known && !isSame(known, wanted)) throw taken()
    if (known) return order
    if (order.state !== 'paid' && order.state !== 'fulfilling') throw unfit(order)
    const left = leftOf(order, made)
    const lines = wanted.lines ?? asLines(left)
    for (const { variantId, quantity } of lines) {
      const leftOfIt = left.get(variantId) ?? 0
      if (quantity > leftOfIt)
        throw new Problem(goodsNotLeft, `${leftOfIt} of ${variantId} are left to be sent`)
      left.set(variantId, leftOfIt - quantity)
    }
    return send(ctx, tx, order, { ...wanted, lines, isLast: asLines(left).length === 0 })
  }

  async function send(
    ctx: Context,
    tx: Transaction,
    from: Order,
    { id, tracking, lines, isLast }: Required<Sending> & { readonly isLast: boolean },
  ): Promise<Order> {
    const order = await moves.move(ctx, tx, from.id, {
      ...{ to: isLast ? 'shipped' : 'fulfilling', by: ctx.principal.subject, tracking },
      fulfilment: { fulfilmentId: id, lines: [...lines], tracking, isLast },
    })
    if (!order) throw unfit(from)
    const written = JSON.stringify(tracking)
    const [made] = await tx.run(insertFulfilment(id, order.id, order.version, written, ctx.now))
    if (!made) throw taken()
    await tx.batch([
      insertFulfilmentLines(id, order.id, JSON.stringify(lines)),
      audit(ctx, {
        action: `order.${order.state}`,
        outcome: 'success',
        resource: `order/${order.id}`,
        detail: { reason: null, fulfilmentId: id },
      }),
    ])
    return order
  }

  async function findIn(tx: Transaction, orderId: string, id: string) {
    const found = (await tx.run(listFulfilmentsOf(orderId))).find((one) => one.id === id)
    if (!found) throw new Problem(fulfilmentMissing, 'Look at the list of fulfilments')
    return found
  }

  const create: FulfilmentHandlers['createFulfilment'] = (ctx, { params, body }) =>
    db.transaction(ctx, async (tx) => {
      const { id, lines, ...tracking } = body
      await sendOnce(ctx, tx, params.orderId, { id, lines, tracking })
      return shownFulfilment(await findIn(tx, params.orderId, id))
    })

  const ship: FulfilmentHandlers['shipOrder'] = (ctx, { params, body }) =>
    db.transaction(ctx, async (tx) =>
      shownOrder(await sendOnce(ctx, tx, params.orderId, { id: newId(), tracking: body })),
    )

  const list: FulfilmentHandlers['listFulfilments'] = async (ctx, { params }) => {
    const { orderId } = params
    const [[order], made] = await db.readAll(ctx, [findOrder(orderId), listFulfilmentsOf(orderId)])
    if (!order) throw missing()
    return { items: made.map(shownFulfilment) }
  }

  const deliver: FulfilmentHandlers['deliverFulfilment'] = (ctx, { params }) =>
    db.transaction(ctx, async (tx) => {
      const { orderId, fulfilmentId } = params
      const { order, made } = await hold(tx, orderId)
      const found = await findIn(tx, orderId, fulfilmentId)
      if (found.deliveredAt !== null) return shownFulfilment(found)
      if (order.state !== 'fulfilling' && order.state !== 'shipped') throw unfit(order)
      await tx.batch([
        noteDelivery(fulfilmentId, ctx.now),
        audit(ctx, {
          action: 'order.fulfilment_delivered',
          outcome: 'success',
          resource: `order/${orderId}`,
          detail: { fulfilmentId },
        }),
      ])
      const onTheWay = made.filter((one) => one.id !== fulfilmentId && one.deliveredAt === null)
      if (order.state === 'shipped' && onTheWay.length === 0)
        await moves.move(ctx, tx, orderId, { to: 'delivered', by: ctx.principal.subject })
      return shownFulfilment(await findIn(tx, orderId, fulfilmentId))
    })

  return { create, ship, list, deliver }
}

function shownFulfilment({ id, lines, tracking, shippedAt, deliveredAt }: Fulfilment) {
  return { id, lines, tracking, shippedAt, deliveredAt }
}

/** How many of each variant are left to be sent. */
function leftOf({ lines }: Order, made: readonly Fulfilment[]): Map<string, number> {
  const left = new Map(lines.map(({ variantId, quantity }) => [variantId, quantity]))
  for (const { variantId, quantity } of made.flatMap((one) => one.lines))
    left.set(variantId, (left.get(variantId) ?? 0) - quantity)
  return left
}

function asLines(left: ReadonlyMap<string, number>): Fulfilment['lines'] {
  return Array.from(left, ([variantId, quantity]) => ({ variantId, quantity })).filter(
    ({ quantity }) => quantity > 0,
  )
}

function isSame(known: Fulfilment, { lines = [], tracking }: Sending): boolean {
  const asText = (given: Pick<Fulfilment, 'tracking' | 'lines'>) => {
    const counts = given.lines.map(({ variantId, quantity }) => `${variantId} ${quantity}`)
    return JSON.stringify([given.tracking.carrier, given.tracking.number, counts.toSorted()])
  }
  return asText(known) === asText({ lines: [...lines], tracking })
}

function missing(): Problem {
  return new Problem(orderMissing, 'Look at the list of orders')
}

function taken(): Problem {
  return new Problem(fulfilmentTaken, 'Choose a new id')
}

function unfit({ state }: Order): Problem {
  return new Problem(orderUnfit, `It is ${state}`)
}
