import type { Coalesced } from './coalesced.ts'

/** Runs work that nobody waits for, and runs what failed again. */
export interface Background {
  run(work: Coalesced): void
  stop(): void
}

/** Doubles with each failure in a row, up to the most. */
export function backOffMs(
  times: { retryMs: number; maxRetryMs: number },
  failures: number,
): number {
  return Math.min(times.maxRetryMs, times.retryMs * 2 ** Math.min(10, failures - 1))
}

/** However long work fails and however often it is asked for meanwhile, that is told once. */
export function createBackground(options: {
  readonly times: { readonly retryMs: number; readonly maxRetryMs: number }
  /** `isFirst` unless the same work has failed before and not succeeded since. */
  readonly onFailure: (error: unknown, isFirst: boolean) => void
  readonly onRecovery: () => void
}): Background {
  const outages = new Map<Coalesced, { failures: number; timer: NodeJS.Timeout | undefined }>()
  let isStopped = false

  function run(work: Coalesced): void {
    if (isStopped) return
    work.run().then(
      () => {
        if (outages.delete(work)) options.onRecovery()
      },
      (error: unknown) => fail(work, error),
    )
  }

  function fail(work: Coalesced, error: unknown): void {
    const outage = outages.get(work) ?? { failures: 0, timer: undefined }
    if (isStopped || outage.timer) return
    outage.failures += 1
    options.onFailure(error, outage.failures === 1)
    outage.timer = setTimeout(
      () => {
        outage.timer = undefined
        run(work)
      },
      backOffMs(options.times, outage.failures),
    ).unref()
    outages.set(work, outage)
  }

  return {
    run,
    stop() {
      isStopped = true
      for (const { timer } of outages.values()) clearTimeout(timer)
    },
  }
}
