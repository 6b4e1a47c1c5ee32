import type { Coalesced } from './coalesced.ts'
import { Outage } from './outage.ts'

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
  /** `isNews` unless the same work has failed before like that and not succeeded since. */
  readonly onFailure: (error: unknown, isNews: boolean) => void
  readonly onRecovery: () => void
}): Background {
  const outages = new Map<Coalesced, { outage: Outage; timer: NodeJS.Timeout | undefined }>()
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
    const one = outages.get(work) ?? { outage: new Outage(), timer: undefined }
    if (isStopped || one.timer) return
    options.onFailure(error, one.outage.isNews(error))
    one.timer = setTimeout(
      () => {
        one.timer = undefined
        run(work)
      },
      backOffMs(options.times, one.outage.failures),
    ).unref()
    outages.set(work, one)
  }

  return {
    run,
    stop() {
      isStopped = true
      for (const { timer } of outages.values()) clearTimeout(timer)
    },
  }
}
