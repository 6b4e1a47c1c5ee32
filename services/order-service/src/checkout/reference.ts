import { randomBytes } from 'node:crypto'

/** Crockford's digits: none is taken for another, aloud or on paper. */
const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** What people call an order: ten digits, so that chance repeats none within a shop. */
export function newReference(): string {
  return Array.from(randomBytes(10), (byte) => digits[byte % digits.length]).join('')
}
