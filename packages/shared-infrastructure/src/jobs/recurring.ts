import type { Log } from '@prognetwork/contracts'
import type { DatabaseInternals } from '../database/database.ts'
import { command, statement } from '../database/statement.ts'
import type { JobContext, RecurringJob } from '../service/definition.ts'
import { newId } from '../service/identifier.ts'
import type { Tracer } from '../telemetry/span.ts'
import { runObserved } from './observed-job.ts'

/**
 * One statement per interval and process: whoever finds the job due and unheld takes it. A holder
 * that died is followed when its lease ends.
 */
const takeLease = statement<{ epoch: number }, [name: string, holder: string, intervalMs: number]>(
  'lease.take',
  `insert into lease as l (name, holder, epoch, expires_at, last_run_at)
   values ($1, $2, 1, now() + $3 * interval '1 ms' + interval '30 s', now())
   on conflict (name) do update
     set holder = excluded.holder, epoch = l.epoch + 1,
         expires_at = excluded.expires_at, last_run_at = excluded.last_run_at
     where l.last_run_at <= now() - ($3 * 0.9) * interval '1 ms' and l.expires_at <= now()
   returning l.epoch::int as epoch`,
)

const giveBack = command<[name: string, holder: string]>(
  'lease.give_back',
  'update lease set expires_at = now() where name = $1 and holder = $2',
)

export interface JobRunner {
  /** Runs a job of this name as if its time had come; refuses a name that no job has. */
  run(name: string): Promise<void>
  /** Stops starting jobs and waits for those that run. */
  stop(): Promise<void>
}

/** Runs a service's recurring jobs, each in one process of the platform at a time. */
export function runJobs(options: {
  readonly jobs: readonly RecurringJob[]
  readonly database: DatabaseInternals
  readonly context: (jobName: string) => JobContext
  readonly tracer: Tracer
  readonly log: Log
}): JobRunner {
  const holder = newId()
  const running = new Set<Promise<void>>()
  const timers = options.jobs.map((job) => {
    const tick = () => {
      const work = runOnce(job, holder, options).finally(() => running.delete(work))
      running.add(work)
    }
    const timer = setInterval(tick, job.intervalMs)
    timer.unref()
    return timer
  })
  return {
    async run(name) {
      const job = options.jobs.find((one) => one.name === name)
      if (!job) throw new Error(`there is no job ${name}`)
      await runOnce(job, holder, options)
    },
    async stop() {
      for (const timer of timers) clearInterval(timer)
      await Promise.allSettled(running)
    },
  }
}

async function runOnce(
  job: RecurringJob,
  holder: string,
  options: Parameters<typeof runJobs>[0],
): Promise<void> {
  const context = options.context(job.name)
  try {
    const [taken] = await options.database.batch(context.ctx, [
      takeLease(job.name, holder, job.intervalMs),
    ])
    if (taken.length === 0) return
    try {
      await runObserved(job, context, options.tracer)
    } finally {
      await options.database.batch(context.ctx, [giveBack(job.name, holder)])
    }
  } catch (error) {
    options.log.error({ error, job: job.name }, 'A recurring job failed and will be tried again')
  }
}
