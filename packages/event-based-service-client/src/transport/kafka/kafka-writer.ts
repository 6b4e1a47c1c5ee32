// Writes the copy. The transaction of a lot is there to shut others out: a writer that begins ends
// the right of all before it to write anything, so that positions of one writer follow each other
// without a gap. Who reads does not wait for the end of transactions.
import type { MessageToProduce, Producer } from '@platformatic/kafka'
import { v7 } from 'uuid'
import { partitionCount } from '../../publisher.ts'
import { type CopiedEvent, type CopyWriter, LotTooLarge, type Watermark } from '../copy.ts'
import { TransportUnavailable } from '../transport.ts'
import { KafkaCluster } from './kafka-cluster.ts'
import { toMessage } from './kafka-record.ts'
import { answered, clientOptions, type KafkaSettings, kafkaNames } from './kafka-settings.ts'
import { type KafkaWatermark, readToEnd } from './kafka-watermark.ts'

/**
 * Of what a lot adds to one partition: its data and what is said of each event. Kafka's own default is
 * 1 MB.
 */
const maxMessageBytes = 16 * 2 ** 20
const clusterDefault = -1
/** After a commit the coordinator takes a moment before it lets the next transaction begin. */
const transactionRetries = 1_000
const transactionRetryMs = 5
/** A lot that takes longer is given up by Kafka, and written again. */
const transactionMs = 30_000

/** On new topics that moment can be seconds. */
const busyMs = 10_000
const busyRetryMs = 50

type StringProducer = Producer<string, string, string, string>
type Message = MessageToProduce<string, string, string, string>

export class KafkaWriter implements CopyWriter {
  private readonly settings: KafkaSettings
  private readonly names: ReturnType<typeof kafkaNames>
  private readonly services: readonly string[]
  private readonly cluster: KafkaCluster
  private producer: StringProducer | undefined
  private topicIds: Readonly<Record<string, string>> = {}
  private last: KafkaWatermark | undefined

  constructor(settings: KafkaSettings, services: readonly string[]) {
    this.settings = settings
    this.names = kafkaNames(settings.prefix)
    this.services = services
    this.cluster = new KafkaCluster(settings)
  }

  /** Shuts other writers out when it is asked for the first time, and after each failure. */
  async watermark(): Promise<Watermark | undefined> {
    if (!this.producer) await this.discardOnFailure(() => this.open())
    this.last = await this.readLast()
    return this.last
  }

  async begin(start: {
    incarnation: string
    after: number
    former: Watermark | undefined
  }): Promise<void> {
    const now = await this.watermark()
    const { incarnation, after, former } = start
    if (now?.incarnation !== former?.incarnation || now?.published !== former?.published) return
    const watermark = { incarnation, floor: after, published: after }
    await this.write([], { ...watermark, copy: v7(), topics: this.topicIds })
  }

  async append(
    watermark: Watermark,
    events: readonly CopiedEvent[],
  ): Promise<Watermark | undefined> {
    const end = events.at(-1)
    if (!end) return watermark
    const types = [...new Set(events.map(({ type }) => type))]
    return this.raise(watermark, { published: end.position, types }, events)
  }

  leaveOut(watermark: Watermark, event: CopiedEvent): Promise<Watermark | undefined> {
    const { position, type } = event
    return this.raise(watermark, { floor: position, published: position, types: [type] }, [])
  }

  async close(): Promise<void> {
    await this.discard()
    await this.cluster.close()
  }

  private async raise(
    watermark: Watermark,
    to: Partial<KafkaWatermark>,
    events: readonly CopiedEvent[],
  ): Promise<Watermark | undefined> {
    // After a lot that was too large everything begins anew, the right to write as well.
    if (!this.last) await this.watermark()
    const { last } = this
    if (last?.incarnation !== watermark.incarnation || last.published !== watermark.published)
      return undefined
    const next = { ...last, ...watermark, ...to }
    return (await this.write(events, next)) ? next : undefined
  }

