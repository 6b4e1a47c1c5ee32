// Carries jobs out, in the services whose work they are. A job in work has a lease, which asking after
// it renews; so a job whose follower died is taken up again, and its run is joined if it still goes on.
import type { Context, Output, Statement } from '@prognetwork/contracts'
import { jobCancelled, jobFailed, jobProgressed, jobSucceeded } from '@prognetwork/contracts/worker'
import {
  type Call,
  type Database,
  type EventPublisher,
  type JobContext,
  jobRunsOf,
  later,
  newId,
  type PlatformDoor,
  Unavailable,
} from '@prognetwork/shared-infrastructure'
import { admitJobs, type TakenJob } from '../jobs/jobs.store.ts'
import {
  abandonRuns,
  type Ending,
  endRun,
  forgetJobs,
  keepJob,
  listLying,
  submitAgain,
  takeJob,
} from './carrying.store.ts'

type Answer = Output<ReturnType<typeof jobRunsOf>['operations']['followJobRun']>

/** Longer than any answer takes. */
const leaseMs = 30_000
const waitMs = 5_000
/** An entry that did not come from the queue by then is put in again. */
const lostMs = 60_000
/** While its service is away; that is no failure of the job. */
const awayMs = 10_000
const maxAbandoned = 5
const keptMs = 30 * 24 * 3_600_000
const lotSize = 500
const reason = 'carry jobs out'
const abandoned = {
  code: 'job.abandoned',
  detail: 'Whoever carried it out did not live to tell, again and again',
}

export interface CarryingParts {
  readonly db: Database
  readonly platform: PlatformDoor
  readonly events: EventPublisher
  readonly call: Call
  readonly perTenant: number
}

/** Doubles with every try, up to five minutes. */
function retryAfterMs(tries: number): number {
  return Math.min(300_000, 1_000 * 2 ** Math.min(tries, 10))
}

