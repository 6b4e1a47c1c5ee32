// Invoices and packing slips, made when they are asked for.
import type { Context } from '@prognetwork/contracts'
import {
  fulfilmentMissing,
  type orderContract,
  orderMissing,
  orderUnfit,
} from '@prognetwork/contracts/order'
import { tenantContract } from '@prognetwork/contracts/tenant'
import {
  type Call,
  type Database,
  type Handlers,
  Problem,
} from '@prognetwork/shared-infrastructure'
import { listFulfilmentsOf } from '../fulfilments/fulfilments.store.ts'
import type { LookUpKeys } from '../orders/look-up-key.ts'
import { findOrder, type Order } from '../orders/orders.store.ts'
import type { InvoiceNumbers } from './invoice-numbers.ts'
import { invoiceOf, packingSlipOf } from './order-document.ts'
import type { Press } from './press.ts'

type DocumentHandlers = Handlers<typeof orderContract>

const packed: readonly Order['state'][] = ['paid', 'fulfilling', 'shipped']
/** One that was called off after it was paid keeps the number that it took. */
const invoiced: readonly Order['state'][] = [
  ...packed,
  ...(['delivered', 'refunded', 'returned', 'cancelled'] as const),
]

export function createDocuments(parts: {
  readonly db: Database
  readonly call: Call
  readonly keys: LookUpKeys
  readonly invoiceNumbers: InvoiceNumbers
  readonly press: Press
}) {
  const { db, call, keys, invoiceNumbers, press } = parts
  const { findTenantSettings } = tenantContract.operations

  async function find(
    ctx: Context,
    orderId: string | undefined,
    states: readonly Order['state'][],
    may: (order: Order) => boolean = () => true,
  ): Promise<Order> {
    const [order] = orderId === undefined ? [] : await db.read(ctx, findOrder(orderId))
    if (!order || !may(order)) throw new Problem(orderMissing, 'Look at the list of orders')
    if (!states.includes(order.state)) throw unfit(order)
    return order
  }

  async function written(ctx: Context, order: Order) {
    const { settings } = await call(ctx, findTenantSettings, {})
    const number = await invoiceNumbers.of(ctx, order.id, settings.timezone)
    if (!number) throw unfit(order)
    return press.print(invoiceOf(order, number, settings, ctx.now))
  }

  const invoice: DocumentHandlers['readInvoice'] = async (ctx, { params }) =>
    written(ctx, await find(ctx, params.orderId, invoiced))

  const myInvoice: DocumentHandlers['readMyInvoice'] = async (ctx, { params }) => {
    const isTheirs = ({ accountId }: Order) => accountId === ctx.principal.subject
    return written(ctx, await find(ctx, params.orderId, invoiced, isTheirs))
  }

  const invoiceOfKey: DocumentHandlers['lookUpInvoice'] = async (ctx, { params }) =>
    written(ctx, await find(ctx, keys.orderOf(ctx, params.key), invoiced))

  /** The order as if it were that one parcel. */
  async function parcelOf(ctx: Context, order: Order, fulfilmentId: string): Promise<Order> {
    const made = await db.read(ctx, listFulfilmentsOf(order.id))
    const found = made.find(({ id }) => id === fulfilmentId)
    if (!found) throw new Problem(fulfilmentMissing, 'Look at the list of fulfilments')
    const sent = new Map(found.lines.map(({ variantId, quantity }) => [variantId, quantity]))
    const lines = order.lines.flatMap((line) => {
      const quantity = sent.get(line.variantId)
      return quantity === undefined ? [] : [{ ...line, quantity }]
    })
    return { ...order, lines, tracking: found.tracking }
  }

  const packingSlip: DocumentHandlers['readPackingSlip'] = async (ctx, { params, query }) => {
    const whole = await find(ctx, params.orderId, packed)
    const { fulfilmentId } = query
    const order = fulfilmentId === undefined ? whole : await parcelOf(ctx, whole, fulfilmentId)
    const { settings } = await call(ctx, findTenantSettings, {})
    return press.print(packingSlipOf(order, settings, ctx.now))
  }

  return { invoice, myInvoice, invoiceOfKey, packingSlip }
}

function unfit({ state }: Order): Problem {
  return new Problem(orderUnfit, `It is ${state}`)
}