  private async open(): Promise<void> {
    const { replicas = clusterDefault } = this.settings
    await this.cluster.ensureTopics(this.services.map(this.names.topic), {
      partitions: partitionCount,
      replicas,
      configs: [{ name: 'max.message.bytes', value: String(maxMessageBytes) }],
    })
    await this.cluster.ensureTopics([this.names.watermark], {
      partitions: 1,
      replicas,
      configs: [
        { name: 'cleanup.policy', value: 'compact' },
        { name: 'segment.bytes', value: String(2 ** 20) },
      ],
    })
    this.topicIds = await this.readTopicIds()
    const { Producer, stringSerializers } = await import('@platformatic/kafka')
    this.producer = new Producer({
      ...clientOptions(this.settings),
      retries: transactionRetries,
      retryDelay: transactionRetryMs,
      timeout: transactionMs,
      serializers: stringSerializers,
      transactionalId: this.names.transactionalId,
      idempotent: true,
      acks: -1,
    })
    // Ids that say that there were none before: the library's own default names a producer.
    const first = await this.producer.beginTransaction({ producerId: -1n, producerEpoch: -1 })
    await first.cancel()
  }

  private async readTopicIds(): Promise<Record<string, string>> {
    await this.cluster.forgetMetadata()
    const metadata = await this.cluster.metadata(this.services.map(this.names.topic))
    return Object.fromEntries(
      this.services.map((service) => {
        const topic = metadata.topics.get(this.names.topic(service))
        if (topic?.partitionsCount !== partitionCount)
          throw new Error(
            `the topic of ${service} has ${topic?.partitionsCount} partitions and needs ${partitionCount}`,
          )
        return [service, topic.id]
      }),
    )
  }

  /** A copy of which a topic was deleted is none. */
  private async readLast(): Promise<KafkaWatermark | undefined> {
    const { watermark } = await readToEnd(this.cluster, this.names.watermark)
    if (!watermark) return undefined
    const isWhole = Object.entries(watermark.topics).every(
      ([service, id]) => (this.topicIds[service] ?? id) === id,
    )
    return isWhole ? { ...watermark, topics: { ...watermark.topics, ...this.topicIds } } : undefined
  }

  /** The events first, and the watermark when they are there; false when another writer began. */
  private async write(events: readonly CopiedEvent[], watermark: KafkaWatermark): Promise<boolean> {
    const { producer, names } = this
    if (!producer) return false
    return this.discardOnFailure(async () => {
      const transaction = await producer.beginTransaction()
      const send = (messages: Message[]) => whileBusy(() => transaction.send({ messages }))
      if (events.length > 0)
        await send(events.map((one) => toMessage(one, watermark.copy, names.topic(one.source))))
      const value = JSON.stringify(watermark)
      await send([{ topic: names.watermark, partition: 0, key: 'watermark', value }])
      await transaction.commit()
      this.last = watermark
      return true
    })
  }

  private async discardOnFailure<T>(work: () => Promise<T>): Promise<T | false> {
    try {
      return await answered(work())
    } catch (error) {
      await this.discard()
      if (await isShutOut(error)) return false
      if (await hasCode(causeOf(error), ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']))
        throw new LotTooLarge('max.message.bytes of the topic in Kafka', { cause: error })
      throw error
    }
  }

  private async discard(): Promise<void> {
    const { producer } = this
    this.producer = undefined
    this.last = undefined
    await producer?.close(true).catch(() => {})
  }
}

/** Until the transaction before has ended everywhere; nothing was written when it says so. */
async function whileBusy<T>(work: () => Promise<T>): Promise<T> {
  const untilMs = performance.now() + busyMs
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (performance.now() > untilMs || !(await hasCode(error, ['CONCURRENT_TRANSACTIONS'])))
        throw error
      await new Promise((resolve) => setTimeout(resolve, busyRetryMs))
    }
  }
}

function isShutOut(error: unknown): Promise<boolean> {
  const fences = ['PRODUCER_FENCED', 'INVALID_PRODUCER_EPOCH', 'TRANSACTION_COORDINATOR_FENCED']
  return hasCode(causeOf(error), fences)
}

function causeOf(error: unknown): unknown {
  return error instanceof TransportUnavailable ? error.cause : error
}

async function hasCode(error: unknown, codes: readonly string[]): Promise<boolean> {
  const { findErrorBy } = await import('@platformatic/kafka')
  return error instanceof Error && codes.some((id) => findErrorBy(error, 'apiId', id) !== null)
}
