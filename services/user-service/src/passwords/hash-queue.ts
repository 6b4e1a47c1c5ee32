import { Unavailable } from '@prognetwork/shared-infrastructure'

/**
 * Runs hashes a few at a time: they share libuv's threads with files and DNS, and each takes
 * 19 MiB. Beyond `maxWaiting` the caller is told to come back, so a flood cannot queue up minutes.
 */
export function createHashQueue(options: { concurrency: number; maxWaiting: number }) {
  const waiting: (() => void)[] = []
  let running = 0

  return async function enqueue<T>(work: () => Promise<T>): Promise<T> {
    if (running >= options.concurrency) {
      if (waiting.length >= options.maxWaiting)
        throw new Unavailable('password checking', { retryAfterSeconds: 2 })
      // Whoever ends hands its place over, so `running` stays as it is.
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else {
      running++
    }
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
