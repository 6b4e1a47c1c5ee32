import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTokenBuckets } from './token-bucket.ts'

function setUp(options: { capacity: number; refillPerSecond: number; maxKeys?: number }) {
  let nowMs = 0
  const buckets = createTokenBuckets({ maxKeys: 100, ...options, now: () => nowMs })
  return { buckets, wait: (seconds: number) => (nowMs += seconds * 1000) }
}

describe('a token bucket', () => {
  it('allows its capacity at once, then refuses and says when to come back', () => {
    const { buckets } = setUp({ capacity: 3, refillPerSecond: 0.5 })
    expect(buckets.take('a')).toEqual({ allowed: true, remaining: 2, resetSeconds: 2 })
    buckets.take('a')
    expect(buckets.take('a')).toEqual({ allowed: true, remaining: 0, resetSeconds: 6 })
    expect(buckets.take('a')).toEqual({
      allowed: false,
      remaining: 0,
      resetSeconds: 6,
      retryAfterSeconds: 2,
    })
  })

  it('allows again after the time it named', () => {
    const { buckets, wait } = setUp({ capacity: 1, refillPerSecond: 0.3 })
    buckets.take('a')
    wait(buckets.take('a').retryAfterSeconds ?? 0)
    expect(buckets.take('a').allowed).toBe(true)
  })

  it('of one key is not touched by another', () => {
    const { buckets } = setUp({ capacity: 1, refillPerSecond: 1 })
    buckets.take('a')
    expect(buckets.take('b').allowed).toBe(true)
  })

  it('takes nothing when it refuses', () => {
    const { buckets } = setUp({ capacity: 5, refillPerSecond: 1 })
    buckets.take('a', 3)
    expect(buckets.take('a', 3)).toMatchObject({ allowed: false, remaining: 2 })
    expect(buckets.take('a', 2).allowed).toBe(true)
  })

  it('names no time for a cost it can never hold', () => {
    const { buckets } = setUp({ capacity: 5, refillPerSecond: 1 })
    expect(buckets.take('a', 6)).toEqual({ allowed: false, remaining: 5, resetSeconds: 0 })
  })

  it('is not filled by a clock that goes back, nor by an odd cost', () => {
    const { buckets, wait } = setUp({ capacity: 2, refillPerSecond: 1 })
    buckets.take('a', 2)
    wait(-100)
    expect(buckets.take('a').allowed).toBe(false)
    wait(100)
    expect(buckets.take('a').allowed).toBe(false)
    for (const cost of [-1, Number.NaN]) expect(() => buckets.take('a', cost)).toThrow(RangeError)
  })

  it('never gives more than its capacity and what came in since', () => {
    const steps = fc.array(
      fc.record({
        waitMs: fc.integer({ min: 0, max: 5000 }),
        key: fc.constantFrom('a', 'b'),
        cost: fc.integer({ min: 0, max: 12 }),
      }),
      { maxLength: 200 },
    )
    const limits = fc.record({
      capacity: fc.integer({ min: 1, max: 50 }),
      refillPerSecond: fc.double({ min: 0.01, max: 100, noNaN: true }),
    })
    fc.assert(
      fc.property(limits, steps, (limit, taken) => {
        const { buckets, wait } = setUp(limit)
        const events: { seconds: number; key: string; cost: number }[] = []
        let seconds = 0
        for (const { waitMs, key, cost } of taken) {
          wait(waitMs / 1000)
          seconds += waitMs / 1000
          if (buckets.take(key, cost).allowed) events.push({ seconds, key, cost })
        }
        // In every window between two takes, not only since the beginning.
        for (const key of ['a', 'b']) {
          const own = events.filter((event) => event.key === key)
          for (const [start, first] of own.entries()) {
            let used = 0
            for (const event of own.slice(start)) {
              used += event.cost
              const elapsed = event.seconds - first.seconds
              expect(used).toBeLessThanOrEqual(
                limit.capacity + elapsed * limit.refillPerSecond + 1e-6,
              )
            }
          }
        }
      }),
    )
  })
})

describe('the number of buckets', () => {
  it('stays bounded, and the bucket given up is a full one where there is one', () => {
    const { buckets, wait } = setUp({ capacity: 2, refillPerSecond: 1, maxKeys: 4 })
    buckets.take('full')
    wait(10)
    for (const key of ['a', 'b', 'c']) buckets.take(key, 2)
    buckets.take('new')
    for (const key of ['a', 'b', 'c']) expect(buckets.take(key).allowed).toBe(false)
  })

  it('cannot be used by a flood of keys to win back an exhausted bucket soon', () => {
    const { buckets } = setUp({ capacity: 10, refillPerSecond: 0.001, maxKeys: 1000 })
    buckets.take('attacker', 10)
    for (let n = 0; n < 5000; n += 1) buckets.take(`flood-${n}`)
    expect(buckets.take('attacker').allowed).toBe(false)
  })
})

describe('limits without sense', () => {
  it.each([
    { capacity: 0, refillPerSecond: 1, maxKeys: 1 },
    { capacity: 1, refillPerSecond: 0, maxKeys: 1 },
    { capacity: 1, refillPerSecond: 1, maxKeys: 0 },
    { capacity: Number.NaN, refillPerSecond: 1, maxKeys: 1 },
  ])('are refused: %o', (options) => {
    expect(() => createTokenBuckets(options)).toThrow(RangeError)
  })
})
