// Asks the thread that fills templates in, one thing after the other. It begins when it is needed
// and ends when it is not; a template that takes too long ends it as well.
import { Worker } from 'node:worker_threads'
import { Unavailable } from '@prognetwork/shared-infrastructure'
import type { Values } from '../tables.ts'
import type { Compiled, Fault, Job, Result, Source } from './job.ts'

const jobMs = 3_000
const bootMs = 15_000
const idleMs = 30_000
const maxWaiting = 1_000
/** Mebibytes; what a template makes is far smaller. */
const resourceLimits = { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 }

/** A template that cannot be used, or not with these values. */
export class Unrenderable extends Error {
  override readonly name = 'Unrenderable'
  readonly faults: readonly Fault[]

  constructor(faults: readonly Fault[]) {
    super(faults[0]?.detail ?? 'It cannot be used')
    this.faults = faults
  }
}

export interface Rendering {
  /** Throws `Unrenderable` with every place that is wrong. */
  compile(source: Source, sample: Values): Promise<Compiled>
  fill(compiled: Compiled, values: Values, options?: { isStrict?: boolean }): Promise<Compiled>
  close(): Promise<void>
}

interface Thread {
  ask(job: Job): Promise<Result>
  end(): Promise<unknown>
}

export function createRendering(): Rendering {
  let thread: Promise<Thread> | undefined
  let idle: NodeJS.Timeout | undefined
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0

  async function stop(): Promise<void> {
    const ending = thread
    thread = undefined
    await (await ending?.catch(() => undefined))?.end()
  }

  async function carryOut(job: Job): Promise<Compiled> {
    clearTimeout(idle)
    thread ??= startThread()
    try {
      const result = await (await thread).ask(job)
      if ('done' in result) return result.done
      throw new Unrenderable(result.faults)
    } catch (error) {
      if (error instanceof Unrenderable && error.faults !== tooMuch) throw error
      await stop()
      throw error
    } finally {
      idle = setTimeout(() => void stop(), idleMs)
      idle.unref()
    }
  }

  function inTurn(job: Job): Promise<Compiled> {
    if (waiting >= maxWaiting) throw new Unavailable('the rendering of templates')
    waiting += 1
    const turn = last.then(() => carryOut(job))
    last = turn
      .catch(() => {})
      .finally(() => {
        waiting -= 1
      })
    return turn
  }

  return {
    compile: async (source, sample) => inTurn({ kind: 'compile', source, sample }),
    fill: async (compiled, values, { isStrict = false } = {}) =>
      inTurn({ kind: 'fill', compiled, values, isStrict }),
    async close() {
      await last
      clearTimeout(idle)
      await stop()
    },
  }
}

const tooMuch: readonly Fault[] = [
  { part: 'html', line: 1, detail: 'It takes more time or memory than a mail may' },
]

async function startThread(): Promise<Thread> {
  const worker = new Worker(new URL('./render-worker.ts', import.meta.url), {
    resourceLimits,
    env: {},
    execArgv: [],
  })
  // What runs in it holds up no process that is stopping.
  worker.unref()

  function answer(withinMs: number): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const timer = setTimeout(() => reject(new Unrenderable(tooMuch)), withinMs)
    const failed = () => reject(new Unrenderable(tooMuch))
    worker.once('message', resolve).once('error', failed).once('exit', failed)
    return promise.finally(() => {
      clearTimeout(timer)
      worker.off('message', resolve).off('error', failed).off('exit', failed)
    })
  }

  try {
    await answer(bootMs)
  } catch (error) {
    await worker.terminate()
    throw new Unavailable('the rendering of templates', { cause: error })
  }
  return {
    ask(job) {
      const result = answer(jobMs)
      worker.postMessage(job)
      return result as Promise<Result>
    },
    end: () => worker.terminate(),
  }
}
