// What a credit note says.
import type { TenantSettings } from '@prognetwork/contracts/tenant'
import type { Document } from '../documents/document.ts'
import type { InvoiceNumber } from '../documents/invoices.store.ts'
import {
  about,
  amountOf,
  countOf,
  dateOf,
  factsOf,
  nameOf,
  rateOf,
  sellerOf,
  writtenNumber,
} from '../documents/order-document.ts'
import type { Order } from '../orders/orders.store.ts'
import type { CreditNote } from './credit-notes.store.ts'

/** `CN-000042`. */
export function writtenCreditNumber(number: number): string {
  return `CN-${number.toString().padStart(6, '0')}`
}

export function creditNoteOf(
  order: Order,
  note: CreditNote,
  invoice: InvoiceNumber | undefined,
  shop: TenantSettings,
  now: string,
): Document {
  const number = writtenCreditNumber(note.number)
  const amount = amountOf(order, shop)
  const rows =
    note.lines.length > 0
      ? note.lines.map((line) => ({
          cells: [nameOf(line), countOf(line.quantity, shop), amount(line.amountMinor)],
          details: [],
        }))
      : [{ cells: ['Refund', '', amount(note.amountMinor)], details: [] }]
  const keptMinor = note.lines.reduce((sum, one) => sum + one.amountMinor, 0) - note.amountMinor
  const taxMinor = note.rates.reduce((sum, one) => sum + one.taxMinor, 0)
  return {
    ...about(order, shop, now),
    title: `Credit note ${number}`,
    facts: [
      { label: 'Credit note', value: number },
      { label: 'Date', value: dateOf(note.madeAt, shop) },
      ...(invoice ? [{ label: 'Of invoice', value: writtenNumber(invoice) }] : []),
      ...sellerOf(shop),
      ...factsOf(order, shop),
    ],
    columns: [
      { label: 'Item', width: null },
      { label: 'Quantity', width: 60 },
      { label: 'Amount', width: 110 },
    ],
    rows,
    sums: [
      ...(note.lines.length > 0 && keptMinor > 0
        ? [{ label: 'Kept', value: amount(-keptMinor) }]
        : []),
      { label: 'Total without tax', value: amount(note.amountMinor - taxMinor) },
      ...note.rates.flatMap(({ basisPoints, name, taxMinor: tax }) =>
        basisPoints === null
          ? []
          : [{ label: `${name ?? 'Tax'} ${rateOf({ basisPoints }, shop)}`, value: amount(tax) }],
      ),
    ],
    total: { label: 'Given back', value: amount(note.amountMinor) },
    notes: note.voidedAt === null ? [] : ['Void: the money did not arrive.'],
  }
}
