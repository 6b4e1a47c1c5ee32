const firstRetryMs = 1
const maxRetryMs = 250

/** The outboxes to move from, each once, in the order in which they were named. */
export interface Queue {
  add(service: string): void
  next(): string | undefined
  /** After a lot: what is held back by an open transaction is tried again, ever more slowly. */
  settle(service: string, held: boolean): void
  /** Until something is added, or this long. */
  wait(ms: number): Promise<void>
  wake(): void
  clear(): void
}

export function createQueue(services: readonly string[]): Queue {
  const waiting = new Set(services)
  const retries = new Map<string, { delayMs: number; timer: NodeJS.Timeout }>()
  let wake = () => {}
  const queue: Queue = {
    add(service) {
      waiting.add(service)
      wake()
    },
    next() {
      const [first] = waiting
      if (first !== undefined) waiting.delete(first)
      return first
    },
    settle(service, held) {
      const before = retries.get(service)
      clearTimeout(before?.timer)
      if (!held) {
        retries.delete(service)
        return
      }
      const delayMs = before ? Math.min(maxRetryMs, before.delayMs * 2) : firstRetryMs
      const timer = setTimeout(() => queue.add(service), delayMs)
      timer.unref()
      retries.set(service, { delayMs, timer })
    },
    async wait(ms) {
      if (waiting.size > 0) return
      const { promise, resolve } = Promise.withResolvers<void>()
      wake = resolve
      const timer = setTimeout(resolve, ms)
      timer.unref()
      await promise
      clearTimeout(timer)
    },
    wake: () => wake(),
    clear() {
      for (const { timer } of retries.values()) clearTimeout(timer)
    },
  }
  return queue
}
