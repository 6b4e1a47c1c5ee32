import type { Context, Log } from '@prognetwork/contracts'
import type { DatabaseInternals } from '../database/database.ts'
import { command, statement } from '../database/statement.ts'
import type { JobContext, RecurringJob } from '../service/definition.ts'
import { newId } from '../service/identifier.ts'
import { logOfWork } from '../telemetry/log.ts'
import type { Tracer } from '../telemetry/span.ts'

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
      await observed(job, context, options.tracer)
    } finally {
      await options.database.batch(context.ctx, [giveBack(job.name, holder)])
    }
  } catch (error) {
    options.log.error({ error, job: job.name }, 'A recurring job failed and will be tried again')
  }
}

const longMs = 1_000

/**
 * Runs the job under a span of its own. It is told only when something goes on from it (a call, an
 * event), when it took long or when it failed: most runs find nothing to do, every few seconds.
 */
async function observed(job: RecurringJob, context: JobContext, tracer: Tracer): Promise<void> {
  const span = tracer.start(`job ${job.name}`, 'internal', undefined)
  const startedMs = performance.now()
  let goesOn = false
  const inSpan = (ctx: Context): Context =>
    Object.defineProperty({ ...ctx }, 'trace', {
      enumerable: true,
      get() {
        goesOn = true
        return span.trace
      },
    })
  const { tenantId } = context.ctx.scope
  span.belongTo(tenantId)
  try {
    await job.run({
      ctx: inSpan(context.ctx),
      forTenant: (of) => inSpan(context.forTenant(of)),
      log: logOfWork(context.log, span.trace.traceId, tenantId),
    })
  } catch (error) {
    span.end('error')
    throw error
  }
  if (goesOn || performance.now() - startedMs > longMs) span.end()
}
