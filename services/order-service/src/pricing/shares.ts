// Parts of an amount in its minor unit. All in integers, also on the way: an amount times a rate is
// beyond what a number holds exactly.

const whole = 10_000n

/** So many basis points of an amount, halves rounded up. Neither may be negative. */
export function portionOf(amountMinor: number, basisPoints: number): number {
  return Number((BigInt(amountMinor) * BigInt(basisPoints) + whole / 2n) / whole)
}

/** What a rate has added to an amount that holds it already, halves rounded up. */
export function includedIn(amountMinor: number, basisPoints: number): number {
  const divisor = whole + BigInt(basisPoints)
  return Number((2n * BigInt(amountMinor) * BigInt(basisPoints) + divisor) / (2n * divisor))
}

/**
 * An amount in parts that are to each other as the weights are, and sum up to it: each is rounded down,
 * and what is left goes to those that lost most by that, the earlier first (largest remainder).
 */
export function splitBy(amountMinor: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + BigInt(weight), 0n)
  if (sum === 0n) {
    if (amountMinor === 0) return weights.map(() => 0)
    throw new RangeError('an amount cannot be split by weights that are all nothing')
  }
  const exact = weights.map((weight) => BigInt(amountMinor) * BigInt(weight))
  const parts = exact.map((one) => Number(one / sum))
  const left = amountMinor - parts.reduce((total, part) => total + part, 0)
  const byLoss = exact
    .map((one, index) => ({ index, lost: one % sum }))
    .toSorted((one, other) => (one.lost === other.lost ? 0 : one.lost > other.lost ? -1 : 1))
  for (const { index } of byLoss.slice(0, left)) parts[index] = (parts[index] ?? 0) + 1
  return parts
}
