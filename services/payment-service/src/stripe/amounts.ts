// Amounts in the unit that Stripe counts a currency in, which for some is not the minor unit of
// ISO 4217 (https://docs.stripe.com/currencies#special-cases). Nothing is ever rounded.
import { amountUnfit } from '@prognetwork/contracts/payment'
import { Problem } from '@prognetwork/shared-infrastructure'

/** Have no minor unit any more, but Stripe counts in hundredths of them. */
const inHundredths = new Set(['ISK', 'UGX'])
/** Have thousandths, of which Stripe takes whole tens only. */
const inTens = new Set(['BHD', 'JOD', 'KWD', 'OMR', 'TND'])
/** Are divided by five, and Stripe has no fifths. */
const undivided = new Set(['MGA', 'MRU'])

export function toStripe(amountMinor: number, currency: string): number {
  if (undivided.has(currency)) throw unfit(`Stripe is not paid in ${currency} here`)
  if (inTens.has(currency) && amountMinor % 10 !== 0)
    throw unfit(`Stripe takes amounts of ${currency} that end in 0`)
  return inHundredths.has(currency) ? amountMinor * 100 : amountMinor
}

export function fromStripe(amount: number, currency: string): number {
  return inHundredths.has(currency.toUpperCase()) ? Math.floor(amount / 100) : amount
}

export function unfit(detail: string, cause?: unknown): Problem {
  return new Problem(amountUnfit, detail, { cause })
}
