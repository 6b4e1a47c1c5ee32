/** Lets so many pieces of work run at once; the others wait in the order in which they came. */
export function createTurnstile(atOnce: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0
  const queue: (() => void)[] = []
  return async (work) => {
    if (running >= atOnce) await new Promise<void>((resolve) => queue.push(resolve))
    else running += 1
    try {
      return await work()
    } finally {
      const next = queue.shift()
      // The place passes on to who waits for it.
      if (next) next()
      else running -= 1
    }
  }
}
