/** Wakes whoever waits, or does not let them wait when it rang before. */
export interface Alarm {
  ring(): void
  /** Until it rings, or this long. */
  wait(ms: number): Promise<void>
}

export function createAlarm(): Alarm {
  let hasRung = false
  let wake = () => {}
  return {
    ring() {
      hasRung = true
      wake()
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
  }
}
