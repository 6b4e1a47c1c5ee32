/** A moment some time after another, or before it when `ms` is negative; RFC 3339, milliseconds. */
export function later(moment: string, ms: number): string {
  return new Date(Date.parse(moment) + ms).toISOString()
}

/**
 * Real time, which no test clock of a tenant moves: for tokens, keys, limits and leases. Business
 * rules read `ctx.now` instead.
 */
export interface RealTime {
  /** RFC 3339 with milliseconds, `offsetMs` from now. */
  now(offsetMs?: number): string
  nowMs(): number
}

export function createRealTime(nowMs: () => number): RealTime {
  // Every request asks, many within one millisecond, and writing a date out costs microseconds.
  let writtenMs = Number.NaN
  let written = ''
  return {
    nowMs,
    now(offsetMs = 0) {
      const ms = nowMs() + offsetMs
      if (ms !== writtenMs) {
        written = new Date(ms).toISOString()
        writtenMs = ms
      }
      return written
    },
  }
}
