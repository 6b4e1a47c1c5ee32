/** The first of `offered` that the browser asks for (RFC 9110, 12.5.4; RFC 4647, 3.4), else the first. */
export function chooseLanguage(
  acceptLanguage: string | null,
  offered: readonly [string, ...string[]],
): string {
  const ranges = (acceptLanguage ?? '')
    .split(',')
    .map((part) => {
      const [range = '', ...parameters] = part.trim().toLowerCase().split(';')
      const weight = parameters.map((one) => one.trim()).find((one) => one.startsWith('q='))
      return { range: range.trim(), weight: weight === undefined ? 1 : Number(weight.slice(2)) }
    })
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight)
  for (const { range } of ranges) {
    if (range === '*') break
    const found = offered.find((one) => range === one || range.startsWith(`${one}-`))
    if (found) return found
  }
  return offered[0]
}

/**
 * How moments and amounts are written: as in the region that the browser names with its language, so that
 * `en-GB` has its days before its months.
 */
export function regionalTag(acceptLanguage: string | null, language: string): string {
  const own = new RegExp(`(?:^|[\\s,])(${language}-[A-Z]{2})(?=[\\s,;]|$)`, 'i')
  return own.exec(acceptLanguage ?? '')?.[1] ?? language
}
