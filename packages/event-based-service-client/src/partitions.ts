import type { LoggedEvent } from './logged-event.ts'

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
}

export function newPartition(number: number): Partition {
  return { number, position: undefined, readTo: 0, busy: false, leaving: false, notBeforeMs: 0 }
}

/**
 * One read scans this many positions at the most. A partition further behind does not share a read
 * with those in front, and a quiet one looked through this far is written.
 */
export const quietPositions = 10_000

/**
 * Those that one read can serve: it scans from the lowest position on. Some far behind and some in
 * front take turns, so that catching up delays nobody.
 */
export function chooseForRead(candidates: readonly Partition[], turn: number): Partition[] {
  const positions = candidates.map((one) => one.readTo)
  const lowest = Math.min(...positions)
  const highest = Math.max(...positions)
  return turn % 2 === 0
    ? candidates.filter((one) => one.readTo >= highest - quietPositions)
    : candidates.filter((one) => one.readTo <= lowest + quietPositions)
}

export function groupByPartition(
  events: readonly LoggedEvent[],
): ReadonlyMap<number, readonly LoggedEvent[]> {
  return Map.groupBy(events, (event) => event.partition)
}
