import { command, statement } from '@prognetwork/shared-infrastructure'
import type { jobs } from '../tables.ts'

type Row = typeof jobs.$inferSelect

/** A job as its tenant sees it. */
export type ShownJob = Pick<
  Row,
  | 'id'
  | 'service'
  | 'kind'
  | 'state'
  | 'priority'
  | 'progress'
  | 'result'
  | 'error'
  | 'attempts'
  | 'maxAttempts'
  | 'requestedBy'
  | 'createdAt'
  | 'startedAt'
  | 'endedAt'
> & { readonly traceId: string }

/** A job with all that is needed to carry it out. */
export type TakenJob = Pick<
  Row,
  | 'id'
  | 'service'
  | 'kind'
  | 'input'
  | 'principal'
  | 'requestedBy'
  | 'trace'
  | 'attempts'
  | 'run'
  | 'maxAttempts'
>

const shown = `id, service, kind, state, priority, progress, result, error, attempts,
  max_attempts as "maxAttempts", requested_by as "requestedBy", trace ->> 'traceId' as "traceId",
  created_at as "createdAt", started_at as "startedAt", ended_at as "endedAt"`

export const findJob = statement<ShownJob, [id: string]>(
  'job.find',
  `select ${shown} from job where id = $1`,
)

export const lockJob = statement<ShownJob, [id: string]>(
  'job.lock',
  `select ${shown} from job where id = $1 for update`,
)

export const listJobs = statement<
  ShownJob,
  [state: string | null, kind: string | null, before: string | null, limit: number]
>(
  'job.list',
  `select ${shown} from job
   where ($1::text is null or state = $1) and ($2::text is null or kind = $2)
     and ($3::uuid is null or id < $3)
   order by id desc limit $4`,
)

/** What is asked for twice under one id is one job. */
export const insertJob = command<[record: string, now: string]>(
  'job.insert',
  `insert into job (id, service, kind, state, priority, input, principal, requested_by, trace,
     max_attempts, due_at, created_at)
   select r.id, r.service, r.kind, 'queued', r.priority, r.input, r.principal, r."requestedBy",
     r.trace, r."maxAttempts", $2, r."createdAt"
   from jsonb_to_record($1::jsonb) as r (id uuid, service text, kind text, priority smallint,
     input jsonb, principal jsonb, "requestedBy" text, trace jsonb, "maxAttempts" smallint,
     "createdAt" timestamptz)
   on conflict do nothing`,
)

/** Lets the tenant have no more than `most` in the queue and in work. */
export const admitJobs = command<[most: number, now: string]>(
  'job.admit',
  'select admit_jobs($1, $2)',
)

/** The same after a transaction that is long, or of many tenants. */
export const admitSoon = command('job.admit_soon', 'select admit_soon()')

export const cancelQueued = command<[id: string, now: string]>(
  'job.cancel_queued',
  `update job set state = 'cancelled', is_cancelled = true, admitted_at = null, ended_at = $2
   where id = $1 and state = 'queued'`,
)

/** Whoever follows it has it stopped. */
export const cancelRunning = command<[id: string]>(
  'job.cancel_running',
  `update job set is_cancelled = true where id = $1 and state = 'running'`,
)

export const beginAgain = command<[id: string, now: string]>(
  'job.begin_again',
  `update job set state = 'queued', is_cancelled = false, attempts = 0, abandoned = 0, run = run + 1,
     progress = null, result = null, error = null, started_at = null, ended_at = null, due_at = $2
   where id = $1 and state in ('failed', 'cancelled')`,
)
