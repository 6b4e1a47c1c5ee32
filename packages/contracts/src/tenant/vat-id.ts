// VAT identification numbers as the countries of the union, and those beside it that have such, write
// them (https://ec.europa.eu/taxation_customs/vies/faq.html). Where the check digits are simple they are
// looked at: whether a number is in use is known by the countries alone.
import { z } from 'zod'

const forms: Readonly<Record<string, RegExp>> = {
  ...{ AT: /^U\d{8}$/, BE: /^[01]\d{9}$/, BG: /^\d{9,10}$/, CY: /^\d{8}[A-Z]$/, CZ: /^\d{8,10}$/ },
  ...{ DE: /^[1-9]\d{8}$/, DK: /^\d{8}$/, EE: /^\d{9}$/, EL: /^\d{9}$/ },
  ...{ ES: /^([A-Z]\d{7}[A-Z0-9]|\d{8}[A-Z])$/, FI: /^\d{8}$/, FR: /^[A-HJ-NP-Z0-9]{2}\d{9}$/ },
  ...{ HR: /^\d{11}$/, HU: /^\d{8}$/, IE: /^(\d{7}[A-W][A-I]?|\d[A-Z+*]\d{5}[A-W])$/ },
  ...{ IT: /^\d{11}$/, LT: /^(\d{9}|\d{12})$/, LU: /^\d{8}$/, LV: /^\d{11}$/, MT: /^\d{8}$/ },
  ...{ NL: /^[A-Z0-9+*]{10}\d{2}$/, PL: /^\d{10}$/, PT: /^\d{9}$/, RO: /^\d{2,10}$/ },
  ...{ SE: /^\d{10}01$/, SI: /^\d{8}$/, SK: /^\d{10}$/, XI: /^(\d{9}|\d{12})$/ },
  ...{ CHE: /^\d{9}(MWST|TVA|IVA)?$/, GB: /^(\d{9}|\d{12})$/, NO: /^\d{9}(MVA)?$/ },
}

const weighted = (digits: string, weights: readonly number[]): number =>
  weights.reduce((sum, weight, at) => sum + weight * Number(digits[at]), 0)

/** ISO/IEC 7812: every other digit counts twice, and a two-digit double by its digits. */
function luhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, at) => {
    const value = Number(digit) * (at % 2 === 0 ? 1 : 2)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}

/** ISO/IEC 7064, MOD 11,10. */
function mod1110(digits: string): boolean {
  let product = 10
  for (const digit of digits.slice(0, -1)) {
    const sum = (Number(digit) + product) % 10 || 10
    product = (sum * 2) % 11
  }
  return (11 - product) % 10 === Number(digits.at(-1))
}

const checks: Readonly<Record<string, (digits: string) => boolean>> = {
  BE: (id) => 97 - (Number(id.slice(0, 8)) % 97) === Number(id.slice(8)),
  DE: mod1110,
  DK: (id) => weighted(id, [2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0,
  FI: (id) => weighted(id, [7, 9, 10, 5, 8, 4, 2, 1]) % 11 === 0,
  FR: (id) => !/^\d{2}/.test(id) || Number(`${id.slice(2)}12`) % 97 === Number(id.slice(0, 2)),
  HR: mod1110,
  IT: luhn,
  LU: (id) => Number(id.slice(0, 6)) % 89 === Number(id.slice(6)),
  PL: (id) => weighted(id, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === Number(id.at(-1)),
  PT: (id) =>
    ((11 - (weighted(id, [9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11) % 10 === Number(id.at(-1)),
  SE: (id) => luhn(id.slice(0, 10)),
}

export function isVatId(text: string): boolean {
  const [, country = '', rest = ''] = /^(CHE|[A-Z]{2})(.+)$/.exec(text) ?? []
  return (forms[country]?.test(rest) ?? false) && (checks[country]?.(rest) ?? true)
}

export const vatId = z.string().max(30).refine(isVatId, {
  error: 'must be a VAT number with its country before it and no signs between, as DE136695976',
})
