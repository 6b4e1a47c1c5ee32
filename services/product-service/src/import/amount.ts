import * as currencies from 'dinero.js/currencies'

/** Decimals of a currency's minor unit (ISO 4217): 2 for EUR, 0 for JPY, 3 for KWD. */
export function minorDigits(currency: string): number | undefined {
  return exponents.get(currency)
}

const exponents = new Map<string, number>(
  Object.values(currencies).map(({ code, exponent }) => [code, exponent]),
)

/** An amount as `parseAmount` reads it. */
export function formatAmount(amountMinor: number, currency: string): string {
  const digits = minorDigits(currency) ?? 0
  const padded = String(amountMinor).padStart(digits + 1, '0')
  const at = padded.length - digits
  return digits === 0 ? padded : `${padded.slice(0, at)}.${padded.slice(at)}`
}

/**
 * A decimal amount in minor units, exactly; undefined when it is no amount of the currency (more
 * decimals than it has, another notation, beyond a safe integer).
 */
export function parseAmount(text: string, currency: string): number | undefined {
  const digits = minorDigits(currency)
  const match = /^(\d{1,15})(?:\.(\d{1,10}))?$/.exec(text)
  if (digits === undefined || !match) return undefined
  const [, whole = '', fraction = ''] = match
  if (/[1-9]/.test(fraction.slice(digits))) return undefined
  const minor = Number(whole + fraction.slice(0, digits).padEnd(digits, '0'))
  return Number.isSafeInteger(minor) ? minor : undefined
}
