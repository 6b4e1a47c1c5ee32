import type { Output } from '@prognetwork/contracts'
import type { orderContract } from '@prognetwork/contracts/order'
import type { ChargedTax, Discount, Totals } from './pricing.ts'

/** What is kept of how an order came to its total. */
export interface KeptTotals {
  readonly subtotalMinor: number
  readonly discounts: readonly Discount[]
  readonly discountMinor: number
  /** Before a promotion takes it off. */
  readonly shipping: { readonly name: string; readonly amountMinor: number } | null
  readonly tax: ChargedTax | null
  readonly totalMinor: number
}

type Shown = Pick<
  Output<typeof orderContract.operations.shipOrder>,
  'subtotal' | 'discounts' | 'discount' | 'shipping' | 'tax' | 'total'
>

export function keptTotals({ lines: _, ...totals }: Totals): KeptTotals {
  return totals
}

/** In the form of the contract. */
export function shownTotals(kept: KeptTotals, currency: string): Shown {
  const money = (amountMinor: number) => ({ amountMinor, currency })
  const { shipping, tax } = kept
  return {
    subtotal: money(kept.subtotalMinor),
    discounts: kept.discounts.map(({ name, code, amountMinor }) => ({
      ...{ name, code, amount: money(amountMinor) },
    })),
    discount: money(kept.discountMinor),
    shipping: shipping && { name: shipping.name, amount: money(shipping.amountMinor) },
    tax: tax && {
      name: [...new Set(tax.rates.map((one) => one.name))].join(', '),
      included: tax.isIncluded,
      amount: money(tax.amountMinor),
      rates: tax.rates.map(({ name, basisPoints, amountMinor }) => ({
        ...{ name, basisPoints, amount: money(amountMinor) },
      })),
    },
    total: money(kept.totalMinor),
  }
}

/** Of an order from before there was anything but lines. */
export function linesAlone(totalMinor: number): KeptTotals {
  return {
    ...{ subtotalMinor: totalMinor, totalMinor, discounts: [], discountMinor: 0 },
    ...{ shipping: null, tax: null },
  }
}
