import type { Output } from '@prognetwork/contracts'
import type { orderContract } from '@prognetwork/contracts/order'
import { z } from 'zod'
import { writtenCreditNumber } from '../credit-notes/credit-note-document.ts'
import type { CreditNote } from '../credit-notes/credit-notes.store.ts'
import { linesAlone, shownTotals } from '../pricing/shown-totals.ts'
import type { Change, Order } from './orders.store.ts'

type Operations = typeof orderContract.operations

/** An order in the form of its contract. */
export function shownOrder(order: Order): Output<Operations['shipOrder']> {
  const { id, reference, state, accountId, email, shippingAddress, currency } = order
  const { paymentId, actionUrl, tracking, reason, placedAt, updatedAt } = order
  return {
    ...{ id, reference, state, accountId, email, shippingAddress },
    ...{ paymentId, actionUrl, tracking, reason, placedAt, updatedAt },
    ...shownTotals(order.totals ?? linesAlone(order.totalMinor), currency),
    refunded: { amountMinor: order.refundedMinor, currency },
    lines: order.lines.map(({ unitMinor, discountMinor, taxMinor, ...line }) => ({
      ...line,
      discount: { amountMinor: discountMinor, currency },
      tax: { amountMinor: taxMinor, currency },
      unitPrice: { amountMinor: unitMinor, currency },
      total: { amountMinor: unitMinor * line.quantity, currency },
    })),
  }
}

/**
 * An order with its history; as it was at the last of these changes, and told by whom. What the payment
 * says of its payer's bank is for the shop alone.
 */
export function orderAfter(
  order: Order,
  changes: readonly Change[],
  isForCustomers = false,
): Omit<Output<Operations['readMyOrder']>, 'creditNotes'> | undefined {
  const last = changes.at(-1)
  if (!last) return undefined
  const { state, tracking, reason, at } = last
  const isLatest = last.version === order.version
  return {
    ...shownOrder({ ...order, state, tracking, reason, updatedAt: at }),
    ...(!isLatest && { actionUrl: null }),
    history: changes
      .filter(({ note }) => !isForCustomers || note === null)
      .map(({ state, at, madeBy, note, reason: why }) => ({
        ...{ state, at, note: note ?? why },
        by: isForCustomers ? toCustomers(madeBy, order) : madeBy,
      })),
  }
}

export function shownCreditNotes({ currency }: Order, notes: readonly CreditNote[]) {
  return notes.map(({ number, amountMinor, madeAt, voidedAt }) => ({
    ...{ number, writtenNumber: writtenCreditNumber(number), madeAt, isVoid: voidedAt !== null },
    amount: { amountMinor, currency },
  }))
}

/** Who works in a shop is nobody's business but the shop's. */
export function toCustomers(madeBy: string, { accountId }: Pick<Order, 'accountId'>): string {
  return madeBy === accountId || !z.uuid().safeParse(madeBy).success ? madeBy : 'shop'
}
