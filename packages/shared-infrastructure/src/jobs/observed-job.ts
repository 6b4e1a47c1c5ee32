import type { Context, Trace } from '@prognetwork/contracts'
import type { JobContext, RecurringJob } from '../service/definition.ts'
import { logOfWork } from '../telemetry/log.ts'
import type { Span, Tracer } from '../telemetry/span.ts'
import { createJobContext } from './job-context.ts'

/** A job's work in one tenant. */
interface Work {
  readonly span: Span
  /** Somebody took its trace along: for a call, an event, a statement of its own. */
  goesOn: boolean
}

const longMs = 1_000

/**
 * Runs the job under a span of its own, and its work for each tenant under one that is the tenant's. They
 * are told only when something goes on from them, when the job took long or when it failed: most runs
 * find nothing to do, every few seconds.
 */
export async function runObserved(
  job: RecurringJob,
  context: JobContext,
  tracer: Tracer,
): Promise<void> {
  const begin = (tenantId: string, parent?: Trace): Work => {
    const span = tracer.start(`job ${job.name}`, 'internal', parent)
    span.belongTo(tenantId)
    return { span, goesOn: false }
  }
  const { tenantId } = context.ctx.scope
  const whole = begin(tenantId)
  const ofTenants = new Map<string, Work>()
  const startedMs = performance.now()
  let failed = true
  try {
    const forTenant = (of: string) => {
      const work = ofTenants.get(of) ?? begin(of, whole.span.trace)
      ofTenants.set(of, work)
      return inWork(context.forTenant(of), work)
    }
    const log = logOfWork(context.log, whole.span.trace.traceId, tenantId)
    await job.run(createJobContext(inWork(context.ctx, whole), forTenant, log))
    failed = false
  } finally {
    const going = [...ofTenants.values()].filter((one) => one.goesOn)
    for (const { span } of going) span.end()
    const isLong = performance.now() - startedMs > longMs
    if (failed) whole.span.end('error')
    else if (whole.goesOn || going.length > 0 || isLong) whole.span.end()
  }
}

function inWork(ctx: Context, work: Work): Context {
  return Object.defineProperty({ ...ctx }, 'trace', {
    enumerable: true,
    get() {
      work.goesOn = true
      return work.span.trace
    },
  })
}
