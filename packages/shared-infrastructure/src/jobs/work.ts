// Tracked jobs as the service sees them that carries them out. Who asks for one commits an event;
// worker-service keeps what becomes of it, and has the handler run here.
import type { Context, JobKind } from '@prognetwork/contracts'
import type { z } from 'zod'

/** How far a job is. */
export interface Progress {
  readonly done: number
  /** Null while nobody knows it. */
  readonly total: number | null
  readonly note: string | null
}

/** One job while it is carried out. */
export interface JobRun {
  /** The id of its effect, the same at every try: what was done under it is not done again. */
  readonly id: string
  /** Aborts when the job is cancelled, or nobody is there any more who follows it. */
  readonly signal: AbortSignal
  progress(done: number, total?: number | null, note?: string | null): void
}

/**
 * Carries a job out, under the principal that asked for it. A `Problem` ends the job, anything else
 * that is thrown lets it be tried again. It may run again after it has succeeded, and at worst while
 * it still runs elsewhere.
 */
type WorkHandler<Kind extends JobKind> = (
  ctx: Context,
  input: z.output<Kind['input']>,
  run: JobRun,
) => Promise<z.input<Kind['result']>>

/** One kind of job, with how it is done. */
export interface Work {
  readonly kind: JobKind
  readonly handler: WorkHandler<JobKind>
}

export function carryOut<Kind extends JobKind>(kind: Kind, handler: WorkHandler<Kind>): Work {
  return { kind, handler: handler as WorkHandler<JobKind> }
}
