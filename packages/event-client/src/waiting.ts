const firstMs = 250
const longestMs = 30_000

/** How long to wait after so many failures in a row: twice as long each time, and half of it drawn. */
export function backOffMs(failures: number, random = Math.random()): number {
  const whole = Math.min(longestMs, firstMs * 2 ** Math.min(20, failures - 1))
  return Math.round(whole * (0.5 + random / 2))
}

/** Resolves after a while, or at once when it is given up. */
export function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal?.addEventListener('abort', done)
    if (signal?.aborted) done()
  })
}
