import type { Money } from '@prognetwork/contracts'
import { LRUCache } from 'lru-cache'

/** To make one takes longer than all that is done with it. */
const formats = new LRUCache<string, Intl.NumberFormat>({ max: 500 })

function formatOf(locale: string, currency: string): Intl.NumberFormat {
  const place = `${locale} ${currency}`
  const format =
    formats.get(place) ?? new Intl.NumberFormat(locale, { style: 'currency', currency })
  formats.set(place, format)
  return format
}

/** Exact, however many digits the currency has after the point. */
export function shownAmount({ amountMinor, currency }: Money, locale: string): string {
  const format = formatOf(locale, currency)
  const { maximumFractionDigits: digits = 2 } = format.resolvedOptions()
  const written = Math.abs(amountMinor)
    .toString()
    .padStart(digits + 1, '0')
  const point = written.length - digits
  const decimal = digits === 0 ? written : `${written.slice(0, point)}.${written.slice(point)}`
  const sign = amountMinor < 0 ? '-' : ''
  return format.format(`${sign}${decimal}` as Intl.StringNumericLiteral)
}
