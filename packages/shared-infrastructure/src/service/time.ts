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
  return {
    nowMs,
    now: (offsetMs = 0) => new Date(nowMs() + offsetMs).toISOString(),
  }
}
