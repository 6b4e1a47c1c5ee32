// One batch of one partition, or of a replay: effects and place in one transaction. What makes effects
// exactly once is that the place is still where it was when it is moved, not the lease.
import type { Log } from '@prognetwork/contracts'
import type { ConsumerDatabase, ConsumerTransaction, FailureKind } from './consumer-database.ts'
import type { EventWork, PrepareEvent } from './event-work.ts'
import { handleInOrder } from './handling.ts'
import type { LoggedEvent } from './logged-event.ts'
import { type Failure, keyOf, listParkedKeys, parkEvent, parkKey, retryDelayMs } from './parked.ts'
import { type Group, type Place, placeLost } from './positions.ts'

export interface Batch {
  readonly place: Place
  readonly incarnation: string
  /** The stored position that the events were read after. */
  readonly from: number
  /** Nothing up to here is missing. */
  readonly to: number
  readonly events: readonly LoggedEvent[]
}

/** How far the batch came; `lost` when another member moved the position meanwhile. */
export type BatchOutcome = number | 'lost'

/** An open transaction holds back the events of the whole cluster, so a batch stays short. */
export const maxEvents = 200

export interface BatchOptions {
  readonly group: Group
  readonly database: ConsumerDatabase
  readonly prepare: PrepareEvent
  readonly classify: (error: unknown) => FailureKind
  readonly log: Log
  /** How long a handler may take. */
  readonly handlerMs: number
  readonly onParked: (retryInMs: number) => void
}

/**
 * Consumes a batch, or its beginning. Throws only when the database cannot be reached or an event
 * cannot even be parked; where the batch stands then is in the position row. With `isSuspect` a
 * connection that is lost counts as the event's own doing, where the database can be written to.
 */
export async function consumeBatch(
  batch: Batch,
  options: BatchOptions,
  isSuspect = false,
): Promise<BatchOutcome> {
  const chosen = batch.events.slice(0, maxEvents)
  const last = chosen.at(-1)
  const to = last && chosen.length < batch.events.length ? last.position : batch.to
  const works = await Promise.all(chosen.map(options.prepare))
  const failures = new Map<EventWork, number>()
  if (isSuspect) return oneByOne({ ...batch, to }, works, { ...options, isSuspect }, failures)
  try {
    return await attempt({ ...batch, to }, works, options, (work) => failures.set(work, 1))
  } catch (error) {
    if (options.classify(error) === 'unavailable') throw error
  }
  return oneByOne({ ...batch, to }, works, options, failures)
}

/** After a failure: each event in a transaction of its own, and what fails twice is parked. */
async function oneByOne(
  batch: Batch,
  works: readonly EventWork[],
  options: BatchOptions & { readonly isSuspect?: boolean },
  failures: Map<EventWork, number>,
): Promise<BatchOutcome> {
  let from = batch.from
  for (const [index, work] of works.entries()) {
    const to = index === works.length - 1 ? batch.to : work.logged.position
    const step = { ...batch, from, to }
    const outcome = await attemptOrPark(step, work, options, failures.get(work) ?? 0)
    if (outcome === 'lost') return 'lost'
    from = to
  }
  return from
}

async function attemptOrPark(
  step: Batch,
  work: EventWork,
  options: BatchOptions & { readonly isSuspect?: boolean },
  failuresBefore: number,
): Promise<BatchOutcome> {
  for (let failures = failuresBefore; ; ) {
    try {
      return await attempt(step, [work], options, () => {})
    } catch (error) {
      if (options.classify(error) === 'unavailable' && !options.isSuspect) throw error
      failures += 1
      if (failures >= 2) return park(step, work, options, error)
    }
  }
}

function attempt(
  batch: Batch,
  works: readonly EventWork[],
  options: BatchOptions,
  onFailure: (work: EventWork) => void,
): Promise<BatchOutcome> {
  return atPosition(batch, options, async (parked, tx) => {
    const done = await handleInOrder(works, { ...options, parked, tx, onFailure })
    const last = done.at(-1)
    const reached = last && done.length < works.length ? last.logged.position : batch.to
    return { reached, done, handled: done.length }
  })
}

/** Opens the transaction at the batch's position, does the work, and writes the new position last. */
function atPosition(
  { place, incarnation, from }: Batch,
  { database, group }: BatchOptions,
  work: (
    parked: ReadonlySet<string>,
    tx: ConsumerTransaction,
  ) => Promise<{ reached: number; done: readonly EventWork[]; handled: number }>,
): Promise<BatchOutcome> {
  const first = [place.find, listParkedKeys(group, place.partitions)] as const
  const outcome = database.consume(first, async ([[row], parked], tx) => {
    if (row?.position !== from || row.incarnation !== incarnation) return 'lost'
    const { reached, done, handled } = await work(new Set(parked.map(keyOf)), tx)
    await tx.commit([place.move(from, reached, handled)])
    for (const one of done) one.begun.end('ok')
    return reached
  })
  return outcome.catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === placeLost) return 'lost'
    throw error
  })
}

function park(
  step: Batch,
  work: EventWork,
  options: BatchOptions,
  error: unknown,
): Promise<BatchOutcome> {
  const kind = options.classify(error)
  const failure = failureOf(error, 1, kind === 'problem')
  const { type, id, position } = work.logged
  options.log.warn({ error, event: { type, id, position } }, 'An event failed; its key is parked')
  return atPosition(step, options, async (_parked, tx) => {
    await tx.under(work.begun.ctx, async (own) => {
      await own.batch([
        parkKey(options.group, work.logged, failure),
        parkEvent(options.group, work.logged),
      ])
    })
    work.begun.end(kind)
    options.onParked(failure.retryInMs)
    return { reached: step.to, done: [], handled: 1 }
  })
}

/** What is written beside a parked event. PostgreSQL stores no NUL in a text. */
export function failureOf(error: unknown, attempts: number, dead: boolean): Failure {
  const sentence = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return {
    attempts,
    dead,
    retryInMs: retryDelayMs(attempts),
    sentence: sentence.replaceAll('\u0000', '').slice(0, 1_000),
  }
}
