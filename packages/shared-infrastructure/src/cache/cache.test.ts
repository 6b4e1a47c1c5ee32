import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createCache } from './cache.ts'

function setUp(options: { max?: number; ttlMs?: number } = {}) {
  const cache = createCache<string, string | undefined>({
    name: 'prices',
    max: options.max ?? 100,
    ttlMs: options.ttlMs ?? 60_000,
  })
  let loads = 0
  const load = (value: string | undefined) => async () => {
    loads += 1
    return value
  }
  return { cache, load, loads: () => loads }
}

describe('a cached value', () => {
  it('is loaded once', async () => {
    const { cache, load, loads } = setUp()
    expect(await cache.get('acme', 'a', load('1'))).toBe('1')
    expect(await cache.get('acme', 'a', load('2'))).toBe('1')
    expect(loads()).toBe(1)
  })

  it('may be that there is none', async () => {
    const { cache, load, loads } = setUp()
    expect(await cache.get('acme', 'a', load(undefined))).toBeUndefined()
    expect(await cache.get('acme', 'a', load('1'))).toBeUndefined()
    expect(loads()).toBe(1)
  })

  it('is loaded once for all who ask at the same time', async () => {
    const { cache, load, loads } = setUp()
    const asked = Array.from({ length: 10 }, () => cache.get('acme', 'a', load('1')))
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['1']))
    expect(loads()).toBe(1)
  })

  it('of one tenant is never given to another', async () => {
    const { cache, load } = setUp()
    await cache.get('acme', 'a', load('1'))
    expect(await cache.get('globex', 'a', load('2'))).toBe('2')
  })

  it('ends with its time', async () => {
    const { cache, load } = setUp({ ttlMs: 200 })
    await cache.get('acme', 'a', load('1'))
    expect(await cache.get('acme', 'a', load('2'))).toBe('1')
    await sleep(250)
    expect(await cache.get('acme', 'a', load('3'))).toBe('3')
  })

  it('makes room for others when it was not used for longest', async () => {
    const { cache, load } = setUp({ max: 2 })
    await cache.get('acme', 'a', load('1'))
    await cache.get('acme', 'b', load('1'))
    await cache.get('acme', 'a', load('2'))
    await cache.get('acme', 'c', load('1'))
    expect(await cache.get('acme', 'a', load('3'))).toBe('1')
    expect(await cache.get('acme', 'b', load('3'))).toBe('3')
  })
})

describe('a failed load', () => {
  it('fails for all who wait, and the next one is tried', async () => {
    const { cache, load } = setUp()
    const fail = async () => {
      throw new Error('database is away')
    }
    const asked = [cache.get('acme', 'a', fail), cache.get('acme', 'a', load('1'))]
    const outcomes = await Promise.allSettled(asked)
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected'])
    expect(await cache.get('acme', 'a', load('2'))).toBe('2')
  })

  it('may also throw at once', async () => {
    const { cache, load } = setUp()
    const fail = () => {
      throw new Error('wrong')
    }
    await expect(cache.get('acme', 'a', fail)).rejects.toThrow('wrong')
    expect(await cache.get('acme', 'a', load('2'))).toBe('2')
  })
})

describe('forgetting', () => {
  it('one value leaves the others', async () => {
    const { cache, load } = setUp()
    for (const key of ['a', 'b']) await cache.get('acme', key, load('1'))
    cache.forget('acme', 'a')
    expect(await cache.get('acme', 'a', load('2'))).toBe('2')
    expect(await cache.get('acme', 'b', load('2'))).toBe('1')
  })

  it('a tenant leaves other tenants, also those whose name begins alike', async () => {
    const { cache, load } = setUp()
    for (const tenant of ['acme', 'acme2']) await cache.get(tenant, 'a', load('1'))
    cache.forgetTenant('acme')
    expect(await cache.get('acme', 'a', load('2'))).toBe('2')
    expect(await cache.get('acme2', 'a', load('2'))).toBe('1')
  })

  it('everything leaves nothing', async () => {
    const { cache, load } = setUp()
    await cache.get('acme', 'a', load('1'))
    cache.clear()
    expect(await cache.get('acme', 'a', load('2'))).toBe('2')
  })

  const ways: [string, (cache: ReturnType<typeof setUp>['cache']) => void][] = [
    ['forget', (cache) => cache.forget('acme', 'a')],
    ['forgetTenant', (cache) => cache.forgetTenant('acme')],
    ['clear', (cache) => cache.clear()],
  ]

  it.each(ways)(
    '%s keeps a load that started before from storing its value',
    async (_n, forget) => {
      const { cache, load } = setUp()
      const slow = Promise.withResolvers<string>()
      const before = cache.get('acme', 'a', () => slow.promise)
      forget(cache)
      slow.resolve('stale')
      expect(await before).toBe('stale')
      expect(await cache.get('acme', 'a', load('fresh'))).toBe('fresh')
    },
  )

  it.each(ways)('%s makes those who ask later start their own load', async (_n, forget) => {
    const { cache, load } = setUp()
    const slow = Promise.withResolvers<string>()
    const before = cache.get('acme', 'a', () => slow.promise)
    forget(cache)
    expect(await cache.get('acme', 'a', load('fresh'))).toBe('fresh')
    slow.resolve('stale')
    await before
    expect(await cache.get('acme', 'a', load('newer'))).toBe('fresh')
  })

  it('does not let a stale load that fails end the load of those who asked later', async () => {
    const { cache, load, loads } = setUp()
    const slow = Promise.withResolvers<string>()
    const fresh = Promise.withResolvers<string>()
    const before = cache.get('acme', 'a', () => slow.promise)
    cache.forget('acme', 'a')
    const after = cache.get('acme', 'a', () => fresh.promise)
    slow.reject(new Error('late'))
    await expect(before).rejects.toThrow('late')
    const joined = cache.get('acme', 'a', load('other'))
    fresh.resolve('fresh')
    expect(await Promise.all([after, joined])).toEqual(['fresh', 'fresh'])
    expect(loads()).toBe(0)
  })
})
