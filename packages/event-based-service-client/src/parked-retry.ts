import type { Context, Log } from '@prognetwork/contracts'
import { failureOf } from './batch.ts'
import type { ConsumerDatabase, FailureKind } from './consumer-database.ts'
import { type EventWork, handle, type PrepareEvent, within } from './event-work.ts'
import type { LoggedEvent } from './logged-event.ts'
import { listDueKeys, maxAttempts, noteFailure, takeDue, unparkFirst } from './parked.ts'
import type { Group } from './positions.ts'

export interface RetryOptions {
  readonly group: Group
  readonly database: ConsumerDatabase
  readonly prepare: PrepareEvent
  readonly classify: (error: unknown) => FailureKind
  /** The service itself in one tenant. */
  readonly contextFor: (tenantId: string) => Context
  readonly log: Log
  readonly handlerMs: number
}

const keysAtOnce = 20

/** Tries the parked keys that are due; answers the milliseconds until the next is, if any. */
export async function retryParked(
  partitions: readonly number[],
  options: RetryOptions,
): Promise<number | undefined> {
  const due = await options.database.read(listDueKeys(options.group, partitions, keysAtOnce))
  for (const { tenantId, key, dueInMs } of due)
    if (dueInMs <= 0) await retryKey(options.contextFor(tenantId), key, options)
  const [next] = await options.database.read(listDueKeys(options.group, partitions, 1))
  return next && Math.max(0, next.dueInMs)
}

/** One event after the other, until the key is free or its first event fails again. */
async function retryKey(ctx: Context, key: string, options: RetryOptions): Promise<void> {
  for (;;) {
    const first = await findDue(ctx, key, options)
    if (!first) return
    const work = await options.prepare(first.event)
    try {
      if (!(await handleFirst(work, key, options))) return
      work.begun.end('ok')
    } catch (error) {
      // A connection that is lost counts too, where that can be written down.
      work.begun.end(options.classify(error))
      await note(ctx, key, first.attempts + 1, error, options)
      return
    }
  }
}

/** Looks before the transaction that handles it, so that its personal fields can be opened. */
function findDue(
  ctx: Context,
  key: string,
  { database, group }: RetryOptions,
): Promise<{ attempts: number; event: LoggedEvent } | undefined> {
  return database.consume([], async (_rows, tx) => {
    const [found] = await tx.under(ctx, (own) => own.run(takeDue(group, key)))
    return found
  })
}

function handleFirst(
  work: EventWork,
  key: string,
  { database, group, handlerMs }: RetryOptions,
): Promise<boolean> {
  return database.consume([], async (_rows, tx) => {
    const isStillFirst = await tx.under(work.begun.ctx, async (own) => {
      const [found] = await own.run(takeDue(group, key))
      if (found?.event.position !== work.logged.position) return false
      await within(handlerMs, handle([work], own))
      await own.run(unparkFirst(group, key))
      return true
    })
    if (isStillFirst) await tx.commit([])
    return isStillFirst
  })
}

async function note(
  ctx: Context,
  key: string,
  attempts: number,
  error: unknown,
  options: RetryOptions,
): Promise<void> {
  const dead = options.classify(error) === 'problem' || attempts >= maxAttempts
  const failure = failureOf(error, attempts, dead)
  if (dead) options.log.error({ error, key }, 'A parked event became a dead letter')
  await options.database.consume([], async (_rows, tx) => {
    await tx.under(ctx, (own) => own.run(noteFailure(options.group, key, failure)))
    await tx.commit([])
  })
}
