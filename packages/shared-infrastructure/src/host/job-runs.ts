// Tracked jobs are kept by worker-service and carried out by the service whose work they are. Such a
// service answers these operations, without writing them. A run is followed by being asked again and
// again: whoever asks joins what runs already, and what nobody asks for any more is stopped.
import { type Context, contract, type Input, operation } from '@prognetwork/contracts'
import { jobProgress } from '@prognetwork/contracts/worker'
import { z } from 'zod'
import type { Progress, Work } from '../jobs/work.ts'
import { Problem, Unavailable } from '../service/failure.ts'
import type { Tracer } from '../telemetry/span.ts'
import { type OperationHost, type RunnableOperation, runnable } from './operation.ts'

const auth = { service: ['worker-service'] } as const
const exampleId = '01938d5e-7c1a-7b32-9f60-0c5b1a2d3e4f'

/** `interrupted` is no end: it did not fail, and goes on elsewhere or later. */
const runState = z.enum(['running', 'succeeded', 'failed', 'cancelled', 'interrupted'])

/** The operations of one service about the jobs that it carries out. */
export function jobRunsOf(service: string) {
  return contract(service, {
    followJobRun: operation('POST', '/v1/job-runs', {
      summary: 'Carry a job out; answers when it ends, gets on, or after a while',
      auth,
      body: z.strictObject({
        jobId: z.uuid(),
        /** Which try it is. */
        run: z.int(),
        kind: z.string(),
        /** JSON text. */
        input: z.string(),
        waitMs: z.int().min(0).max(8_000),
      }),
      reply: {
        200: z.object({
          state: runState,
          progress: jobProgress.nullable(),
          /** JSON text. */
          result: z.string().nullable(),
          error: z
            .object({ code: z.string(), detail: z.string(), isFinal: z.boolean() })
            .nullable(),
        }),
      },
      bodyLimitBytes: 4 * 1_048_576,
      example: {
        body: { jobId: exampleId, run: 1, kind: 'export', input: '{}', waitMs: 5_000 },
        reply: { state: 'succeeded', progress: null, result: '{}', error: null },
      },
    }),
    stopJobRun: operation('POST', '/v1/job-runs/stop', {
      summary: 'Have the run of a job end',
      auth,
      body: z.strictObject({ jobId: z.uuid() }),
      reply: { 200: z.object({ isRunning: z.boolean() }) },
      example: { body: { jobId: exampleId }, reply: { isRunning: true } },
    }),
  })
}

type Operations = ReturnType<typeof jobRunsOf>['operations']
type Asked = Input<Operations['followJobRun']>['body']
type Answer = z.output<Operations['followJobRun']['shape']['reply'][200]>
type Outcome = Pick<Answer, 'state' | 'result' | 'error'>

/** Who followed it is gone by then; what a run came to is forgotten as well. */
const silenceMs = 60_000
/** The shortest time between two answers that only tell of progress. */
const progressMs = 400
const stopMs = 5_000
const maxResultBytes = 262_144

interface Run {
  readonly number: number
  readonly stopping: AbortController
  readonly ended: Promise<Outcome>
  outcome: Outcome | undefined
  progress: Progress | null
  /** Resolves when there is progress to tell; another one after each answer. */
  told: PromiseWithResolvers<void>
  readonly silence: NodeJS.Timeout
}

export interface JobRuns {
  readonly operations: readonly RunnableOperation[]
  /** Interrupts what runs, and waits for its end, but not for ever. */
  stop(): Promise<void>
}

class Interrupted extends Error {}

