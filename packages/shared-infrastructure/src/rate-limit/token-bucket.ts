// Token buckets in memory, one per key: a client may use `capacity` at once and
// `refillPerSecond` in the long run. Keys come from outside, so their number is bounded.

export interface Take {
  readonly allowed: boolean
  /** Whole tokens left. */
  readonly remaining: number
  /** Whole seconds until the bucket is full again. */
  readonly resetSeconds: number
  /** Only when refused: whole seconds until it would be allowed; absent when it never will be. */
  readonly retryAfterSeconds?: number
}

export interface TokenBuckets {
  /** Takes `cost` tokens from the bucket of `key`, or none at all when there are too few. */
  take(key: string, cost?: number): Take
}

interface Bucket {
  tokens: number
  filledMs: number
}

/** How many buckets are looked at to find the one that is given up. */
const evictionSample = 8

/**
 * Buckets that hold `capacity` tokens and win `refillPerSecond`. At most `maxKeys` are kept: for a
 * new one, the fullest of a few is given up, which loses least, as a full bucket is no different
 * from none. `now` is a monotonic clock in milliseconds.
 */
export function createTokenBuckets(options: {
  capacity: number
  refillPerSecond: number
  maxKeys: number
  now?: () => number
}): TokenBuckets {
  const { capacity, refillPerSecond, maxKeys, now = () => performance.now() } = options
  if (!(capacity > 0 && refillPerSecond > 0 && maxKeys >= 1)) {
    throw new RangeError('capacity, refillPerSecond and maxKeys must be greater than zero')
  }
  const refillPerMs = refillPerSecond / 1000
  const buckets = new Map<string, Bucket>()
  // Goes round through all buckets, so that each gets its turn without being moved on every use.
  let hand = buckets.entries()

  function tokensAt(bucket: Bucket, nowMs: number): number {
    const elapsedMs = Math.max(0, nowMs - bucket.filledMs)
    return Math.min(capacity, bucket.tokens + elapsedMs * refillPerMs)
  }

  function giveUpOne(nowMs: number): void {
    let fullestKey: string | undefined
    let most = -1
    for (let looked = 0; looked < evictionSample; looked += 1) {
      let turn = hand.next()
      if (turn.done) {
        hand = buckets.entries()
        turn = hand.next()
        if (turn.done) break
      }
      const [key, bucket] = turn.value
      const tokens = tokensAt(bucket, nowMs)
      if (tokens > most) {
        most = tokens
        fullestKey = key
      }
      if (tokens >= capacity) break
    }
    if (fullestKey !== undefined) buckets.delete(fullestKey)
  }

  function bucketOf(key: string, nowMs: number): Bucket {
    const known = buckets.get(key)
    if (known !== undefined) {
      known.tokens = tokensAt(known, nowMs)
      known.filledMs = Math.max(known.filledMs, nowMs)
      return known
    }
    if (buckets.size >= maxKeys) giveUpOne(nowMs)
    const bucket = { tokens: capacity, filledMs: nowMs }
    buckets.set(key, bucket)
    return bucket
  }

  return {
    take(key, cost = 1) {
      // A negative cost would fill the bucket, NaN would empty it for good.
      if (!(cost >= 0)) throw new RangeError('cost must not be negative')
      const bucket = bucketOf(key, now())
      const allowed = bucket.tokens >= cost
      if (allowed) bucket.tokens -= cost
      const remaining = Math.floor(bucket.tokens)
      const resetSeconds = Math.ceil((capacity - bucket.tokens) / refillPerSecond)
      if (allowed || cost > capacity) return { allowed, remaining, resetSeconds }
      const retryAfterSeconds = Math.ceil((cost - bucket.tokens) / refillPerSecond)
      return { allowed, remaining, resetSeconds, retryAfterSeconds }
    },
  }
}
