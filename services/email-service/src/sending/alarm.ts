/** Wakes whoever waits, or does not let them wait when it rang before. */
export interface Alarm {
  ring(): void
  /** Rings so long from now. */
  ringIn(ms: number): void
  /** Rings soon, and some times more: what it is for may not be committed yet. */
  ringAround(): void
  /** Until it rings, or this long. */
  wait(ms: number): Promise<void>
  stop(): void
}

/** A batch of events is handled for a quarter of a second at most, and then committed. */
const soonMs = [20, 150]
const lastMs = 600

export function createAlarm(): Alarm {
  const timers = new Set<NodeJS.Timeout>()
  const soon = new Map<number, NodeJS.Timeout>()
  let hasRung = false
  let wake = () => {}

  function ring(): void {
    hasRung = true
    wake()
  }

  function ringIn(ms: number): NodeJS.Timeout {
    const timer = setTimeout(() => {
      timers.delete(timer)
      if (soon.get(ms) === timer) soon.delete(ms)
      ring()
    }, ms)
    timer.unref()
    timers.add(timer)
    return timer
  }

  return {
    ring,
    ringIn,
    ringAround() {
      for (const ms of soonMs) if (!soon.has(ms)) soon.set(ms, ringIn(ms))
      // The last one is counted from the last that was expected.
      const last = soon.get(lastMs)
      clearTimeout(last)
      if (last) timers.delete(last)
      soon.set(lastMs, ringIn(lastMs))
    },
    async wait(ms) {
      if (!hasRung) {
        const { promise, resolve } = Promise.withResolvers<void>()
        wake = resolve
        const timer = setTimeout(resolve, ms)
        timer.unref()
        await promise
        clearTimeout(timer)
      }
      hasRung = false
    },
    stop() {
      for (const timer of timers) clearTimeout(timer)
      ring()
    },
  }
}
