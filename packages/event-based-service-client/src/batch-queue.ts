// Batches that wait for their transaction. One transaction at a time is enough while it keeps up: what
// comes meanwhile is the next one's, and shares its costs.
import { type Batch, maxEvents } from './batch.ts'
import type { Partition } from './partitions.ts'

const defaultConcurrency = 3
/** A transaction that takes longer gets another beside it. */
const besideMs = 20

export class BatchQueue {
  private readonly concurrency: number
  private readonly run: (batches: ReadonlyMap<Partition, Batch>) => Promise<void>
  private readonly onRoom: () => void
  private readonly waiting: { partition: Partition; batch: Batch }[] = []
  private readonly running = new Set<Promise<void>>()
  private waitingEvents = 0
  private lastBeginMs = 0
  private timer: NodeJS.Timeout | undefined
  private isStopped = false

  constructor(options: {
    /** Transactions at a time, each on a connection of its own. */
    readonly concurrency?: number
    readonly run: (batches: ReadonlyMap<Partition, Batch>) => Promise<void>
    /** More can be read. */
    readonly onRoom: () => void
  }) {
    this.concurrency = options.concurrency ?? defaultConcurrency
    this.run = options.run
    this.onRoom = options.onRoom
  }

  add(partition: Partition, batch: Batch): void {
    this.waitingEvents += batch.events.length
    this.waiting.push({ partition, batch })
  }

  /** Whether a batch that is added now can begin. */
  hasRoom(): boolean {
    if (this.running.size === 0) return true
    if (this.running.size >= this.concurrency) return false
    return this.waitingEvents >= maxEvents || performance.now() - this.lastBeginMs >= besideMs
  }

  /** Begins what there is room for, and says when there is room again. */
  start(): void {
    while (!this.isStopped && this.waiting.length > 0 && this.hasRoom()) {
      this.lastBeginMs = performance.now()
      const work = this.run(this.take()).finally(() => {
        this.running.delete(work)
        this.goOn()
      })
      this.running.add(work)
    }
    if (this.isStopped || this.running.size === 0) return
    this.timer ??= setTimeout(() => {
      this.timer = undefined
      this.goOn()
    }, besideMs).unref()
  }

  stop(): void {
    this.isStopped = true
    clearTimeout(this.timer)
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await Promise.all(this.running)
  }

  private goOn(): void {
    this.start()
    this.onRoom()
  }

  /** As many as make one lot, and one at the least. */
  private take(): ReadonlyMap<Partition, Batch> {
    const taken = new Map<Partition, Batch>()
    for (let events = 0; events < maxEvents; ) {
      const [next] = this.waiting
      if (!next || (next.partition.alone && taken.size > 0)) break
      this.waiting.shift()
      taken.set(next.partition, next.batch)
      events += next.batch.events.length
      this.waitingEvents -= next.batch.events.length
      if (next.partition.alone) break
    }
    return taken
  }
}
