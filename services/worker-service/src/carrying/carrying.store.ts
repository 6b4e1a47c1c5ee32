import { command, statement } from '@prognetwork/shared-infrastructure'
import type { TakenJob } from '../jobs/jobs.store.ts'

const taken = `id, service, kind, input, principal, requested_by as "requestedBy", trace, attempts, run,
  max_attempts as "maxAttempts"`

/** Nothing when somebody has it, or it has ended, or is to wait. */
export const takeJob = statement<TakenJob, [id: string, lease: string, now: string, until: string]>(
  'job.take',
  `update job set state = 'running', lease = $2, lease_until = $4,
     started_at = coalesce(started_at, $3::timestamptz)
   where id = $1 and state = 'queued' and admitted_at is not null returning ${taken}`,
)

/** Nothing when somebody else has taken it up meanwhile. */
export const keepJob = statement<
  { isCancelled: boolean },
  [id: string, lease: string, progress: string | null, until: string]
>(
  'job.keep',
  `update job set progress = coalesce($3::jsonb, progress), lease_until = $4
   where id = $1 and lease = $2 returning is_cancelled as "isCancelled"`,
)

/** How a run ended; `dueAt` is when it is tried again. */
export interface Ending {
  readonly state: 'queued' | 'succeeded' | 'failed' | 'cancelled'
  readonly progress: object | null
  /** JSON text. */
  readonly result: string | null
  readonly error: { readonly code: string; readonly detail: string } | null
  /** Whether it counts as a try. */
  readonly isTry: boolean
  readonly dueAt: string | null
}

/** What was cancelled is not queued again, and the state that it came to is answered. */
const end = statement<
  { state: Ending['state'] },
  [
    id: string,
    lease: string,
    state: string,
    progress: string | null,
    result: string | null,
    error: string | null,
    tries: number,
    dueAt: string | null,
    now: string,
  ]
>(
  'job.end',
  `update job set
     state = case when $3 = 'queued' and is_cancelled then 'cancelled' else $3 end,
     ended_at = case when $3 = 'queued' and not is_cancelled then null else $9::timestamptz end,
     progress = coalesce($4::jsonb, progress), result = $5, error = $6, attempts = attempts + $7,
     run = run + $7, due_at = coalesce($8, due_at), admitted_at = null, lease = null,
     lease_until = null
   where id = $1 and lease = $2 returning state`,
)

export function endRun(id: string, lease: string, ending: Ending, now: string) {
  const { state, progress, result, error, isTry, dueAt } = ending
  return end(
    ...([id, lease, state, progress && JSON.stringify(progress), result] as const),
    ...([error && JSON.stringify(error), isTry ? 1 : 0, dueAt] as const),
    now,
  )
}

/** Tenants with something that was left lying. */
export const listLying = statement<{ tenantId: string }, [now: string, lostBefore: string]>(
  'job.list_lying',
  `select tenant_id as "tenantId" from job where state = 'running' and lease_until < $1
   union select tenant_id from job where state = 'queued' and admitted_at is null and due_at <= $1
   union select tenant_id from job where state = 'queued' and admitted_at < $2`,
)

/** Whoever followed them is dead: they wait again, and are given up at last or if cancelled. */
export const abandonRuns = statement<
  TakenJob & { state: 'queued' | 'failed' | 'cancelled' },
  [now: string, most: number, error: string]
>(
  'job.abandon',
  `update job set abandoned = abandoned + 1, lease = null, lease_until = null, admitted_at = null,
     due_at = $1,
     state = case when is_cancelled then 'cancelled' when abandoned < $2 then 'queued'
       else 'failed' end,
     error = case when is_cancelled or abandoned < $2 then error else $3::jsonb end,
     ended_at = case when is_cancelled or abandoned >= $2 then $1::timestamptz end
   where state = 'running' and lease_until < $1 returning ${taken}, state`,
)

export const submitAgain = command<[lostBefore: string, now: string]>(
  'job.submit_again',
  'select submit_again($1, $2)',
)

/** One lot of what is too old to be remembered. */
export const forgetJobs = statement<{ id: string }, [before: string, size: number]>(
  'job.forget',
  `delete from job j using (
     select tenant_id, id from job where ended_at < $1 order by ended_at limit $2) old
   where j.tenant_id = old.tenant_id and j.id = old.id returning j.id`,
)
