import type { Money } from '@prognetwork/contracts'

/** Exact, however many digits the currency has after the point. */
export function shownAmount({ amountMinor, currency }: Money, locale: string): string {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency })
  const { maximumFractionDigits: digits = 2 } = format.resolvedOptions()
  const written = Math.abs(amountMinor)
    .toString()
    .padStart(digits + 1, '0')
  const point = written.length - digits
  const decimal = digits === 0 ? written : `${written.slice(0, point)}.${written.slice(point)}`
  const sign = amountMinor < 0 ? '-' : ''
  return format.format(`${sign}${decimal}` as Intl.StringNumericLiteral)
}
