// The batches of several partitions in one transaction: most of what an event costs is the same for
// many. It is tried once; whatever is in the way, each partition is then consumed by itself.
import { type Batch, type BatchOptions, maxEvents } from './batch.ts'
import { handleInOrder } from './handling.ts'
import { keyOf, listParkedKeys } from './parked.ts'
import { lockPositions, writePositions } from './positions.ts'

/** How far each partition came, or nothing when they could not be consumed together. */
export async function consumeJointly(
  batches: ReadonlyMap<number, Batch>,
  options: BatchOptions,
): Promise<ReadonlyMap<number, number> | undefined> {
  const { database, group, classify, handlerMs } = options
  const events = [...batches.values()]
    .flatMap((batch) => batch.events)
    .toSorted((one, other) => one.position - other.position)
  const works = await Promise.all(events.slice(0, maxEvents).map(options.prepare))
  const partitions = [...batches.keys()]
  const first = [lockPositions(group, partitions), listParkedKeys(group, partitions)] as const
  try {
    return await database.consume(first, async ([rows, parkedKeys], tx) => {
      const isOurs = rows.every((row) => {
        const batch = batches.get(row.partition)
        return row.position === batch?.from && row.incarnation === batch.incarnation
      })
      if (!isOurs || rows.length < batches.size) return undefined
      const parked = new Set(parkedKeys.map(keyOf))
      const done = await handleInOrder(works, {
        ...{ parked, tx, group, handlerMs },
        onFailure() {},
      })
      const last = done.length < events.length ? done.at(-1)?.logged.position : undefined
      const reached = new Map(
        [...batches].map(([number, { from, to }]) => [
          number,
          last === undefined ? to : Math.max(from, Math.min(to, last)),
        ]),
      )
      await tx.commit([writePositions(group, reached)])
      for (const one of done) one.begun.end('ok')
      return reached
    })
  } catch (error) {
    if (classify(error) === 'unavailable') throw error
    return undefined
  }
}
