import { type ResourceLimits, Worker } from 'node:worker_threads'
import { Unavailable } from '../service/failure.ts'

const bootMs = 15_000
const idleMs = 30_000
const maxWaiting = 1_000

/** What it was asked for took more time or memory than it may. */
export class ThreadLost extends Error {
  override readonly name = 'ThreadLost'
}

/** Does one thing after the other, beside whatever else this process does. */
export interface Thread<Job, Result> {
  /** Throws `ThreadLost` and ends the thread where a job is too much; the next begins another. */
  ask(job: Job): Promise<Result>
  close(): Promise<void>
}

interface Begun<Job, Result> {
  ask(job: Job): Promise<Result>
  end(): Promise<unknown>
}

/**
 * A thread that begins when it is needed and ends when it is not, with all that it has loaded. Its
 * module posts a message once it is ready, and after that one for each that it gets.
 */
export function createThread<Job, Result>(options: {
  readonly module: URL
  /** What is not to be had while it cannot begin. */
  readonly what: string
  readonly jobMs: number
  readonly resourceLimits: ResourceLimits
}): Thread<Job, Result> {
  let thread: Promise<Begun<Job, Result>> | undefined
  let idle: NodeJS.Timeout | undefined
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0

  async function stop(): Promise<void> {
    const ending = thread
    thread = undefined
    await (await ending?.catch(() => undefined))?.end()
  }

  async function carryOut(job: Job): Promise<Result> {
    clearTimeout(idle)
    thread ??= begin(options)
    try {
      return await (await thread).ask(job)
    } catch (error) {
      await stop()
      throw error
    } finally {
      idle = setTimeout(() => void stop(), idleMs)
      idle.unref()
    }
  }

  return {
    async ask(job) {
      if (waiting >= maxWaiting) throw new Unavailable(options.what)
      waiting += 1
      const turn = last.then(() => carryOut(job))
      last = turn
        .catch(() => {})
        .finally(() => {
          waiting -= 1
        })
      return turn
    },
    async close() {
      await last
      clearTimeout(idle)
      await stop()
    },
  }
}

async function begin<Job, Result>({
  module,
  what,
  jobMs,
  resourceLimits,
}: Parameters<typeof createThread>[0]): Promise<Begun<Job, Result>> {
  const worker = new Worker(module, { resourceLimits, env: {}, execArgv: [] })
  // What runs in it holds up no process that is stopping.
  worker.unref()

  function answer(withinMs: number): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const timer = setTimeout(() => reject(new ThreadLost(`no answer in ${withinMs} ms`)), withinMs)
    const failed = (cause: unknown) => reject(new ThreadLost('it ended', { cause }))
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
    throw new Unavailable(what, { cause: error })
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
