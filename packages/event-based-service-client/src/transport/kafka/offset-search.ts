// Where a position of the log stands in a partition of Kafka. Offsets are Kafka's own: transactions
// take some, and what was copied twice stands there twice.
import type { KafkaRecord } from '@platformatic/kafka'
import { type KafkaCluster, nameOf, type TopicPartition } from './kafka-cluster.ts'

export interface Sought extends TopicPartition {
  /** Everything above this position must be at the offset that is found, or behind it. */
  readonly after: number
}

export interface Found {
  readonly offset: bigint
  /** Records may have been deleted that are above the position: all of them below this one. */
  readonly deletedBelow: number | undefined
}

interface Search extends Sought {
  readonly first: bigint
  low: bigint
  high: bigint
  /** Where the next look is; behind the middle while there is no data at it. */
  probe: bigint
  /** Of a partition; more when a batch of it does not fit. */
  bytes: number
  /** The lowest position seen above the one that is sought. */
  above: number | undefined
}

const leastBytes = 8 * 1_024

/**
 * Halves all partitions in lockstep. That may be done although positions can go back, where a copier
 * took over: one that was shut out writes nothing more, and who takes over writes without a gap from
 * a watermark on, so whatever stands before an offset at or below the position stands behind it too.
 */
export async function findOffsets(
  cluster: KafkaCluster,
  sought: readonly Sought[],
  placeIn: (record: KafkaRecord) => number,
): Promise<ReadonlyMap<string, Found>> {
  const [firsts, ends] = await Promise.all([
    cluster.offsets(sought, 'first'),
    cluster.offsets(sought, 'end'),
  ])
  const searches = sought.map((one): Search => {
    const low = firsts.get(nameOf(one)) ?? 0n
    const high = ends.get(nameOf(one)) ?? low
    return {
      ...one,
      first: low,
      low,
      high,
      probe: middle(low, high),
      bytes: leastBytes,
      above: undefined,
    }
  })
  for (let open = searches; ; ) {
    open = open.filter(({ low, high }) => low < high)
    if (open.length === 0) break
    const wanted = open.map((one) => ({ ...one, offset: one.probe }))
    const found = await cluster.fetch(wanted)
    for (const search of open) {
      const fetched = found.get(nameOf(search))
      if (fetched?.isOutOfRange) throw new Error(`${nameOf(search)} changed while it was searched`)
      if (fetched && fetched.next > search.probe)
        step(search, fetched.records.at(0), fetched.next, placeIn)
      else search.bytes *= 2
    }
    // Whoever is the first is answered in any case.
    open = [...open.slice(1), ...open.slice(0, 1)]
  }
  return new Map(searches.map((one) => [nameOf(one), outcome(one)]))
}

const middle = (low: bigint, high: bigint): bigint => (low + high) / 2n

function step(
  search: Search,
  data: { offset: bigint; record: KafkaRecord } | undefined,
  next: bigint,
  placeIn: (record: KafkaRecord) => number,
): void {
  const from = middle(search.low, search.high)
  const at = data?.offset ?? next
  if (!data && next < search.high) {
    search.probe = next
    return
  }
  const position = data && at < search.high ? placeIn(data.record) : undefined
  if (position !== undefined && position <= search.after) search.low = at + 1n
  else {
    search.high = from
    search.above = position ?? search.above
  }
  search.probe = middle(search.low, search.high)
}

function outcome({ low, first, above }: Search): Found {
  const mayLack = low === first && first > 0n
  return { offset: low, deletedBelow: mayLack ? (above ?? Number.POSITIVE_INFINITY) : undefined }
}