/** For a service that carries out jobs; nothing for any other. */
export function createJobRuns(
  service: string,
  works: readonly Work[],
  host: OperationHost,
  tracer: Tracer,
): JobRuns | undefined {
  if (works.length === 0) return undefined
  const runs = new Map<string, Run>()
  let isStopping = false

  function begin(ctx: Context, place: string, work: Work, asked: Asked): Run {
    const stopping = new AbortController()
    const silence = setTimeout(() => {
      if (run.outcome) runs.delete(place)
      else stopping.abort(new Interrupted('nobody follows it'))
    }, silenceMs)
    silence.unref()
    const ended = Promise.resolve().then(() => carryOutOnce(ctx, work, asked, run))
    const run: Run = {
      ...{ number: asked.run, stopping, ended, silence },
      ...{ outcome: undefined, progress: null, told: Promise.withResolvers() },
    }
    runs.set(place, run)
    return run
  }

  async function carryOutOnce(ctx: Context, work: Work, asked: Asked, run: Run): Promise<Outcome> {
    const { kind, handler } = work
    const attributes = { 'job.id': asked.jobId, 'job.run': asked.run }
    const span = tracer.start(`${service} ${kind.name}`, 'consumer', ctx.trace, attributes)
    try {
      const input = kind.input.parse(JSON.parse(asked.input))
      const { signal } = run.stopping
      const progress = reporterOf(run)
      const found = await handler({ ...ctx, trace: span.trace }, input, {
        ...{ id: asked.jobId, signal, progress },
      })
      const result = JSON.stringify(kind.result.parse(found))
      if (result.length > maxResultBytes)
        throw new Error(`${kind.name} answers ${result.length} bytes: put them into storage`)
      span.end()
      run.outcome = { state: 'succeeded', result, error: null }
    } catch (error) {
      run.outcome = outcomeOf(error, run.stopping.signal, span.trace.traceId)
      span.end(run.outcome.error && !run.outcome.error.isFinal ? 'error' : 'problem')
      if (run.outcome.error?.code === unexpected)
        host.log.error({ error, jobId: asked.jobId, kind: kind.name }, 'A job failed')
    }
    run.silence.refresh()
    return run.outcome
  }

  async function follow(ctx: Context, { body }: { body: Asked }): Promise<Answer> {
    const place = `${ctx.scope.tenantId}/${body.jobId}`
    const work = works.find((one) => one.kind.name === body.kind)
    if (!work) return { ...unknownKind(body.kind), progress: null }
    if (isStopping) return { ...interrupted, progress: null }
    const known = runs.get(place)
    // A run of an earlier try that has not ended is joined: two at once would be worse.
    const isKnown = known && (known.number === body.run || !known.outcome)
    const run = isKnown ? known : begin(ctx, place, work, body)
    run.silence.refresh()
    const outcome = run.outcome ?? (await untilNews(run, body.waitMs))
    return {
      ...(outcome ?? { state: 'running', result: null, error: null }),
      progress: run.progress,
    }
  }

  const { operations } = jobRunsOf(service)
  return {
    operations: [
      runnable(operations.followJobRun, follow, host),
      runnable(
        operations.stopJobRun,
        (ctx: Context, { body }: Input<Operations['stopJobRun']>) => {
          const run = runs.get(`${ctx.scope.tenantId}/${body.jobId}`)
          run?.stopping.abort()
          return { isRunning: run !== undefined && run.outcome === undefined }
        },
        host,
      ),
    ],
    async stop() {
      isStopping = true
      const open = [...runs.values()].filter((run) => !run.outcome)
      for (const run of open) run.stopping.abort(new Interrupted('the service stops'))
      const patience = Promise.withResolvers<void>()
      const timer = setTimeout(patience.resolve, stopMs)
      await Promise.race([Promise.all(open.map((run) => run.ended)), patience.promise])
      clearTimeout(timer)
      for (const { silence } of runs.values()) clearTimeout(silence)
    },
  }
}

function reporterOf(run: Run) {
  let isDue = false
  return (done: number, total: number | null = null, note: string | null = null) => {
    run.progress = { done, total, note: note?.slice(0, 200) ?? null }
    if (isDue) return
    isDue = true
    setTimeout(() => {
      isDue = false
      run.told.resolve()
    }, progressMs).unref()
  }
}

async function untilNews(run: Run, waitMs: number): Promise<Outcome | undefined> {
  const patience = Promise.withResolvers<undefined>()
  const timer = setTimeout(patience.resolve, waitMs, undefined)
  const news = run.told.promise.then(() => {
    run.told = Promise.withResolvers()
    return undefined
  })
  const outcome = await Promise.race([run.ended, news, patience.promise])
  clearTimeout(timer)
  return outcome
}

const unexpected = 'job.failed'
const interrupted: Outcome = { state: 'interrupted', result: null, error: null }

function unknownKind(kind: string): Outcome {
  const detail = `The service carries out no ${kind}`
  return {
    state: 'failed',
    result: null,
    error: { code: 'job.kind_unknown', detail, isFinal: true },
  }
}

/** What is thrown once a run was stopped is its end, whatever it says. */
function outcomeOf(error: unknown, signal: AbortSignal, traceId: string): Outcome {
  if (signal.aborted)
    return signal.reason instanceof Interrupted
      ? interrupted
      : { state: 'cancelled', result: null, error: null }
  const failed = (code: string, detail: string, isFinal: boolean): Outcome => ({
    ...{ state: 'failed', result: null, error: { code, detail, isFinal } },
  })
  if (error instanceof Problem) return failed(error.code, error.message, true)
  if (error instanceof Unavailable) return failed('service.unavailable', error.message, false)
  return failed(unexpected, `An error of ours; its trace is ${traceId}`, false)
}
