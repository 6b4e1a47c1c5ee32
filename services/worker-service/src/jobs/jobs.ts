import type { Context } from '@prognetwork/contracts'
import {
  jobCancelled,
  jobMissing,
  jobUnfit,
  type workerContract,
} from '@prognetwork/contracts/worker'
import {
  type Audit,
  type Call,
  type Database,
  type EventPublisher,
  type Handlers,
  jobRunsOf,
  listPage,
  Problem,
  readCursor,
  Unavailable,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import {
  admitJobs,
  beginAgain,
  cancelQueued,
  cancelRunning,
  findJob,
  listJobs,
  lockJob,
  type ShownJob,
} from './jobs.store.ts'

type WorkerHandlers = Handlers<typeof workerContract>

const cursor = z.tuple([z.uuid()])

export function createJobs(parts: {
  readonly db: Database
  readonly events: EventPublisher
  readonly audit: Audit
  readonly call: Call
  readonly perTenant: number
}) {
  const { db, events, audit, call, perTenant } = parts

  const read: WorkerHandlers['readJob'] = async (ctx, { params: { jobId } }) => {
    const [found] = await db.read(ctx, findJob(jobId))
    return found ?? missing()
  }

  const list: WorkerHandlers['listJobs'] = async (ctx, { query }) => {
    const { state = null, kind = null, after, limit } = query
    const [before = null] = readCursor(after, cursor) ?? []
    const rows = await db.read(ctx, listJobs(state, kind, before, limit + 1))
    return listPage(rows, limit, (row) => [row.id])
  }

  const recorded = (ctx: Context, jobId: string, action: string) =>
    audit(ctx, { action, outcome: 'success', resource: `job/${jobId}` })

  /** Its run ends at once if it can be reached; else when whoever follows it asks next. */
  async function stopRun(ctx: Context, { id, service }: ShownJob): Promise<void> {
    try {
      const { stopJobRun } = jobRunsOf(service).operations
      await call(ctx, stopJobRun, { body: { jobId: id } })
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error
      ctx.log.warn({ error, jobId: id }, 'A job that was cancelled goes on for a moment')
    }
  }

  const cancel: WorkerHandlers['cancelJob'] = async (ctx, { params }) => {
    const { jobId } = params
    const before = await db.transaction(ctx, async (tx) => {
      const [found] = await tx.run(lockJob(jobId))
      if (!found) return missing()
      if (found.state === 'succeeded' || found.state === 'failed')
        throw new Problem(jobUnfit, `It has ${found.state}`)
      const { service, kind, requestedBy } = found
      if (found.state === 'queued')
        await tx.batch([
          cancelQueued(jobId, ctx.now),
          await events.put(ctx, jobCancelled, { jobId, service, kind, requestedBy }),
          admitJobs(perTenant, ctx.now),
        ])
      if (found.state === 'running') await tx.run(cancelRunning(jobId))
      if (found.state !== 'cancelled') await tx.run(recorded(ctx, jobId, 'job.cancelled'))
      return found
    })
    if (before.state === 'running') await stopRun(ctx, before)
    return read(ctx, { params })
  }

  const retry: WorkerHandlers['retryJob'] = async (ctx, { params }) => {
    const { jobId } = params
    await db.transaction(ctx, async (tx) => {
      const [found] = await tx.run(lockJob(jobId))
      if (!found) return missing()
      if (found.state !== 'failed' && found.state !== 'cancelled')
        throw new Problem(jobUnfit, `It is ${found.state}`)
      await tx.batch([
        beginAgain(jobId, ctx.now),
        admitJobs(perTenant, ctx.now),
        recorded(ctx, jobId, 'job.retried'),
      ])
    })
    return read(ctx, { params })
  }

  return { list, read, cancel, retry }
}

function missing(): never {
  throw new Problem(jobMissing, 'It never was, or was forgotten')
}
