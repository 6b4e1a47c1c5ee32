import type { LoggedEvent } from './logged-event.ts'
import { partitionCount } from './publisher.ts'

export const allPartitions = Array.from({ length: partitionCount }, (_, number) => number)

/** One partition that this process reads. */
export interface Partition {
  readonly number: number
  /** What the position row holds; undefined until it is loaded. */
  position: number | undefined
  /** Nothing up to here is still to be read. */
  readTo: number
  /** A batch of it, or its position, is under way. */
  busy: boolean
  /** Somebody else leases it: give it up when it is no longer busy. */
  leaving: boolean
  /** Not before this moment (performance.now), after a failure. */
  notBeforeMs: number
  /** Its last batch was interrupted, which may be its own doing: the next shares no transaction. */
  alone: boolean
  /** How often in a row that happened. */
  interruptions: number
}

export function newPartition(number: number): Partition {
  return {
    ...{ number, position: undefined, readTo: 0, busy: false, leaving: false, notBeforeMs: 0 },
    ...{ alone: false, interruptions: 0 },
  }
}

/**
 * One read scans this many positions at the most. A partition further behind does not share a read
 * with those in front, and a quiet one looked through this far is written.
 */
export const quietPositions = 10_000

/** With a backlog, a read takes only so many partitions: fewer, larger batches. */
const partitionsInBacklog = 16

/**
 * Those that one read can serve: it scans from the lowest position on. Some far behind and some in
 * front take turns, so that catching up delays nobody.
 */
export function chooseForRead(
  candidates: readonly Partition[],
  state: { readonly turn: number; readonly hasBacklog: boolean },
): Partition[] {
  const inOrder = candidates.toSorted((one, other) => one.readTo - other.readTo)
  const lowest = inOrder.at(0)?.readTo ?? 0
  const highest = inOrder.at(-1)?.readTo ?? 0
  const sharing =
    state.turn % 2 === 0
      ? inOrder.filter((one) => one.readTo >= highest - quietPositions)
      : inOrder.filter((one) => one.readTo <= lowest + quietPositions)
  return state.hasBacklog ? sharing.slice(0, partitionsInBacklog) : sharing
}

export function groupByPartition(
  events: readonly LoggedEvent[],
): ReadonlyMap<number, readonly LoggedEvent[]> {
  return Map.groupBy(events, (event) => event.partition)
}