export function createCarrying({ db, platform, events, call, perTenant }: CarryingParts) {
  const stopping = new AbortController()
  const timers = new Set<NodeJS.Timeout>()
  const stopped = new Promise<'stopped'>((resolve) => {
    stopping.signal.addEventListener('abort', () => resolve('stopped'))
  })

  const admit = (ctx: Context) => db.batch(ctx, [admitJobs(perTenant, ctx.now)])

  /** For what is to be tried again then. */
  function admitLater(own: Context, tenantId: string, inMs: number): void {
    if (stopping.signal.aborted) return
    const timer = setTimeout(() => {
      timers.delete(timer)
      admit(platform.enter(own, tenantId, reason)).catch((error: unknown) =>
        own.log.warn({ error, tenantId }, 'Jobs wait until somebody looks again'),
      )
    }, inMs)
    timer.unref()
    timers.add(timer)
  }

  async function toldOf(
    ctx: Context,
    job: TakenJob,
    { state, error }: Pick<Ending, 'state' | 'error'>,
  ): Promise<Statement[]> {
    const about = aboutOf(job)
    if (state === 'succeeded') return [await events.put(ctx, jobSucceeded, about)]
    if (state === 'cancelled') return [await events.put(ctx, jobCancelled, about)]
    if (state === 'queued') return []
    return [await events.put(ctx, jobFailed, { ...about, code: error?.code ?? 'job.failed' })]
  }

  /** Commits the end of a run with what is told of it, unless somebody else has the job by now. */
  async function end(ctx: Context, job: TakenJob, lease: string, ending: Ending): Promise<void> {
    await db.transaction(ctx, async (tx) => {
      const [ended] = await tx.run(endRun(job.id, lease, ending, ctx.now))
      if (!ended) return
      const { state } = ended
      await tx.batch([
        ...(await toldOf(ctx, job, { ...ending, state })),
        admitJobs(perTenant, ctx.now),
      ])
    })
  }

  /** What a run was last heard of; another way than to its end is taken up later. */
  async function follow(ctx: Context, job: TakenJob, lease: string): Promise<Answer> {
    const { followJobRun, stopJobRun } = jobRunsOf(job.service).operations
    const asked = {
      ...{ jobId: job.id, run: job.run, kind: job.kind, waitMs },
      input: JSON.stringify(job.input),
    }
    for (;;) {
      const answer = await Promise.race([
        call(ctx, followJobRun, { body: asked }, { isBackground: true }),
        stopped,
      ])
      if (answer === 'stopped') return interrupted
      if (answer.state !== 'running') return answer
      const { progress } = answer
      const now = clockOf(platform, ctx)
      const [[kept]] = await db.batch(ctx, [
        keepJob(job.id, lease, progress && JSON.stringify(progress), later(now, leaseMs)),
        ...(progress
          ? [await events.put(ctx, jobProgressed, { ...aboutOf(job), ...progress })]
          : []),
      ])
      if (!kept) return interrupted
      if (kept.isCancelled)
        await call(ctx, stopJobRun, { body: { jobId: job.id } }, { isBackground: true })
    }
  }

  async function outcomeOf(ctx: Context, job: TakenJob, lease: string): Promise<Answer> {
    try {
      return await follow(ctx, job, lease)
    } catch (error) {
      if (error instanceof Unavailable) return { ...interrupted, error: away }
      ctx.log.error({ error, jobId: job.id, kind: job.kind }, 'A job could not be carried out')
      return { ...interrupted, state: 'failed', error: unanswered }
    }
  }

  return {
    /** Has one job done that comes from the queue; it may have been done, or be somebody's. */
    async carryOut(own: Context, tenantId: string, jobId: string | undefined): Promise<void> {
      const ctx = platform.enter(own, tenantId, reason)
      if (jobId === undefined) return void (await admit(ctx))
      const lease = newId()
      const [[job]] = await db.batch(ctx, [takeJob(jobId, lease, ctx.now, later(ctx.now, leaseMs))])
      if (!job) return
      const asRequester = asRequesterOf(ctx, job)
      const answer = await outcomeOf(asRequester, job, lease)
      const ended = { ...asRequester, now: clockOf(platform, ctx) }
      const ending = endingOf(answer, job, ended.now, stopping.signal.aborted)
      await end(ended, job, lease, ending)
      if (ending.dueAt !== null)
        admitLater(own, tenantId, Date.parse(ending.dueAt) - Date.parse(ended.now))
    },

    /** Takes up what was left lying; also what nobody looked for at its time. */
    async resume(job: JobContext): Promise<void> {
      const { ctx } = job
      const lostBefore = later(ctx.now, -lostMs)
      const lying = await platform.read(ctx, 'take up jobs', listLying(ctx.now, lostBefore))
      await job.forEach(lying, async (inTenant) => {
        await db.transaction(inTenant, async (tx) => {
          const left = await tx.run(
            abandonRuns(inTenant.now, maxAbandoned, JSON.stringify(abandoned)),
          )
          for (const { state, ...one } of left)
            await tx.batch(await toldOf(inTenant, one, { state, error: abandoned }))
          await tx.batch([
            submitAgain(lostBefore, inTenant.now),
            admitJobs(perTenant, inTenant.now),
          ])
        })
      })
    },

    async forget({ ctx }: JobContext): Promise<void> {
      const before = later(ctx.now, -keptMs)
      for (let forgotten = lotSize; forgotten === lotSize; )
        forgotten = await platform.transaction(ctx, 'forget jobs of long ago', async (tx) => {
          return (await tx.run(forgetJobs(before, lotSize))).length
        })
    },

    /** Lets go of everything in work, for others or for the next start. */
    stop() {
      stopping.abort()
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

const interrupted: Answer = { state: 'interrupted', progress: null, result: null, error: null }
const away = { code: 'service.unavailable', detail: 'Its service is away', isFinal: false }
const unanswered = { code: 'job.failed', detail: 'Its service failed at it', isFinal: false }

/** A job may take longer than the moment at which it began. */
function clockOf(platform: PlatformDoor, ctx: Context): string {
  return platform.enter(ctx, ctx.scope.tenantId, reason).now
}

function aboutOf({ id, service, kind, requestedBy }: TakenJob) {
  return { jobId: id, service, kind, requestedBy }
}

/** For whom it was asked, in the trace in which it was. */
function asRequesterOf(ctx: Context, { principal, trace }: TakenJob): Context {
  const permissions = new Set(principal.permissions)
  return { ...ctx, trace, principal: Object.freeze({ ...principal, permissions }) }
}

function endingOf(answer: Answer, job: TakenJob, now: string, isStopping: boolean): Ending {
  const { state, progress, result } = answer
  const error = answer.error && { code: answer.error.code, detail: answer.error.detail }
  if (state === 'interrupted' || state === 'running')
    return {
      ...{ state: 'queued', progress, result: null, error, isTry: false },
      dueAt: isStopping || !error ? now : later(now, awayMs),
    }
  const tries = job.attempts + 1
  const isOver = state !== 'failed' || answer.error?.isFinal || tries >= job.maxAttempts
  if (isOver) return { state, progress, result, error, isTry: true, dueAt: null }
  const dueAt = later(now, retryAfterMs(tries))
  return { state: 'queued', progress, result: null, error, isTry: true, dueAt }
}
