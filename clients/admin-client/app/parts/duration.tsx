import { useLocale } from 'use-intl'

/** How long something took, given in microseconds, to three digits or so. */
export function Duration({ us }: { readonly us: number }) {
  const locale = useLocale()
  const [value, unit] = us < 1_000_000 ? [us / 1_000, 'millisecond'] : [us / 1_000_000, 'second']
  const text = new Intl.NumberFormat(locale, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumSignificantDigits: value >= 100 ? 4 : 3,
  }).format(value)
  return (
    // A browser may write it a little differently, with another space for one.
    <span className="amount" suppressHydrationWarning>
      {text}
    </span>
  )
}
