/** What somebody typed, as `12.50` or `12,50`, in the minor unit of a currency; NaN where it is none. */
export function minorUnits(text: string, currency: string): number {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency })
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2
  const [, whole = '', part = ''] = /^(\d{1,12})(?:[.,](\d+))?$/.exec(text.trim()) ?? []
  // As text: a fraction would not be exact.
  return whole === '' || part.length > digits
    ? Number.NaN
    : Number(`${whole}${part.padEnd(digits, '0')}`)
}
