// The watermark of a copy: the last record of a topic of its own, which whoever waits for more of
// the log waits at.
import type { Watermark } from '../copy.ts'
import { KafkaCluster, nameOf } from './kafka-cluster.ts'
import { type KafkaNames, type KafkaSettings, kafkaNames } from './kafka-settings.ts'

export interface KafkaWatermark extends Watermark {
  /** A UUIDv7, told apart from what copies before it left in the same topics. */
  readonly copy: string
  /** The id of each service's topic: one that was made anew has lost what was copied. */
  readonly topics: Readonly<Record<string, string>>
  /** The types among what was added last. */
  readonly types?: readonly string[]
}

const bytesPerFetch = 2 ** 20
/** The last record is among so many offsets, with the marks of transactions between them. */
const tailOffsets = 20n
const waitMs = 1_500
const firstRetryMs = 50
const maxRetryMs = 1_000

/** Reads on to the end of the topic; `watermark` is undefined when there is none. */
export async function readToEnd(
  cluster: KafkaCluster,
  topic: string,
  from?: bigint,
): Promise<{ watermark: KafkaWatermark | undefined; next: bigint }> {
  const one = { topic, partition: 0 }
  const end = (await cluster.offsets([one], 'end')).get(nameOf(one)) ?? 0n
  const first = (await cluster.offsets([one], 'first')).get(nameOf(one)) ?? 0n
  const near = end - tailOffsets > first ? end - tailOffsets : first
  let watermark: KafkaWatermark | undefined
  let next = from ?? near
  while (next < end) {
    const fetched = (await cluster.fetch([{ ...one, offset: next, bytes: bytesPerFetch }])).get(
      nameOf(one),
    )
    if (!fetched || fetched.isOutOfRange || fetched.next <= next) break
    watermark = lastIn(fetched.records) ?? watermark
    next = fetched.next
  }
  return watermark || from !== undefined || near === first
    ? { watermark, next }
    : readToEnd(cluster, topic, first)
}

function lastIn(records: readonly { record: { value: Buffer | null } }[]) {
  const value = records.at(-1)?.record.value
  return value ? (JSON.parse(value.toString()) as KafkaWatermark) : undefined
}

/** Follows the watermark from its first use on, for all groups of a process. */
export class WatermarkTail {
  private readonly cluster: KafkaCluster
  private readonly names: KafkaNames
  private readonly listeners = new Set<(watermark: KafkaWatermark) => void>()
  private readonly first = Promise.withResolvers<void>()
  private last: KafkaWatermark | undefined
  private next: bigint | undefined
  private loop: Promise<void> | undefined
  private failure: unknown
  private isClosed = false
  private wake = () => {}

  constructor(settings: KafkaSettings) {
    // Connections of its own: a question that waits holds up those behind it.
    this.cluster = new KafkaCluster(settings)
    this.names = kafkaNames(settings.prefix)
  }

  /** As it is known here; waits for a moment while nothing was read yet, and tells what it was. */
  async current(): Promise<KafkaWatermark | undefined> {
    this.start()
    const timeout = Promise.withResolvers<void>()
    const timer = setTimeout(timeout.resolve, 2 * waitMs)
    await Promise.race([this.first.promise, timeout.promise])
    clearTimeout(timer)
    if (!this.last && this.failure) throw this.failure
    return this.last
  }

  onWatermark(listener: (watermark: KafkaWatermark) => void): void {
    this.listeners.add(listener)
    this.start()
  }

  async close(): Promise<void> {
    this.isClosed = true
    this.wake()
    await this.cluster.close()
    await this.loop
  }

  private start(): void {
    this.loop ??= this.follow()
  }

  private async follow(): Promise<void> {
    for (let failures = 0; !this.isClosed; ) {
      try {
        await this.step()
        failures = 0
        this.failure = undefined
      } catch (error) {
        // Whoever reads meets the same failure and tells of it.
        this.failure = error
        failures += 1
        await this.pause(Math.min(maxRetryMs, firstRetryMs * 2 ** Math.min(10, failures)))
      }
    }
  }

  private async step(): Promise<void> {
    const { watermark: topic } = this.names
    if (this.next === undefined) {
      if (!(await this.cluster.hasTopic(topic))) {
        this.last = undefined
        this.first.resolve()
        return this.pause(maxRetryMs)
      }
      const { watermark, next } = await readToEnd(this.cluster, topic)
      this.take(watermark)
      this.last = watermark
      this.next = next
      this.first.resolve()
    }
    const one = { topic, partition: 0 }
    const wanted = [{ ...one, offset: this.next, bytes: bytesPerFetch }]
    const found = await this.cluster.fetch(wanted, waitMs).catch((error: unknown) => {
      // It may be of another topic by now; where it stands is asked again.
      this.next = undefined
      throw error
    })
    const fetched = found.get(nameOf(one))
    if (fetched?.isOutOfRange) this.next = undefined
    else if (fetched) {
      this.take(lastIn(fetched.records))
      this.next = fetched.next
    }
  }

  private take(watermark: KafkaWatermark | undefined): void {
    if (!watermark) return
    this.last = watermark
    for (const listener of this.listeners) listener(watermark)
  }

  private async pause(ms: number): Promise<void> {
    if (this.isClosed) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.wake = resolve
    const timer = setTimeout(resolve, ms).unref()
    await promise
    clearTimeout(timer)
  }
}
