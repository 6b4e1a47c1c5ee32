// What a checkout comes to under the terms that it was begun with; or why it comes to nothing.
import type { Output } from '@prognetwork/contracts'
import { couponUnavailable, paymentFailed, totalChanged } from '@prognetwork/contracts/order'
import type { productContract } from '@prognetwork/contracts/product'
import { Problem } from '@prognetwork/shared-infrastructure'
import { isTooMuch, priceOrder, type Totals } from '../pricing/pricing.ts'
import type { CheckoutInput } from '../tables.ts'

export type Reservation = Output<typeof productContract.operations.reserveStock>

/** Throws when a code takes nothing off, or it is not what the customer was shown. */
export function priceCheckout(input: CheckoutInput, { lines }: Reservation): Totals {
  const priced = lines.map(({ productId, quantity, unitPrice, taxClass }) => ({
    ...{ productId, quantity, unitMinor: unitPrice.amountMinor, taxClass },
  }))
  if (isTooMuch(priced)) throw new Problem(paymentFailed, 'It is more than can be paid at once')
  const totals = priceOrder(priced, input.terms)
  const taking = new Set(totals.discounts.map((one) => one.promotionId))
  const idle = input.terms.promotions.find(({ id, code }) => code !== null && !taking.has(id))
  if (idle) throw unusable(idle.code ?? '', 'It takes nothing off: do without it')
  expectTotal(input, totals.totalMinor)
  return totals
}

export function unusable(code: string, detail: string, cause?: unknown): Problem {
  return new Problem(couponUnavailable, `${code}: ${detail}`, {
    ...(cause !== undefined && { cause }),
  })
}

/** What the customer was shown is what they pay. */
function expectTotal({ expectedTotal, currency }: CheckoutInput, amountMinor: number): void {
  if (!expectedTotal) return
  if (expectedTotal.amountMinor === amountMinor && expectedTotal.currency === currency) return
  throw new Problem(totalChanged, `It comes to ${amountMinor} minor units of ${currency}`, {
    errors: [
      {
        pointer: '/body/expectedTotal',
        expected: `${amountMinor} ${currency}`,
        detail: 'Prices, the cart or the terms have changed since',
      },
    ],
  })
}
