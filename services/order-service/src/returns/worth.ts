import type { Order } from '../orders/orders.store.ts'
import { splitBy } from '../pricing/shares.ts'

interface Claimed {
  readonly quantity: number
  readonly amountMinor: number
}

/**
 * What was paid for so many of a line, with its tax. What is claimed of it already counts, so that the
 * parts of a line come to what the whole was, in whatever portions they are returned.
 */
export function worthOf(
  { totals }: Pick<Order, 'totals'>,
  line: Order['lines'][number],
  quantity: number,
  claimed: Claimed = { quantity: 0, amountMinor: 0 },
): number {
  const addedMinor = totals?.tax && !totals.tax.isIncluded ? line.taxMinor : 0
  const paidMinor = line.unitMinor * line.quantity - line.discountMinor + addedMinor
  const left = line.quantity - claimed.quantity
  const [worth = 0] = splitBy(paidMinor - claimed.amountMinor, [quantity, left - quantity])
  return worth
}
