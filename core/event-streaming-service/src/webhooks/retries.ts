// What follows from an attempt: when it is tried again, and when that ends.

const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs

/** As Standard Webhooks suggests: ten attempts in 76 hours. */
const delaysMs = [
  5 * secondMs,
  5 * minuteMs,
  30 * minuteMs,
  2 * hourMs,
  5 * hourMs,
  10 * hourMs,
  14 * hourMs,
  20 * hourMs,
  24 * hourMs,
]
const maxRetryAfterMs = 24 * hourMs
/** Of the delay, added at random: what failed together does not come back together. */
const jitter = 0.2

/** An endpoint that only failed for this long is disabled. */
export const hopelessAfterMs = 5 * 24 * hourMs

/**
 * How long to wait after a number of failures; undefined when it is given up. An endpoint may ask
 * for longer, not for less.
 */
export function delayAfter(
  failures: number,
  retryAfterMs: number | undefined,
  random: () => number = Math.random,
): number | undefined {
  const delayMs = delaysMs[failures - 1]
  if (delayMs === undefined) return undefined
  const askedMs = Math.min(retryAfterMs ?? 0, maxRetryAfterMs)
  return Math.max(askedMs, Math.round(delayMs * (1 + jitter * random())))
}

/** A Retry-After header in milliseconds (RFC 9110, section 10.2.3): seconds, or a date. */
export function retryAfterMs(
  header: string | string[] | undefined,
  nowMs: number,
): number | undefined {
  if (typeof header !== 'string') return undefined
  if (/^\d{1,9}$/.test(header)) return Number(header) * secondMs
  const atMs = Date.parse(header)
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs)
}
