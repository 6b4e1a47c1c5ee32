// The events of one transaction, given to their handlers: those of one tenant one after the other, those
// of different tenants side by side, since no row is of both.
import type { Transaction } from '@prognetwork/contracts'
import type { ConsumerTransaction } from './consumer-database.ts'
import { type EventWork, handle, isOneLot, within } from './event-work.ts'
import { hasParkedBefore, keyOf, lockKey, parkEvent } from './parked.ts'
import type { Group } from './positions.ts'

/** An open transaction holds back the events of the whole cluster. */
const maxMs = 250

interface Handling {
  readonly parked: ReadonlySet<string>
  readonly tx: Pick<ConsumerTransaction, 'under'>
  readonly group: Group
  readonly handlerMs: number
  /** The one that failed, where that is known. */
  readonly onFailure: (work: EventWork) => void
}

type LotOfWork = readonly [EventWork, ...EventWork[]]

/**
 * As many of them as there is time for, and one at the least; answers how many were handled, which
 * are the first ones. Throws when none is under way any more.
 */
export async function handleInOrder(
  works: readonly EventWork[],
  options: Handling,
): Promise<readonly EventWork[]> {
  const started = performance.now()
  const running = new Map<string, Promise<void>>()
  let failure: { readonly error: unknown } | undefined
  let at = 0
  while (at < works.length && !failure) {
    if (at > 0 && performance.now() - started > maxMs) break
    const lot = lotAt(works, at, options.parked)
    const [{ logged }] = lot
    await running.get(logged.tenantId)
    if (failure) break
    at += lot.length
    const work = handleLot(lot, options)
      .catch((error: unknown) => {
        // Of a lot nobody knows which, nor of what ran side by side.
        if (!failure && lot.length === 1 && running.size === 1) options.onFailure(lot[0])
        failure ??= { error }
      })
      .finally(() => running.delete(logged.tenantId))
    running.set(logged.tenantId, work)
  }
  await Promise.all(running.values())
  if (failure) throw failure.error
  return works.slice(0, at)
}

/** What begins there and is handled together; an event whose key is parked is alone. */
function lotAt(works: readonly EventWork[], at: number, parked: ReadonlySet<string>): LotOfWork {
  const first = works[at] as EventWork
  const isParked = (work: EventWork) => parked.size > 0 && parked.has(keyOf(work.logged))
  const lot: [EventWork, ...EventWork[]] = [first]
  if (isParked(first)) return lot
  for (let next = works[at + 1]; next; next = works[at + lot.length]) {
    if (!isOneLot(first, next) || isParked(next)) break
    lot.push(next)
  }
  return lot
}

function handleLot(
  [first, ...others]: LotOfWork,
  { parked, tx, group, handlerMs }: Handling,
): Promise<void> {
  return tx.under(
    first.begun.ctx,
    (own) => within(handlerMs, handleOrAppend([first, ...others], own, parked, group)),
    others.map(({ begun }) => begun.ctx),
  )
}

/**
 * An event of a parked key, which comes alone, waits behind it, unless the key was set free this very moment. In a replay
 * it may be one from before the parked ones, which has its turn.
 */
async function handleOrAppend(
  lot: LotOfWork,
  tx: Transaction,
  parked: ReadonlySet<string>,
  group: Group,
): Promise<void> {
  const [first] = lot
  if (parked.size > 0 && parked.has(keyOf(first.logged))) {
    const [, [before]] = await tx.batch([
      lockKey(group, first.logged.key),
      hasParkedBefore(group, first.logged),
    ])
    if (before) {
      await tx.run(parkEvent(group, first.logged))
      return
    }
  }
  await handle(lot, tx)
}
