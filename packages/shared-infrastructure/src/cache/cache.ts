// What was loaded lately, per tenant, in this process: least recently used values go first, and
// callers who want the same value at the same time wait for one load.
import { LRUCache } from 'lru-cache'

export interface Cache<K extends string, V> {
  readonly name: string
  /**
   * The value of `key` for this tenant, loaded when it is not known. A failed load is told to all
   * who wait for it and is not remembered.
   */
  get(tenantId: string, key: K, load: () => Promise<V>): Promise<V>
  /** The value is loaded anew next time; a load under way now is not remembered. */
  forget(tenantId: string, key: K): void
  /** `forget` for everything of one tenant. Looks at every entry. */
  forgetTenant(tenantId: string): void
  clear(): void
}

/** A cache of at most `max` values over all tenants, each kept for `ttlMs` after its load ended. */
export function createCache<K extends string, V>(options: {
  name: string
  max: number
  ttlMs: number
}): Cache<K, V> {
  const { name, max, ttlMs } = options
  // Values are wrapped, so that "there is none" (undefined, null) can be remembered too.
  const known = new LRUCache<string, { readonly value: V }>({ max, ttl: ttlMs })
  const loads = new Map<string, Promise<V>>()

  function startLoad(entry: string, load: () => Promise<V>): Promise<V> {
    // Forgotten in the meantime, the load is no longer listed, or another one is: what it brings
    // may be older than the change, so it is not remembered.
    const isCurrent = () => loads.get(entry) === loading
    const loading: Promise<V> = Promise.resolve()
      .then(load)
      .then((value) => {
        if (isCurrent()) known.set(entry, { value })
        return value
      })
      .finally(() => {
        if (isCurrent()) loads.delete(entry)
      })
    loads.set(entry, loading)
    return loading
  }

  return {
    name,
    get(tenantId, key, load) {
      const entry = entryOf(tenantId, key)
      const hit = known.get(entry)
      if (hit !== undefined) return Promise.resolve(hit.value)
      return loads.get(entry) ?? startLoad(entry, load)
    },
    forget(tenantId, key) {
      const entry = entryOf(tenantId, key)
      known.delete(entry)
      loads.delete(entry)
    },
    forgetTenant(tenantId) {
      const prefix = entryOf(tenantId, '')
      for (const entries of [known, loads]) {
        for (const entry of [...entries.keys()]) {
          if (entry.startsWith(prefix)) entries.delete(entry)
        }
      }
    },
    clear() {
      known.clear()
      loads.clear()
    },
  }
}

/** Tenant ids have no line feed, so no tenant and key can be taken for another pair. */
function entryOf(tenantId: string, key: string): string {
  return `${tenantId}\n${key}`
}
