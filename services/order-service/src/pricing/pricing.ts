// What an order comes to. A pure function of its lines and of the terms that it was begun under, which
// a checkout keeps, so that one that is resumed comes to the same.
import { maxAmountMinor } from '@prognetwork/contracts/payment'
import { includedIn, portionOf, splitBy } from './shares.ts'

export interface Line {
  readonly productId: string
  readonly quantity: number
  readonly unitMinor: number
  readonly taxClass: string
}

/** One way to pay less; of amounts, those in the currency of the order. */
export interface Promotion {
  readonly id: string
  readonly name: string
  /** Null of what everybody gets. */
  readonly code: string | null
  readonly kind: 'percent' | 'amount' | 'free_shipping'
  /** Of `percent`. */
  readonly basisPoints: number | null
  /** Of `amount`. */
  readonly amountMinor: number | null
  /** What it is for; everything when null. */
  readonly productIds: readonly string[] | null
  /** Of all lines together, before anything is taken off. */
  readonly minimumMinor: number | null
  /** With others; otherwise it takes off more than they do, or nothing. */
  readonly isCombinable: boolean
}

interface TaxRate {
  readonly name: string
  readonly basisPoints: number
  /** Prices hold it already. */
  readonly isIncluded: boolean
}

export interface Terms {
  readonly promotions: readonly Promotion[]
  readonly shipping: {
    readonly name: string
    readonly amountMinor: number
    /** From what the lines come to it costs nothing. */
    readonly freeFromMinor: number | null
  } | null
  /** Of what is taxed as standard, of shipping, and of classes without one of their own. */
  readonly taxRate: TaxRate | null
  /** Included or added as the standard one is; not there in a checkout from before there were any. */
  readonly classRates?: readonly (TaxRate & { readonly taxClass: string })[]
}

/** Tax by the rates that something was taxed by; their amounts come to the whole. */
export interface ChargedTax {
  readonly isIncluded: boolean
  readonly amountMinor: number
  readonly rates: readonly {
    readonly name: string
    readonly basisPoints: number
    readonly amountMinor: number
  }[]
}

export interface Discount {
  readonly promotionId: string
  readonly name: string
  readonly code: string | null
  readonly amountMinor: number
}

export interface Totals {
  readonly subtotalMinor: number
  readonly discounts: readonly Discount[]
  readonly discountMinor: number
  /** Before a promotion takes it off. */
  readonly shipping: { readonly name: string; readonly amountMinor: number } | null
  readonly tax: ChargedTax | null
  readonly totalMinor: number
  readonly lines: readonly {
    readonly discountMinor: number
    readonly taxMinor: number
    readonly taxBasisPoints: number | null
  }[]
}

/** What is left to be paid of each line and of the shipping while promotions take their part. */
interface Left {
  readonly lines: readonly number[]
  readonly shippingMinor: number
  readonly discounts: readonly Discount[]
}

/** More than anybody can pay is nothing that can be reckoned with exactly either. */
export function isTooMuch(lines: readonly Line[]): boolean {
  return sum(lines.map(({ unitMinor, quantity }) => unitMinor * quantity)) > maxAmountMinor
}

export function priceOrder(lines: readonly Line[], terms: Terms): Totals {
  const values = lines.map(({ unitMinor, quantity }) => unitMinor * quantity)
  const subtotalMinor = sum(values)
  const shipping = shippingOf(terms, subtotalMinor)
  const full: Left = { lines: values, shippingMinor: shipping?.amountMinor ?? 0, discounts: [] }
  const fitting = terms.promotions.filter(
    ({ minimumMinor }) => minimumMinor === null || subtotalMinor >= minimumMinor,
  )
  const takeAll = (promotions: readonly Promotion[]) =>
    promotions.reduce((left, one) => takeOff(left, one, lines), full)
  const together = takeAll(fitting.filter((one) => one.isCombinable))
  const alone = fitting.filter((one) => !one.isCombinable).map((one) => takeAll([one]))
  const best = alone.reduce((left, other) => (taken(other) > taken(left) ? other : left), together)
  const taxed = taxOf(best, lines, terms)
  const addedMinor = taxed && !taxed.tax.isIncluded ? taxed.tax.amountMinor : 0
  return {
    ...{ subtotalMinor, discounts: best.discounts, discountMinor: taken(best) },
    ...{ shipping, tax: taxed?.tax ?? null },
    totalMinor: sum(best.lines) + best.shippingMinor + addedMinor,
    lines: best.lines.map((leftMinor, at) => ({
      discountMinor: (full.lines[at] ?? 0) - leftMinor,
      taxMinor: taxed?.lines[at]?.amountMinor ?? 0,
      taxBasisPoints: taxed?.lines[at]?.basisPoints ?? null,
    })),
  }
}

function shippingOf({ shipping }: Terms, subtotalMinor: number): Totals['shipping'] {
  if (!shipping) return null
  const { name, amountMinor, freeFromMinor } = shipping
  const isFree = freeFromMinor !== null && subtotalMinor >= freeFromMinor
  return { name, amountMinor: isFree ? 0 : amountMinor }
}

/** What one promotion takes off of what the others have left; nothing is below nothing. */
function takeOff(left: Left, promotion: Promotion, lines: readonly Line[]): Left {
  const { id: promotionId, name, code, kind, productIds } = promotion
  const noted = (amountMinor: number) =>
    amountMinor === 0
      ? left.discounts
      : [...left.discounts, { promotionId, name, code, amountMinor }]
  if (kind === 'free_shipping')
    return { ...left, shippingMinor: 0, discounts: noted(left.shippingMinor) }
  const weights = left.lines.map((leftMinor, at) =>
    productIds === null || productIds.includes(lines[at]?.productId ?? '') ? leftMinor : 0,
  )
  const base = sum(weights)
  const wanted =
    kind === 'percent'
      ? portionOf(base, promotion.basisPoints ?? 0)
      : Math.min(base, promotion.amountMinor ?? 0)
  const parts = splitBy(wanted, weights)
  return {
    ...{ shippingMinor: left.shippingMinor, discounts: noted(wanted) },
    lines: left.lines.map((leftMinor, at) => leftMinor - (parts[at] ?? 0)),
  }
}

/** Rounded for each line, as an invoice has it. */
function taxOf(left: Left, lines: readonly Line[], { taxRate, classRates = [] }: Terms) {
  if (!taxRate) return undefined
  const charge = ({ name, basisPoints }: TaxRate, amountMinor: number) => ({
    ...{ name, basisPoints },
    amountMinor: taxRate.isIncluded
      ? includedIn(amountMinor, basisPoints)
      : portionOf(amountMinor, basisPoints),
  })
  const charged = lines.map(({ taxClass }, at) =>
    charge(classRates.find((one) => one.taxClass === taxClass) ?? taxRate, left.lines[at] ?? 0),
  )
  const all = left.shippingMinor > 0 ? [...charged, charge(taxRate, left.shippingMinor)] : charged
  const rates = new Map<string, ChargedTax['rates'][number]>()
  for (const one of all) {
    const key = `${one.basisPoints} ${one.name}`
    const before = rates.get(key)?.amountMinor ?? 0
    rates.set(key, { ...one, amountMinor: before + one.amountMinor })
  }
  const tax: ChargedTax = {
    isIncluded: taxRate.isIncluded,
    amountMinor: sum(all.map((one) => one.amountMinor)),
    rates: [...rates.values()],
  }
  return { tax, lines: charged }
}

function taken({ discounts }: Left): number {
  return sum(discounts.map((one) => one.amountMinor))
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, one) => total + one, 0)
}
