// What a refund gives back by rates of tax. However an order is given back, the parts of its credit
// notes come to what its invoice says, rate by rate, to the minor unit.
import type { Order } from '../orders/orders.store.ts'
import { splitBy } from '../pricing/shares.ts'

/** An amount with the tax in it, of what one rate is charged on; null of what none is. */
export interface RatePart {
  readonly basisPoints: number | null
  readonly name: string | null
  readonly amountMinor: number
  readonly taxMinor: number
}

interface Taxed {
  readonly basisPoints: number | null
  readonly amountMinor: number
  readonly taxMinor: number
}

/** All of an order by its rates; shipping is with the rate that it was taxed by. */
export function ratesOf({ lines, totals, totalMinor }: Order): RatePart[] {
  const tax = totals?.tax ?? null
  const parts = new Map<number | null, { amountMinor: number; taxMinor: number }>()
  const add = (rate: number | null, amountMinor: number, taxMinor: number) => {
    const before = parts.get(rate) ?? { amountMinor: 0, taxMinor: 0 }
    parts.set(rate, {
      amountMinor: before.amountMinor + amountMinor,
      taxMinor: before.taxMinor + taxMinor,
    })
  }
  for (const line of lines) {
    const added = tax && !tax.isIncluded ? line.taxMinor : 0
    const paid = line.unitMinor * line.quantity - line.discountMinor + added
    add(line.taxBasisPoints, paid, line.taxMinor)
  }
  const taxOf = (rate: number) =>
    (tax?.rates ?? []).reduce(
      (sum, one) => sum + (one.basisPoints === rate ? one.amountMinor : 0),
      0,
    )
  const shippingRate = (tax?.rates ?? []).find(
    ({ basisPoints }) => taxOf(basisPoints) !== (parts.get(basisPoints)?.taxMinor ?? 0),
  )
  const rate = shippingRate?.basisPoints ?? null
  const restMinor = totalMinor - sum([...parts.values()].map((one) => one.amountMinor))
  if (restMinor > 0)
    add(rate, restMinor, rate === null ? 0 : taxOf(rate) - (parts.get(rate)?.taxMinor ?? 0))
  return Array.from(parts, ([basisPoints, part]) => ({
    ...part,
    basisPoints,
    name: tax?.rates.find((one) => one.basisPoints === basisPoints)?.name ?? null,
  })).filter((one) => one.amountMinor > 0)
}

/**
 * `returned` is what was paid for the goods that are given back, where there are such; otherwise it is
 * of all that is left alike. What is more than is left of a rate is of the others.
 */
export function creditOf(
  all: readonly RatePart[],
  credited: readonly RatePart[],
  amountMinor: number,
  returned: readonly Taxed[],
): RatePart[] {
  const left = all.map((one) => less(one, credited))
  const of = (rate: number | null) => returned.filter((one) => one.basisPoints === rate)
  const wanted = left.map(({ basisPoints }) => sum(of(basisPoints).map((one) => one.amountMinor)))
  const weights = sum(wanted) < amountMinor ? left.map((one) => one.amountMinor) : wanted
  if (sum(left.map((one) => one.amountMinor)) < amountMinor)
    throw new RangeError('more is given back than was paid')
  const shares = splitBy(amountMinor, weights).map((share, at) =>
    Math.min(share, left[at]?.amountMinor ?? 0),
  )
  const room = left.map((one, at) => one.amountMinor - (shares[at] ?? 0))
  const over = amountMinor - sum(shares)
  const more = over > 0 ? splitBy(over, room) : room.map(() => 0)
  return left.flatMap((one, at) => {
    const share = (shares[at] ?? 0) + (more[at] ?? 0)
    if (share === 0) return []
    const its = of(one.basisPoints)
    const ownTax = sum(its.map((part) => part.taxMinor))
    const isWhole = its.length > 0 && share === wanted[at] && ownTax <= one.taxMinor
    const [part = 0] = splitBy(one.taxMinor, [share, one.amountMinor - share])
    const isLast = share === one.amountMinor
    return [{ ...one, amountMinor: share, taxMinor: isWhole && !isLast ? ownTax : part }]
  })
}

function less(one: RatePart, credited: readonly RatePart[]): RatePart {
  const before = credited.filter((part) => part.basisPoints === one.basisPoints)
  return {
    ...one,
    amountMinor: one.amountMinor - sum(before.map((part) => part.amountMinor)),
    taxMinor: one.taxMinor - sum(before.map((part) => part.taxMinor)),
  }
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, one) => total + one, 0)
}
