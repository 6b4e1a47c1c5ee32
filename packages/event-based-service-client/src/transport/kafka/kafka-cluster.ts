// Partitions of Kafka read by explicit offsets, each request for itself. Neither groups nor fetch
// sessions are of use here: which partitions are read changes with every read.
import type { Admin, ClusterMetadata, fetchV13, KafkaRecord } from '@platformatic/kafka'
import { TransportUnavailable } from '../transport.ts'
import { answered, clientOptions, type KafkaSettings } from './kafka-settings.ts'

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

export interface FetchedRecord {
  readonly offset: bigint
  readonly record: KafkaRecord
}

export interface Fetched {
  /** Data only, from the offset that was asked for on. */
  readonly records: readonly FetchedRecord[]
  /** The offset behind all that was answered, also where it was no data. */
  readonly next: bigint
  /** What was asked for is no longer there, or not yet. */
  readonly isOutOfRange: boolean
}

export interface Wanted extends TopicPartition {
  readonly offset: bigint
  /** About how much to answer; a batch that is larger is answered to the first partition only. */
  readonly bytes: number
}

const outOfRange = 1
const maxBytes = 16 * 2 ** 20
const isControl = 0x20
const earliest = -2n
const latest = -1n

export const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`

export class KafkaCluster {
  private readonly opening: Promise<{ library: typeof import('@platformatic/kafka'); admin: Admin }>

  constructor(settings: KafkaSettings) {
    this.opening = import('@platformatic/kafka').then((library) => ({
      library,
      admin: new library.Admin(clientOptions(settings)),
    }))
  }

  async metadata(topics: readonly string[]): Promise<ClusterMetadata> {
    const { admin } = await this.opening
    return answered(admin.metadata({ topics: [...topics] }))
  }

  async hasTopic(topic: string): Promise<boolean> {
    const { admin } = await this.opening
    return (await answered(admin.listTopics())).includes(topic)
  }

  async forgetMetadata(): Promise<void> {
    const { admin } = await this.opening
    admin.clearMetadata()
  }

  /** Makes what is missing of these topics. */
  async ensureTopics(
    topics: readonly string[],
    options: {
      readonly partitions: number
      readonly replicas: number
      readonly configs: { readonly name: string; readonly value: string }[]
    },
  ): Promise<void> {
    const { admin } = await this.opening
    const known = await answered(admin.listTopics())
    const missing = topics.filter((topic) => !known.includes(topic))
    if (missing.length === 0) return
    await answered(admin.createTopics({ ...options, topics: missing }))
    await answered(untilKnown(admin, missing))
  }

  /** The first offsets there are, or those behind the last. */
  async offsets(
    wanted: readonly TopicPartition[],
    which: 'first' | 'end',
  ): Promise<ReadonlyMap<string, bigint>> {
    const { library } = await this.opening
    const timestamp = which === 'first' ? earliest : latest
    const found = new Map<string, bigint>()
    await this.atLeaders(wanted, async (connection, own) => {
      const topics = [...Map.groupBy(own, ({ topic }) => topic)].map(([name, list]) => ({
        name,
        partitions: list.map(({ partition }) => ({
          partitionIndex: partition,
          currentLeaderEpoch: -1,
          timestamp,
        })),
      }))
      const response = await library.listOffsetsV7.api.async(connection, -1, 0, topics)
      for (const { name, partitions } of response.topics)
        for (const { partitionIndex, offset } of partitions)
          found.set(nameOf({ topic: name, partition: partitionIndex }), offset)
    })
    return found
  }

  /**
   * At most one answer for each partition, from its offset on. The first ones are the first to be
   * answered when there is more than fits.
   */
  async fetch(wanted: readonly Wanted[], waitMs = 0): Promise<ReadonlyMap<string, Fetched>> {
    const { library } = await this.opening
    const found = new Map<string, Fetched>()
    await this.atLeaders(wanted, async (connection, own, metadata) => {
      const idOf = (topic: string) => metadata.topics.get(topic)?.id ?? ''
      const request = [...Map.groupBy(own, ({ topic }) => topic)].map(([topic, list]) => ({
        topicId: idOf(topic),
        partitions: list.map(({ partition, offset, bytes }) => ({
          ...{ partition, fetchOffset: offset, partitionMaxBytes: bytes },
          ...{ currentLeaderEpoch: -1, lastFetchedEpoch: -1 },
        })),
      }))
      const response = await library.fetchV13.api
        .async(connection, waitMs, 1, maxBytes, 0, 0, -1, request, [], '')
        .catch(responseOf)
      const nameById = new Map(own.map(({ topic }) => [idOf(topic), topic]))
      const offsetOf = new Map(own.map((one) => [nameOf(one), one.offset]))
      for (const { topicId, partitions } of response.responses)
        for (const answer of partitions) {
          const topic = nameById.get(topicId) ?? ''
          const name = nameOf({ topic, partition: answer.partitionIndex })
          found.set(name, fetchedFrom(answer, offsetOf.get(name) ?? 0n))
        }
    })
    return found
  }

  async close(): Promise<void> {
    const { admin } = await this.opening
    await admin.close().catch(() => {})
  }

  /** Each leader is asked for what it leads. When one moved, the next try knows the new one. */
  private async atLeaders<One extends TopicPartition>(
    wanted: readonly One[],
    ask: (
      connection: Awaited<ReturnType<Admin['connections']['get']>>,
      own: readonly One[],
      metadata: ClusterMetadata,
    ) => Promise<void>,
  ): Promise<void> {
    const { admin } = await this.opening
    const metadata = await this.metadata([...new Set(wanted.map(({ topic }) => topic))])
    const byLeader = Map.groupBy(
      wanted,
      ({ topic, partition }) => metadata.topics.get(topic)?.partitions[partition]?.leader,
    )
    try {
      await answered(
        Promise.all(
          [...byLeader].map(async ([leader, own]) => {
            const broker = leader === undefined ? undefined : metadata.brokers.get(leader)
            if (!broker) throw new TransportUnavailable(`the leader of ${nameOf(own[0] as One)}`)
            await ask(await admin.connections.get(broker), own, metadata)
          }),
        ),
      )
    } catch (error) {
      admin.clearMetadata()
      throw error
    }
  }
}

/** Brokers hear of a new topic a moment after it was made. */
async function untilKnown(admin: Admin, topics: string[]): Promise<void> {
  for (let attempts = 1; ; attempts++) {
    try {
      await admin.metadata({ topics, forceUpdate: true })
      return
    } catch (error) {
      if (attempts >= 50) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

/** The library throws when any partition has an error; that of a passed offset is an answer. */
function responseOf(error: unknown): fetchV13.FetchResponse {
  if (error instanceof Error && 'response' in error) {
    const response = error.response as fetchV13.FetchResponse
    const codes = response.responses.flatMap(({ partitions }) =>
      partitions.map(({ errorCode }) => errorCode),
    )
    if (response.errorCode === 0 && codes.every((code) => code === 0 || code === outOfRange))
      return response
  }
  throw error
}

function fetchedFrom(
  { errorCode, records }: fetchV13.FetchResponsePartition,
  from: bigint,
): Fetched {
  const data: FetchedRecord[] = []
  let next = from
  for (const batch of records ?? []) {
    next = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n
    if (batch.attributes & isControl) continue
    for (const record of batch.records) {
      const offset = batch.firstOffset + BigInt(record.offsetDelta)
      if (offset >= from) data.push({ offset, record })
    }
  }
  return { records: data, next, isOutOfRange: errorCode === outOfRange }
}
