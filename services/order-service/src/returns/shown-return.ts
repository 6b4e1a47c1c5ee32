import type { Output } from '@prognetwork/contracts'
import type { orderContract } from '@prognetwork/contracts/order'
import { toCustomers } from '../orders/shown-order.ts'
import type { OrderReturn } from './returns.store.ts'

type Shown = Output<typeof orderContract.operations.readReturn>

export function amountOf({ lines }: Pick<OrderReturn, 'lines'>): number {
  return lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0)
}

/** A return in the form of its contract, as staff see it. */
export function shownReturn(found: OrderReturn): Shown {
  const { id, orderId, state, reason, currency, requestedAt, updatedAt } = found
  const money = (amountMinor: number) => ({ amountMinor, currency })
  return {
    ...{ id, orderId, state, reason, requestedAt, updatedAt },
    lines: found.lines.map(({ amountMinor, taxMinor, ...line }) => ({
      ...{ ...line, amount: money(amountMinor), tax: money(taxMinor) },
    })),
    amount: money(amountOf(found)),
    tax: money(found.lines.reduce((sum, { taxMinor }) => sum + taxMinor, 0)),
    deduction: money(found.deductionMinor),
    refunded: found.refundedMinor === null ? null : money(found.refundedMinor),
    history: found.history.map((one) => ({
      ...{ state: one.state, at: one.at, by: one.madeBy, note: one.note },
    })),
  }
}

export function shownToCustomers(found: OrderReturn): Shown {
  const shown = shownReturn(found)
  const history = shown.history.map((one) => ({
    ...one,
    by: toCustomers(one.by, found),
    // Why a bank did not take it is for the shop alone.
    note: one.by === 'payment-service' ? null : one.note,
  }))
  return { ...shown, history }
}
