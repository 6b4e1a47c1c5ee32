// Reads partitions of the copy for one group. Where each stands in Kafka is kept in mind and found
// anew when it is not known: the position in PostgreSQL is the only thing that is stored.
import type { KafkaRecord } from '@platformatic/kafka'
import type { CopiedEvent, CopyPage, CopyReading, CopyRequest } from '../copy.ts'
import { TransportUnavailable } from '../transport.ts'
import {
  type FetchedRecord,
  type KafkaCluster,
  nameOf,
  type TopicPartition,
} from './kafka-cluster.ts'
import { placeIn, positionIn, toEvent } from './kafka-record.ts'
import type { KafkaNames } from './kafka-settings.ts'
import type { KafkaWatermark, WatermarkTail } from './kafka-watermark.ts'
import { findOffsets } from './offset-search.ts'

/** Everything above the position is at the offset, or behind it. */
interface Cursor {
  readonly position: number
  readonly offset: bigint
}

/** One partition of one topic, as far as a page goes. */
interface Stretch extends TopicPartition {
  readonly after: number
  readonly offset: bigint
  readonly records: readonly (FetchedRecord & { readonly position: number })[]
  readonly next: bigint
  /** The position up to which nothing of this topic is missing. */
  readonly reached: number
  readonly hasMore: boolean
}

const leastBytes = 64 * 1_024
const bytesPerEvent = 1_024

export class KafkaReading implements CopyReading {
  private readonly cluster: KafkaCluster
  private readonly tail: WatermarkTail
  private readonly names: KafkaNames
  private readonly cursors = new Map<string, Cursor>()
  private copy: string | undefined
  private turn = 0

  constructor(cluster: KafkaCluster, tail: WatermarkTail, names: KafkaNames) {
    this.cluster = cluster
    this.tail = tail
    this.names = names
  }

  async read({ topics, after, most }: CopyRequest): Promise<CopyPage> {
    const watermark = await this.tail.current()
    if (!watermark) return emptyPage
    if (this.copy !== watermark.copy) this.cursors.clear()
    this.copy = watermark.copy
    const copied = topics.filter((topic) => watermark.topics[topic] !== undefined)
    await this.checkTopics(copied, watermark)
    const wanted = copied.flatMap((topic) =>
      [...after].map(([partition, position]) => ({
        ...{ topic: this.names.topic(topic), partition, after: position },
      })),
    )
    const floors = await this.findCursors(wanted, watermark)
    const whole = wanted.filter(({ partition }) => !floors.has(partition))
    const stretches = await this.fetch(whole, watermark, most)
    return { watermark, ...this.pageOf(stretches, watermark), floors }
  }

  /** A topic that was made anew holds less than the watermark says. */
  private async checkTopics(topics: readonly string[], watermark: KafkaWatermark): Promise<void> {
    if (topics.length === 0) return
    const metadata = await this.cluster.metadata(topics.map(this.names.topic))
    for (const topic of topics) {
      if (metadata.topics.get(this.names.topic(topic))?.id === watermark.topics[topic]) continue
      await this.cluster.forgetMetadata()
      throw new TransportUnavailable(`the copy of the events of ${topic} in Kafka`)
    }
  }

  /** Answers the partitions of which the beginning was deleted, and where that ends. */
  private async findCursors(
    wanted: readonly (TopicPartition & { after: number })[],
    watermark: KafkaWatermark,
  ): Promise<ReadonlyMap<number, number>> {
    const unknown = wanted.filter((one) => {
      const cursor = this.cursors.get(nameOf(one))
      return !cursor || cursor.position > one.after
    })
    const floors = new Map<number, number>()
    if (unknown.length === 0) return floors
    const found = await findOffsets(this.cluster, unknown, (record) =>
      placeIn(record, watermark.copy),
    )
    for (const one of unknown) {
      const { offset, deletedBelow } = found.get(nameOf(one)) ?? {}
      if (offset === undefined) continue
      const floor =
        deletedBelow === undefined
          ? one.after
          : Math.max(one.after, Math.min(deletedBelow - 1, watermark.published))
      this.cursors.set(nameOf(one), { position: floor, offset })
      if (floor > one.after)
        floors.set(one.partition, Math.max(floor, floors.get(one.partition) ?? 0))
    }
    return floors
  }

  private async fetch(
    wanted: readonly (TopicPartition & { after: number })[],
    watermark: KafkaWatermark,
    most: number,
  ): Promise<Stretch[]> {
    if (wanted.length === 0) return []
    const bytes = Math.max(leastBytes, Math.ceil((most * bytesPerEvent) / wanted.length))
    // Those in front are answered in any case, so each is in front at times.
    const start = this.turn++ % wanted.length
    const turned = [...wanted.slice(start), ...wanted.slice(0, start)].map((one) => ({
      ...{ ...one, bytes },
      offset: this.cursors.get(nameOf(one))?.offset ?? 0n,
    }))
    const [found, ends] = await Promise.all([
      this.cluster.fetch(turned),
      // The end that a fetch tells can be behind for a moment when another broker took over.
      this.cluster.offsets(turned, 'end'),
    ])
    return turned.map((one) => {
      const fetched = found.get(nameOf(one))
      if (fetched?.isOutOfRange) {
        this.cursors.delete(nameOf(one))
        return { ...one, records: [], next: one.offset, reached: one.after, hasMore: true }
      }
      const next = fetched?.next ?? one.offset
      const isAll = next >= (ends.get(nameOf(one)) ?? next)
      return stretchOf(one, fetched?.records ?? [], next, isAll, watermark)
    })
  }

  /** Topics of one partition are put in order, as far as all of them are known. */
  private pageOf(stretches: readonly Stretch[], watermark: KafkaWatermark) {
    const limits = new Map<number, number>()
    for (const { partition, reached } of stretches)
      limits.set(partition, Math.min(reached, limits.get(partition) ?? reached))
    const events: CopiedEvent[] = []
    for (const stretch of stretches) {
      const { partition, records } = stretch
      const limit = limits.get(partition) ?? 0
      const behind = records.find((one) => one.position > limit)
      for (const { position, record } of records)
        if (position <= limit) events.push(toEvent(record, partition))
      if (this.cursors.has(nameOf(stretch)))
        this.cursors.set(nameOf(stretch), {
          position: limit,
          offset: behind?.offset ?? stretch.next,
        })
    }
    if (stretches.length > limits.size) events.sort((one, other) => one.position - other.position)
    return {
      events,
      reached: (partition: number) => limits.get(partition) ?? watermark.floor,
      hasMore: stretches.some((one) => one.hasMore),
    }
  }
}

const emptyPage: CopyPage = {
  watermark: undefined,
  events: [],
  reached: () => 0,
  hasMore: false,
  floors: new Map(),
}

/** What is above the watermark stays for later: another topic may not be that far. */
function stretchOf(
  one: TopicPartition & { after: number; offset: bigint },
  fetched: readonly FetchedRecord[],
  next: bigint,
  isAll: boolean,
  { copy, published }: KafkaWatermark,
): Stretch {
  const records: (FetchedRecord & { record: KafkaRecord; position: number })[] = []
  let last = one.after
  for (const { offset, record } of fetched) {
    const position = positionIn(record, copy)
    if (position === undefined || position <= last) continue
    if (position > published)
      return { ...one, records, next: offset, reached: published, hasMore: false }
    records.push({ offset, record, position })
    last = position
  }
  return { ...one, records, next, reached: isAll ? published : last, hasMore: !isAll }
}
