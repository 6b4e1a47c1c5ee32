// A credit note for each refund of an order that was invoiced, in the transaction that notes the refund.
import type { Context, EventData, Transaction } from '@prognetwork/contracts'
import { creditNoteMissing, type orderContract, orderMissing } from '@prognetwork/contracts/order'
import type { paymentRefunded } from '@prognetwork/contracts/payment'
import { tenantContract } from '@prognetwork/contracts/tenant'
import {
  type Call,
  type Database,
  type Handlers,
  Problem,
} from '@prognetwork/shared-infrastructure'
import type { InvoiceNumbers } from '../documents/invoice-numbers.ts'
import type { Press } from '../documents/press.ts'
import type { LookUpKeys } from '../orders/look-up-key.ts'
import { findOrder, type Order } from '../orders/orders.store.ts'
import { findReturn, type OrderReturn } from '../returns/returns.store.ts'
import { creditNoteOf } from './credit-note-document.ts'
import {
  insertCreditNote,
  listCreditNotes,
  lockCreditNumbers,
  wasPaid,
} from './credit-notes.store.ts'
import { creditOf, ratesOf } from './credited.ts'

type CreditNoteHandlers = Handlers<typeof orderContract>

interface Refunded {
  readonly id: string
  readonly data: EventData<typeof paymentRefunded>
}

/** For whoever hears of a refund, and holds the row of its order. */
export async function credit(
  { now }: Context,
  tx: Transaction,
  orderId: string,
  { id, data: { amount, refundId } }: Refunded,
): Promise<void> {
  const [paid] = await tx.run(wasPaid(orderId))
  const [order] = paid ? await tx.run(findOrder(orderId)) : []
  if (!order) return
  await tx.batch([lockCreditNumbers()])
  const before = await tx.run(listCreditNotes(orderId))
  if (before.some((one) => one.eventId === id)) return
  const [returned] = refundId === null ? [] : await tx.run(findReturn(refundId))
  const lines = returned?.orderId === orderId ? linesOf(order, returned) : []
  const credited = before.flatMap((one) => (one.voidedAt === null ? one.rates : []))
  const { amountMinor } = amount
  const rates = creditOf(ratesOf(order), credited, amountMinor, lines)
  const [written, shown] = [JSON.stringify(rates), JSON.stringify(lines)]
  await tx.batch([insertCreditNote(orderId, id, refundId, amountMinor, written, shown, now)])
}

function linesOf(order: Order, { lines }: OrderReturn) {
  const ordered = new Map(order.lines.map((line) => [line.variantId, line]))
  return lines.flatMap(({ variantId, quantity, received, amountMinor, taxMinor }) => {
    const line = ordered.get(variantId)
    const count = received ?? quantity
    if (!line || count === 0) return []
    const { title, optionValues, taxBasisPoints: basisPoints } = line
    return [{ title, optionValues, quantity: count, amountMinor, taxMinor, basisPoints }]
  })
}

export function createCreditNotes(parts: {
  readonly db: Database
  readonly call: Call
  readonly keys: LookUpKeys
  readonly invoiceNumbers: InvoiceNumbers
  readonly press: Press
}) {
  const { db, call, keys, invoiceNumbers, press } = parts
  const { findTenantSettings } = tenantContract.operations

  async function written(
    ctx: Context,
    orderId: string | undefined,
    number: number,
    may: (order: Order) => boolean = () => true,
  ) {
    if (orderId === undefined) throw missing()
    const [[order], notes] = await db.readAll(ctx, [findOrder(orderId), listCreditNotes(orderId)])
    if (!order || !may(order)) throw missing()
    const note = notes.find((one) => one.number === number)
    if (!note) throw new Problem(creditNoteMissing, 'The order names those that there are')
    const { settings } = await call(ctx, findTenantSettings, {})
    const invoice = await invoiceNumbers.of(ctx, orderId, settings.timezone)
    return press.print(creditNoteOf(order, note, invoice, settings, ctx.now))
  }

  const read: CreditNoteHandlers['readCreditNote'] = (ctx, { params }) =>
    written(ctx, params.orderId, params.number)

  const readMine: CreditNoteHandlers['readMyCreditNote'] = (ctx, { params }) =>
    written(
      ctx,
      params.orderId,
      params.number,
      ({ accountId }) => accountId === ctx.principal.subject,
    )

  const lookUp: CreditNoteHandlers['lookUpCreditNote'] = (ctx, { params }) =>
    written(ctx, keys.orderOf(ctx, params.key), params.number)

  return { read, readMine, lookUp }
}

function missing(): Problem {
  return new Problem(orderMissing, 'Look at the list of orders')
}
