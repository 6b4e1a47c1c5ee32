// Token buckets in memory. A class of operations has one size; who is counted depends on it: sign-in
// and the like count by address, because whoever guesses passwords has no principal yet.
import type { ServerResponse } from 'node:http'
import { common, type RateClass } from '@prognetwork/contracts'
import type { Identity } from '../door/door.ts'
import { createTokenBuckets, rateLimitPolicy, type TokenBuckets } from '../rate-limit/index.ts'
import { Problem } from '../service/failure.ts'

/** A minute's worth may be used at once. */
export type RateSizes = Readonly<Record<RateClass, number>>

export interface RateLimits {
  /** Pays for a request of somebody known; throws `request.rate_limited`. */
  take(rate: RateClass, identity: Identity, addressKey: string, response: ServerResponse): void
  /** Pays for a request of an address; throws `request.rate_limited`. */
  takeByAddress(addressKey: string, response: ServerResponse): void
  /** Throws when the address has shown too many credentials that were refused. */
  checkRefusals(addressKey: string, response: ServerResponse): void
  /** Counts a credential that was refused; throws `request.rate_limited`. */
  takeRefusal(addressKey: string, response: ServerResponse): void
  /** Classes with another size begin anew: what was used of the old size is forgotten. */
  resize(perMinute: RateSizes): void
}

const windowSeconds = 60
const maxKeys = 100_000

interface Bucket {
  readonly name: RateClass
  readonly size: number
  readonly policy: string
  readonly buckets: TokenBuckets
}

export function createRateLimits(perMinute: RateSizes): RateLimits {
  const classes = {
    default: bucketOf('default', perMinute),
    credential: bucketOf('credential', perMinute),
    bulk: bucketOf('bulk', perMinute),
  }
  let refusals = bucketOf('credential', perMinute)
  return {
    take(rate, identity, addressKey, response) {
      spend(classes[rate], keyOf(rate, identity, addressKey), response)
    },
    takeByAddress: (addressKey, response) => spend(classes.default, addressKey, response),
    checkRefusals(addressKey, response) {
      if (refusals.buckets.take(addressKey, 0).remaining === 0)
        spend(refusals, addressKey, response)
    },
    takeRefusal: (addressKey, response) => spend(refusals, addressKey, response),
    resize(next) {
      for (const { name, size } of Object.values(classes))
        if (size !== next[name]) classes[name] = bucketOf(name, next)
      if (refusals.size !== next.credential) refusals = bucketOf('credential', next)
    },
  }
}

function bucketOf(name: RateClass, perMinute: RateSizes): Bucket {
  const size = perMinute[name]
  return {
    name,
    size,
    policy: rateLimitPolicy([{ name, quota: size, windowSeconds }]),
    buckets: createTokenBuckets({
      capacity: size,
      refillPerSecond: size / windowSeconds,
      maxKeys,
    }),
  }
}

function keyOf(rate: RateClass, { principal, tenantId }: Identity, addressKey: string): string {
  if (rate === 'credential') return `${addressKey} ${tenantId}`
  return principal.kind === 'anonymous' ? addressKey : principal.subject
}

function spend(one: Bucket, key: string, response: ServerResponse): void {
  const { allowed, remaining, resetSeconds, retryAfterSeconds = 1 } = one.buckets.take(key)
  response.setHeader('ratelimit-policy', one.policy)
  // Written by hand: names are our own, and quoting them again would cost as much as the bucket.
  response.setHeader('ratelimit', `"${one.name}";r=${remaining};t=${resetSeconds}`)
  if (!allowed)
    throw new Problem(common.rateLimited, `Ask again in ${retryAfterSeconds} seconds`, {
      headers: { 'retry-after': String(retryAfterSeconds) },
    })
}
