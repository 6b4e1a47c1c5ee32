// The values of the RateLimit and RateLimit-Policy fields of draft-ietf-httpapi-ratelimit-headers,
// which are lists of structured fields (RFC 9651): a string and its integer parameters.

export interface RateLimitPolicy {
  /** The same name in both headers; printable ASCII. */
  readonly name: string
  readonly quota: number
  readonly windowSeconds: number
}

export interface RateLimitState {
  readonly name: string
  readonly remaining: number
  readonly resetSeconds: number
}

/** `RateLimit-Policy`, for example `"default";q=100;w=60`. */
export function rateLimitPolicy(policies: readonly RateLimitPolicy[]): string {
  return policies
    .map(
      ({ name, quota, windowSeconds }) =>
        `${quoted(name)};q=${integer(quota)};w=${integer(windowSeconds)}`,
    )
    .join(', ')
}

/** `RateLimit`, for example `"default";r=50;t=30`. */
export function rateLimit(states: readonly RateLimitState[]): string {
  return states
    .map(
      ({ name, remaining, resetSeconds }) =>
        `${quoted(name)};r=${integer(remaining)};t=${integer(resetSeconds)}`,
    )
    .join(', ')
}

function quoted(name: string): string {
  if (!/^[\x20-\x7e]+$/.test(name)) throw new RangeError('A policy name is printable ASCII')
  return `"${name.replace(/[\\"]/g, '\\$&')}"`
}

/** Structured field integers have at most 15 digits; a negative quota has no meaning. */
function integer(value: number): number {
  return Math.min(999_999_999_999_999, Math.max(0, Math.floor(value)))
}
