import type { Statement } from '@prognetwork/contracts'
import { command, type RealTime, statement } from '@prognetwork/shared-infrastructure'

const perPlaceFree = 5
const perAccountFree = 30
const windowMs = 15 * 60_000
const maxBlockMs = 15 * 60_000

/** How often it went wrong lately under one key. */
export interface Failures {
  readonly key: string
  readonly failures: number
  readonly lastFailureAt: string
}

export const findFailures = statement<Failures, [keys: readonly string[]]>(
  'sign_in_limit.find',
  `select key, failures, last_failure_at as "lastFailureAt"
   from sign_in_limit where key = any ($1)`,
)

const countFailure = command<[key: string, realNow: string, windowStart: string]>(
  'sign_in_limit.count',
  `insert into sign_in_limit (key, failures, last_failure_at) values ($1, 1, $2)
   on conflict (tenant_id, key) do update
     set failures = case when sign_in_limit.last_failure_at < $3 then 1
                         else sign_in_limit.failures + 1 end,
         last_failure_at = excluded.last_failure_at`,
)

const forget = command<[email: string]>(
  'sign_in_limit.forget',
  "delete from sign_in_limit where key = $1 or starts_with(key, $1 || ' ')",
)

const forgetPlace = command<[key: string]>(
  'sign_in_limit.forget_place',
  'delete from sign_in_limit where key = $1',
)

export const deleteStale = command<[before: string]>(
  'sign_in_limit.delete_stale',
  'delete from sign_in_limit where last_failure_at < $1',
)

/** The two keys an attempt counts under: this address from this place, and from anywhere. */
export function limitKeys(email: string, place: string): { place: string; anywhere: string } {
  return { place: `${email} ${place}`, anywhere: email }
}

export function countFailures(email: string, place: string, realTime: RealTime): Statement[] {
  const now = realTime.now()
  const windowStart = realTime.now(-windowMs)
  const keys = limitKeys(email, place)
  return [countFailure(keys.place, now, windowStart), countFailure(keys.anywhere, now, windowStart)]
}

/** After a password was reset by mail: the owner is back, from wherever. */
export function forgetFailures(email: string): Statement {
  return forget(email)
}

/** After a success: this place starts afresh; failures from elsewhere still count. */
export function forgetFailuresHere(email: string, place: string): Statement {
  return forgetPlace(limitKeys(email, place).place)
}

/**
 * Milliseconds until the next attempt may be made; 0 is now. A place doubles its wait with each
 * failure after the fifth. Failures from everywhere together shut out only places from which the
 * account has never signed in: an attacker cannot lock the owner out.
 */
export function waitMs(
  rows: readonly Failures[],
  keys: { place: string; anywhere: string },
  placeIsKnown: boolean,
  realTime: RealTime,
): number {
  const here = rows.find((row) => row.key === keys.place)
  const anywhere = rows.find((row) => row.key === keys.anywhere)
  return Math.max(
    blockedFor(here, perPlaceFree, realTime),
    placeIsKnown ? 0 : blockedFor(anywhere, perAccountFree, realTime),
  )
}

function blockedFor(row: Failures | undefined, free: number, realTime: RealTime): number {
  if (!row || row.failures < free) return 0
  const blockMs = Math.min(maxBlockMs, 1_000 * 2 ** Math.min(20, row.failures - free))
  return Math.max(0, Date.parse(row.lastFailureAt) + blockMs - realTime.nowMs())
}
