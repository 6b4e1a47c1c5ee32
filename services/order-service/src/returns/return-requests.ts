// Asking to return goods. A return is made under the lock of its order, as parcels are, so that no more
// is returned than was bought, whoever asks and however many at once.
import type { Context, Transaction } from '@prognetwork/contracts'
import {
  goodsNotReturnable,
  type orderContract,
  orderMissing,
  orderUnfit,
  returnMissing,
  returnTaken,
  returnTooLate,
} from '@prognetwork/contracts/order'
import { type TenantSettings, tenantContract } from '@prognetwork/contracts/tenant'
import {
  type Call,
  type Database,
  type Handlers,
  later,
  listPage,
  Problem,
  readCursor,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { type Fulfilment, listFulfilmentsOf } from '../fulfilments/fulfilments.store.ts'
import type { LookUpKeys } from '../orders/look-up-key.ts'
import { findOrder, lockOrder, type Order } from '../orders/orders.store.ts'
import type { ReturnMoves } from './return-moves.ts'
import {
  findReturn,
  findSentAt,
  insertReturn,
  insertReturnLines,
  listClaimed,
  listReturnsOf,
  type OrderReturn,
} from './returns.store.ts'
import { shownReturn, shownToCustomers } from './shown-return.ts'
import { worthOf } from './worth.ts'

type ReturnHandlers = Handlers<typeof orderContract>
type Wanted = Parameters<ReturnHandlers['requestReturn']>[1]['body']

const sentStates: readonly Order['state'][] = ['fulfilling', 'shipped', 'delivered']
const dayMs = 86_400_000
/** No order has more versions. */
const latest = 1_000_000
/** More than anybody returns of one order. */
const maxOfOrder = 1_000

export function createReturnRequests(parts: {
  readonly db: Database
  readonly call: Call
  readonly keys: LookUpKeys
  readonly moves: ReturnMoves
  readonly describeOrder: ReturnHandlers['describeOrder']
}) {
  const { db, call, keys, moves } = parts
  const { findTenantSettings } = tenantContract.operations

  /** The same as before when it is asked for again. */
  async function requestOnce(
    ctx: Context,
    orderId: string,
    wanted: Wanted,
    asker: {
      readonly by: string
      readonly may: (order: Order) => boolean
      readonly isStaff: boolean
    },
  ): Promise<OrderReturn> {
    const { settings } = await call(ctx, findTenantSettings, {})
    return db.transaction(ctx, async (tx) => {
      await tx.run(lockOrder(orderId))
      const [[order], [known]] = await tx.batch([findOrder(orderId), findReturn(wanted.id)])
      if (!order || !asker.may(order)) throw missing()
      if (known && !isSame(known, orderId, wanted)) throw taken()
      if (known) return known
      if (!sentStates.includes(order.state)) throw new Problem(orderUnfit, `It is ${order.state}`)
      if (!asker.isStaff) await checkTime(ctx, tx, orderId, settings)
      const lines = await worthOfEach(tx, order, wanted.lines)
      const [made] = await tx.run(insertReturn(wanted.id, orderId, wanted.reason, ctx.now))
      if (!made) throw taken()
      await tx.batch([insertReturnLines(wanted.id, orderId, JSON.stringify(lines))])
      return moves.begun(ctx, tx, wanted.id, asker.by)
    })
  }

  async function checkTime(
    ctx: Context,
    tx: Transaction,
    orderId: string,
    { returnDays }: TenantSettings,
  ): Promise<void> {
    const [sent] = await tx.run(findSentAt(orderId))
    if (sent && later(sent.at, returnDays * dayMs) < ctx.now)
      throw new Problem(returnTooLate, `It could be for ${returnDays} days`)
  }

  async function worthOfEach(tx: Transaction, order: Order, wanted: Wanted['lines']) {
    const [rows, parcels] = await tx.batch([listClaimed(order.id), listFulfilmentsOf(order.id)])
    const claimed = new Map(rows.map((row) => [row.variantId, row]))
    const sent = sentOf(order, parcels)
    return wanted.map(({ variantId, quantity }) => {
      const line = order.lines.find((one) => one.variantId === variantId)
      const left = (sent.get(variantId) ?? 0) - (claimed.get(variantId)?.quantity ?? 0)
      if (!line || quantity > left)
        throw new Problem(goodsNotReturnable, `${left} of ${variantId} can be returned`)
      return { variantId, quantity, ...worthOf(order, line, quantity, claimed.get(variantId)) }
    })
  }

  async function listOf(ctx: Context, orderId: string, may: (order: Order) => boolean) {
    const [[order], found] = await db.readAll(ctx, [
      findOrder(orderId),
      listReturnsOf(orderId, null, null, maxOfOrder),
    ])
    if (!order || !may(order)) throw missing()
    return { items: found.map(shownToCustomers) }
  }

  function orderOf(ctx: Context, key: string): string {
    const orderId = keys.orderOf(ctx, key)
    if (orderId === undefined) throw missing()
    return orderId
  }

  const anybody = () => true
  const ownerOf =
    ({ principal }: Context) =>
    ({ accountId }: Order) =>
      accountId === principal.subject

  const request: ReturnHandlers['requestReturn'] = async (ctx, { params, body }) => {
    const asker = { by: ctx.principal.subject, may: anybody, isStaff: true }
    return shownReturn(await requestOnce(ctx, params.orderId, body, asker))
  }

  const requestMine: ReturnHandlers['requestMyReturn'] = async (ctx, { params, body }) => {
    const asker = { by: ctx.principal.subject, may: ownerOf(ctx), isStaff: false }
    return shownToCustomers(await requestOnce(ctx, params.orderId, body, asker))
  }

  const requestByKey: ReturnHandlers['requestReturnByKey'] = async (ctx, { params, body }) => {
    const asker = { by: 'guest', may: anybody, isStaff: false }
    return shownToCustomers(await requestOnce(ctx, orderOf(ctx, params.key), body, asker))
  }

  const listMine: ReturnHandlers['listMyReturns'] = (ctx, { params }) =>
    listOf(ctx, params.orderId, ownerOf(ctx))

  const lookUp: ReturnHandlers['lookUpReturns'] = (ctx, { params }) =>
    listOf(ctx, orderOf(ctx, params.key), anybody)

  const list: ReturnHandlers['listReturns'] = async (ctx, { query }) => {
    const [before = null] = readCursor(query.after, z.tuple([z.uuid()])) ?? []
    const { orderId = null, state = null, limit } = query
    const rows = await db.read(ctx, listReturnsOf(orderId, state, before, limit + 1))
    const { items, next } = listPage(rows, limit, (row) => [row.id])
    return { items: items.map(shownReturn), next }
  }

  const read: ReturnHandlers['readReturn'] = async (ctx, { params }) => {
    const [found] = await db.read(ctx, findReturn(params.returnId))
    if (!found) throw new Problem(returnMissing, 'Look at the list of returns')
    return shownReturn(found)
  }

  const describe: ReturnHandlers['describeReturn'] = async (ctx, { params }) => {
    const [found] = await db.read(ctx, findReturn(params.returnId))
    if (!found) throw new Problem(returnMissing, 'Look at the list of returns')
    const input = { params: { orderId: found.orderId }, query: { version: latest } }
    const order = await parts.describeOrder(ctx, input)
    return { order: { ...order, fulfilment: null }, return: shownToCustomers(found) }
  }

  return { describe, request, requestMine, requestByKey, listMine, lookUp, list, read }
}

/** How many of each variant were sent; all of an order from before there were parcels. */
function sentOf({ lines }: Order, parcels: readonly Fulfilment[]): Map<string, number> {
  if (parcels.length === 0) return new Map(lines.map((one) => [one.variantId, one.quantity]))
  const sent = new Map<string, number>()
  for (const { variantId, quantity } of parcels.flatMap((one) => one.lines))
    sent.set(variantId, (sent.get(variantId) ?? 0) + quantity)
  return sent
}

function isSame(known: OrderReturn, orderId: string, wanted: Wanted): boolean {
  const asText = (lines: Wanted['lines'], reason: string) =>
    JSON.stringify([reason, lines.map((one) => `${one.variantId} ${one.quantity}`).toSorted()])
  const isSaid = asText(known.lines, known.reason) === asText(wanted.lines, wanted.reason)
  return known.orderId === orderId && isSaid
}

function missing(): Problem {
  return new Problem(orderMissing, 'Look at the list of orders')
}

function taken(): Problem {
  return new Problem(returnTaken, 'Choose a new id')
}
