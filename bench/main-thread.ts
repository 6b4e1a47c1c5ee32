import type { Browsing } from '@prognetwork/testing'

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  /** Microseconds, by the clock and by the CPU the thread had. */
  readonly dur?: number
  readonly tdur?: number
  readonly args: { readonly name?: string }
}

/** What the main thread of a page did: each of its tasks, in milliseconds of CPU and by the clock. */
export interface Tasks {
  readonly cpuMs: readonly number[]
  readonly clockMs: readonly number[]
  /** The share of a core. */
  readonly busy: number
}

/**
 * Traces the main thread of a page from now on; answers how to end that. Where several processes share few
 * cores, a task waits for its turn, so what it took is told in CPU.
 */
export async function watchMainThread(page: Browsing['page']): Promise<() => Promise<Tasks>> {
  const session = await page.context().newCDPSession(page)
  const events: TraceEvent[] = []
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as never[])))
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['disabled-by-default-devtools.timeline', '__metadata'] },
  })
  const startedMs = performance.now()
  return async () => {
    const seconds = (performance.now() - startedMs) / 1_000
    const ended = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve))
    await session.send('Tracing.end')
    await ended
    await session.detach()
    const mains = new Set(
      events
        .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
        .map(({ pid, tid }) => `${pid} ${tid}`),
    )
    const tasks = events.filter(
      ({ name, pid, tid }) => name === 'RunTask' && mains.has(`${pid} ${tid}`),
    )
    if (tasks.length === 0) throw new Error('the browser told of no task')
    const cpuMs = tasks.map(({ tdur = 0 }) => tdur / 1_000)
    const all = cpuMs.reduce((sum, one) => sum + one, 0)
    return {
      cpuMs,
      clockMs: tasks.map(({ dur = 0 }) => dur / 1_000),
      busy: all / 1_000 / seconds,
    }
  }
}
