import { describe, expect, it } from 'vitest'
import { rateLimit, rateLimitPolicy } from './headers.ts'

describe('rate limit headers', () => {
  it('have the form of the draft', () => {
    expect(rateLimitPolicy([{ name: 'default', quota: 100, windowSeconds: 60 }])).toBe(
      '"default";q=100;w=60',
    )
    expect(rateLimit([{ name: 'default', remaining: 50, resetSeconds: 30 }])).toBe(
      '"default";r=50;t=30',
    )
  })

  it('list several policies', () => {
    expect(
      rateLimitPolicy([
        { name: 'burst', quota: 100, windowSeconds: 60 },
        { name: 'daily', quota: 1000, windowSeconds: 86_400 },
      ]),
    ).toBe('"burst";q=100;w=60, "daily";q=1000;w=86400')
  })

  it('escape names and refuse those that cannot stand in a header', () => {
    expect(rateLimit([{ name: 'a"b\\c', remaining: 0, resetSeconds: 0 }])).toBe(
      '"a\\"b\\\\c";r=0;t=0',
    )
    for (const name of ['', 'a\r\nSet-Cookie: b', 'grün']) {
      expect(() => rateLimit([{ name, remaining: 1, resetSeconds: 1 }])).toThrow(RangeError)
    }
  })

  it('carry whole numbers of at most 15 digits', () => {
    expect(rateLimit([{ name: 'd', remaining: 1.9, resetSeconds: Number.POSITIVE_INFINITY }])).toBe(
      '"d";r=1;t=999999999999999',
    )
    expect(rateLimit([{ name: 'd', remaining: -3, resetSeconds: 0 }])).toBe('"d";r=0;t=0')
  })
})
