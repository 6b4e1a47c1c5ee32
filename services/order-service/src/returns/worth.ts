import type { Order } from '../orders/orders.store.ts'
import { splitBy } from '../pricing/shares.ts'

/** What was paid for goods, and the tax in it. */
export interface Worth {
  readonly amountMinor: number
  readonly taxMinor: number
}

export interface Claimed extends Worth {
  readonly quantity: number
}

const nothing: Claimed = { quantity: 0, amountMinor: 0, taxMinor: 0 }

/**
 * What was paid for so many of a line, with its tax. What is claimed of it already counts, so that the
 * parts of a line come to what the whole was, in whatever portions they are returned.
 */
export function worthOf(
  { totals }: Pick<Order, 'totals'>,
  line: Order['lines'][number],
  quantity: number,
  claimed: Claimed = nothing,
): Worth {
  const addedMinor = totals?.tax && !totals.tax.isIncluded ? line.taxMinor : 0
  const paidMinor = line.unitMinor * line.quantity - line.discountMinor + addedMinor
  return partOf(
    {
      quantity: line.quantity - claimed.quantity,
      amountMinor: paidMinor - claimed.amountMinor,
      taxMinor: line.taxMinor - claimed.taxMinor,
    },
    quantity,
  )
}

/**
 * What so many of it are worth; the rest is worth the rest. Tax is split with the amount without it, so
 * that neither part has more tax than it was paid.
 */
export function partOf(whole: Claimed, quantity: number): Worth {
  if (whole.quantity === 0) return { amountMinor: 0, taxMinor: 0 }
  const weights = [quantity, whole.quantity - quantity]
  const [net = 0] = splitBy(whole.amountMinor - whole.taxMinor, weights)
  const [taxMinor = 0] = splitBy(whole.taxMinor, weights)
  return { amountMinor: net + taxMinor, taxMinor }
}
