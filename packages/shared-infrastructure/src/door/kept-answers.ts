import { LRUCache } from 'lru-cache'
import type { Hearing } from '../host/consumption.ts'

/** Answers of another service, kept as long as the door hears of what changes them. */
export interface KeptAnswers<Value extends object> {
  /** The answer kept for this key, at once; otherwise asks. */
  get(key: string, ask: () => Promise<Value>): Value | Promise<Value>
  /** Something has changed: drops what `concerns` picks, and keeps no answer asked for before. */
  forget(concerns?: (key: string, value: Value) => boolean): void
}

/**
 * While the door does not hear, every question is asked: an answer that was kept, or that somebody
 * else waits for, may be older than what the asker has seen done.
 */
export function createKeptAnswers<Value extends object>(options: {
  readonly hearing: Hearing
  readonly max: number
  /** An answer is asked for again after this long, heard of or not. */
  readonly maxAgeMs: number
  readonly isKept?: (value: Value) => boolean
}): KeptAnswers<Value> {
  const { hearing, isKept = () => true } = options
  const kept = new LRUCache<string, Value>({ max: options.max, ttl: options.maxAgeMs })
  const asking = new Map<string, Promise<Value>>()
  let changes = 0

  async function askAndKeep(key: string, ask: () => Promise<Value>): Promise<Value> {
    const before = changes
    try {
      const value = await ask()
      if (before === changes && hearing.isCurrent() && isKept(value)) kept.set(key, value)
      return value
    } finally {
      if (before === changes) asking.delete(key)
    }
  }

  return {
    get(key, ask) {
      if (!hearing.isCurrent()) return ask()
      const known = kept.get(key) ?? asking.get(key)
      if (known) return known
      const answer = askAndKeep(key, ask)
      asking.set(key, answer)
      return answer
    },
    forget(concerns = () => true) {
      changes += 1
      asking.clear()
      for (const [key, value] of kept.entries()) if (concerns(key, value)) kept.delete(key)
    },
  }
}
