const lotSize = 2_000

/** As the copier takes them. */
export function lotsOf<One>(list: readonly One[]): One[][] {
  const count = Math.ceil(list.length / lotSize)
  return Array.from({ length: count }, (_, n) => list.slice(n * lotSize, (n + 1) * lotSize))
}
