import type { Money } from '@prognetwork/contracts'
import { useLocale } from 'use-intl'

/** An amount as the reader's language writes it, exact in the minor unit of its currency. */
export function Amount({ of }: { readonly of: Money }) {
  const locale = useLocale()
  return (
    // A browser may write it a little differently, with another space for one.
    <span className="amount" suppressHydrationWarning>
      {amountText(of, locale)}
    </span>
  )
}

interface AmountFormat {
  readonly format: Intl.NumberFormat
  readonly digits: number
}

/** Each costs more to make than to use a hundred times; there are few languages and currencies. */
const formats = new Map<string, AmountFormat>()

function formatOf(locale: string, currency: string): AmountFormat {
  const key = `${locale} ${currency}`
  const known = formats.get(key)
  if (known) return known
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency })
  const made = { format, digits: format.resolvedOptions().maximumFractionDigits ?? 2 }
  formats.set(key, made)
  return made
}

/** The same as text, for lists of very many. */
export function amountText({ amountMinor, currency }: Money, locale: string): string {
  const { format, digits } = formatOf(locale, currency)
  // As text: division would round what has more digits than a number holds.
  const padded = String(Math.abs(amountMinor)).padStart(digits + 1, '0')
  const whole = padded.slice(0, padded.length - digits)
  const sign = amountMinor < 0 ? '-' : ''
  const text = digits === 0 ? whole : `${whole}.${padded.slice(-digits)}`
  return format.format(`${sign}${text}` as Intl.StringNumericLiteral)
}
