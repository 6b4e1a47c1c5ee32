/** How many digits the minor unit of a currency has (ISO 4217). */
function digitsOf(currency: string): number {
  const known = digits.get(currency)
  if (known !== undefined) return known
  const format = new Intl.NumberFormat('en', { style: 'currency', currency })
  const found = format.resolvedOptions().maximumFractionDigits ?? 2
  digits.set(currency, found)
  return found
}
const digits = new Map<string, number>()

/** An amount as it is typed, without its currency. */
export function amountText(amountMinor: number, currency: string): string {
  const digits = digitsOf(currency)
  const padded = String(amountMinor).padStart(digits + 1, '0')
  return digits === 0 ? padded : `${padded.slice(0, -digits)}.${padded.slice(-digits)}`
}

/**
 * The amount that was typed, with a point or a comma before its minor unit; undefined where it is
 * none. No arithmetic of fractions: 19.99 is exactly 1999.
 */
export function amountIn(text: string, currency: string): number | undefined {
  const digits = digitsOf(currency)
  const [, whole, minor = ''] = /^(\d{1,12})(?:[.,](\d+))?$/.exec(text.trim()) ?? []
  if (whole === undefined || minor.length > digits) return undefined
  return Number(whole + minor.padEnd(digits, '0'))
}
