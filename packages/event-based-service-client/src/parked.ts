// Events that a handler failed on. Their key is parked: later events of it wait behind, so that
// order within the key holds, and every other key goes on.
import type { Statement } from '@prognetwork/contracts'
import type { LoggedEvent } from './logged-event.ts'
import type { Group } from './positions.ts'

/** Failures of the first event of a key before only a person can let it go on. */
export const maxAttempts = 10

const firstDelayMs = 1_000
const maxDelayMs = 10 * 60_000

/** Waits double up to ten minutes; half of each is drawn, so that keys do not come back together. */
export function retryDelayMs(attempts: number, random = Math.random()): number {
  const whole = Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(20, attempts - 1))
  return Math.round(whole * (0.5 + random / 2))
}

export const keyOf = ({ tenantId, key }: { tenantId: string; key: string }): string =>
  `${tenantId}/${key}`

/** How the first event of a parked key failed. */
export interface Failure {
  readonly attempts: number
  /** Nobody tries it again until it is redriven or skipped. */
  readonly dead: boolean
  readonly retryInMs: number
  readonly sentence: string
}

export const listParkedKeys = (
  { group, log }: Group,
  partitions: readonly number[],
): Statement<{ tenantId: string; key: string }> => ({
  name: 'parked_key.of_partitions',
  text: `select k.tenant_id as "tenantId", k.key
    from unnest($3::smallint[]) n, parked_keys($1, $2, n) k`,
  values: [group, log, partitions],
})

export const listDueKeys = (
  { group, log }: Group,
  partitions: readonly number[],
  most: number,
): Statement<{ tenantId: string; key: string; dueInMs: number }> => ({
  name: 'parked_key.due',
  text: `select tenant_id as "tenantId", key, due_in_ms as "dueInMs"
    from next_parked_keys($1, $2, $3, $4)`,
  values: [group, log, partitions, most],
})

export const parkKey = ({ group }: Group, event: LoggedEvent, failure: Failure): Statement => ({
  name: 'parked_key.park',
  text: 'select park_key($1, $2, $3, $4, $5, $6, $7, $8)',
  values: [group, event.log, event.key, event.partition, ...valuesOf(failure)],
})

/** In a replay it may be parked already, since it was consumed. */
export const parkEvent = ({ group }: Group, event: LoggedEvent): Statement => ({
  name: 'parked_event.park',
  text: `insert into parked_event (consumer_group, log, key, position, event)
    values ($1, $2, $3, $4, $5) on conflict do nothing`,
  values: [group, event.log, event.key, event.position, JSON.stringify(event)],
})

/** A row when this event, or one of its key before it, is parked. */
export const hasParkedBefore = (
  { group }: Group,
  event: LoggedEvent,
): Statement<{ position: number }> => ({
  name: 'parked_event.before',
  text: `select position from parked_event
    where consumer_group = $1 and log = $2 and key = $3 and position <= $4 limit 1`,
  values: [group, event.log, event.key, event.position],
})

/** Held by whoever appends to a key or takes from it. */
export const lockKey = ({ group, log }: Group, key: string): Statement<{ attempts: number }> => ({
  name: 'parked_key.lock',
  text: `select attempts from parked_key
    where consumer_group = $1 and log = $2 and key = $3 for update`,
  values: [group, log, key],
})

/** The first event of a key that is due and that nobody else works on. */
export const takeDue = (
  { group, log }: Group,
  key: string,
): Statement<{ attempts: number; event: LoggedEvent }> => ({
  name: 'parked_key.take_due',
  text: 'select attempts, event from take_due_event($1, $2, $3)',
  values: [group, log, key],
})

export const noteFailure = ({ group, log }: Group, key: string, failure: Failure): Statement => ({
  name: 'parked_key.note_failure',
  text: 'select note_parked_failure($1, $2, $3, $4, $5, $6, $7)',
  values: [group, log, key, ...valuesOf(failure)],
})

function valuesOf({ dead, attempts, retryInMs, sentence }: Failure): unknown[] {
  return [dead, attempts, retryInMs, sentence]
}

/**
 * Lets a parked key of the tenant in scope be tried again, from its first event on. Doing it twice
 * does nothing more.
 */
export const redrive = ({ group, log }: Group, key: string): Statement<{ redriven: boolean }> => ({
  name: 'parked_key.redrive',
  text: 'select redrive_key($1, $2, $3) as redriven',
  values: [group, log, key],
})

/** Takes the first event off a parked key: it was handled, or it is given up for good. */
export const unparkFirst = (
  { group, log }: Group,
  key: string,
): Statement<{ unparked: boolean }> => ({
  name: 'parked_key.unpark_first',
  text: 'select unpark_first($1, $2, $3) as unparked',
  values: [group, log, key],
})
