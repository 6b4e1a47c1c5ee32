// Reads the log for one consumer group and hands it to batches: a few in parallel, one per
// partition at a time. Leases and wake-ups only save work; correctness is the batch's.
import type { Context, Log, LogName } from '@prognetwork/contracts'
import { type Background, backOffMs, createBackground } from './background.ts'
import { type Batch, type BatchOptions, type BatchOutcome, consumeBatch } from './batch.ts'
import { BatchQueue } from './batch-queue.ts'
import { coalesced } from './coalesced.ts'
import type { ConsumerDatabase, FailureKind } from './consumer-database.ts'
import { createDatabaseLogSource } from './database-log-source.ts'
import { type BeginEvent, createPreparation } from './event-work.ts'
import { consumeJointly } from './joint-batch.ts'
import { type LogEnd, type LogSource, logName } from './log-source.ts'
import { createEventOpener, type DecryptPersonal } from './logged-event.ts'
import { Membership } from './membership.ts'
import { retryParked } from './parked-retry.ts'
import { chooseForRead, groupByPartition, type Partition, quietPositions } from './partitions.ts'
import { placeOf } from './positions.ts'
import { ReplayRunner } from './replay/replay-runner.ts'
import type { Consumer } from './subscriptions.ts'
import type { PartitionsReader, Transport } from './transport/transport.ts'
import type { Moved, Peers } from './wake-ups.ts'

export interface ConsumerTimes {
  readonly leaseMs: number
  readonly renewMs: number
  /** How often quiet partitions are written. */
  readonly quietMs: number
  /** Doubles with each failure in a row, up to the time between renewals. */
  readonly retryMs: number
  /** How long a handler may take before its events are handled as failed. */
  readonly handlerMs: number
}

const defaultTimes: ConsumerTimes = {
  leaseMs: 35_000,
  renewMs: 15_000,
  quietMs: 5_000,
  retryMs: 250,
  handlerMs: 30_000,
}
/** A batch that is interrupted more often in a row than others is suspected to do that itself. */
const suspectAfter = 5

export interface ConsumerRunnerOptions {
  /** The group; every process of the service is a member of it. */
  readonly service: string
  /** The log that the consumed events are in, if it is another than the domain log. */
  readonly reads?: LogName
  readonly consumers: readonly Consumer[]
  /** The services that publish what is consumed. */
  readonly topics: readonly string[]
  readonly database: ConsumerDatabase
  /** Where the log is, if it is not beside the service's tables. */
  readonly source?: LogSource
  readonly transport: Transport
  /** Without it, who has ended without a word is found out when its leases run out. */
  readonly peers?: Peers
  readonly begin: BeginEvent
  /** The service itself in one tenant. */
  readonly contextFor: (tenantId: string) => Context
  readonly classify: (error: unknown) => FailureKind
  readonly log: Log
  readonly decryptPersonal?: DecryptPersonal
  /** Batches at a time, each on a connection of its own. */
  readonly concurrency?: number
  readonly times?: Partial<ConsumerTimes>
}

export interface ConsumerRunner {
  /** How many positions of the log are between its end and the slowest partition held here. */
  behind(): number
  /** For how long there has been something to read, in seconds; 0 when all was read. */
  behindSeconds(): number
  /** Events handled since the start. */
  handled(): number
  /** Keys that are parked, as of the last renewal. */
  parked(): number
  /** Looks for parked keys that are due, now. */
  retryParked(): void
  /** Looks now for a replay to work on, or one that has ended. */
  lookForReplays(): void
  /** Finishes the batches in hand and gives all leases up. */
  stop(): Promise<void>
}

const eventsPerRead = 1_000

/** Starts consuming; failures of the database are waited out. */
export function runConsumers(options: ConsumerRunnerOptions): ConsumerRunner {
  return new Runner(options).start()
}

class Runner implements ConsumerRunner {
  private readonly options: ConsumerRunnerOptions
  private readonly times: ConsumerTimes
  private readonly types: ReadonlySet<string>
  private readonly reader: PartitionsReader
  private readonly batchOptions: BatchOptions
  private readonly membership: Membership
  private readonly background: Background
  private readonly replays: ReplayRunner
  private readonly queue: BatchQueue
  private readonly timers: NodeJS.Timeout[] = []
  private turn = 0
  private hasBacklog = false
  private head: LogEnd | undefined
  private stopping = false
  private batchFailures = 0
  private lastAdvanceMs = performance.now()
  private caughtUpMs = performance.now()
  private handledEvents = 0
  private retryTimer: { timer: NodeJS.Timeout; atMs: number } | undefined
  private readonly stopListening: (() => void)[] = []
  private readonly pump = coalesced(() => this.readAll())
  private readonly renewal = coalesced(() => this.renew())
  private readonly retry = coalesced(() => this.retryDue())

  constructor(options: ConsumerRunnerOptions) {
    const { service, reads = logName, database, topics, transport, classify, log } = options
    const contracts = options.consumers.map((one) => one.event)
    const group = { group: service, log: reads }
    this.options = options
    this.times = { ...defaultTimes, ...options.times }
    this.types = new Set(contracts.map((one) => one.type))
    const source = options.source ?? createDatabaseLogSource(database)
    this.reader = transport.reader({ source, topics, types: [...this.types] })
    const { leaseMs } = this.times
    const session = () => options.peers?.session()
    this.membership = new Membership(group, database, { leaseMs, session })
    const prepare = createPreparation({
      ...options,
      open: createEventOpener({ ...options, contracts }),
    })
    this.background = this.createBackground()
    this.queue = new BatchQueue({
      ...(options.concurrency !== undefined && { concurrency: options.concurrency }),
      run: (batches) => this.runBatches(batches),
      onRoom: () => this.background.run(this.pump),
    })
    const onParked = (retryInMs: number) => this.retryIn(retryInMs)
    const { handlerMs } = this.times
    this.batchOptions = { group, database, prepare, classify, log, handlerMs, onParked }
    this.replays = new ReplayRunner({
      ...{ batch: this.batchOptions, source, background: this.background },
      ...{ leaseMs, session },
      onEnd: () => this.goOn(),
    })
  }

  start(): this {
    const { transport, peers } = this.options
    this.stopListening.push(transport.onMoved((moved) => this.noteMove(moved)))
    if (peers) this.stopListening.push(peers.onPeersChanged(() => this.takeOver()))
    this.timers.push(
      setInterval(() => this.background.run(this.renewal), this.times.renewMs).unref(),
      setInterval(() => this.background.run(this.pump), this.times.quietMs).unref(),
      setInterval(() => this.replays.look(), this.times.renewMs).unref(),
    )
    this.background.run(this.renewal)
    this.replays.look()
    return this
  }

  behind(): number {
    const end = this.head?.position ?? 0
    const reached = this.membership.all().map((one) => (one.busy ? one.position : one.readTo))
    return Math.max(0, ...reached.map((position) => end - (position ?? end)))
  }

  behindSeconds(): number {
    return this.behind() === 0 ? 0 : (performance.now() - this.caughtUpMs) / 1_000
  }

  handled(): number {
    return this.handledEvents
  }

  parked(): number {
    return this.membership.parked
  }

  retryParked(): void {
    this.retryIn(0)
  }

  lookForReplays(): void {
    this.replays.look()
    this.goOn()
  }

  private takeOver(): void {
    this.background.run(this.renewal)
    this.replays.look()
  }

  /** With partitions that a replay has held up, where it has ended. */
  private goOn(): void {
    this.membership.lookAgain()
    this.background.run(this.pump)
    this.retryIn(0)
  }

  async stop(): Promise<void> {
    this.stopping = true
    this.background.stop()
    for (const stop of this.stopListening) stop()
    for (const timer of this.timers) clearInterval(timer)
    clearTimeout(this.retryTimer?.timer)
    this.queue.stop()
    await Promise.all([this.pump.idle(), this.renewal.idle(), this.retry.idle()])
    await Promise.all([this.queue.idle(), this.replays.stop()])
    try {
      await this.membership.leave()
    } catch (error) {
      this.options.log.warn({ error }, 'Leases could not be given up; they will run out')
    }
  }

  private createBackground(): Background {
    const { log, classify, service: group } = this.options
    return createBackground({
      times: this.retryTimes(),
      onFailure: (error, isNews) => {
        const level = classify(error) === 'unavailable' ? 'warn' : 'error'
        log[isNews ? level : 'debug']({ error, group }, 'Consuming was interrupted and will go on')
        // It may be of an incarnation that has ended.
        this.head = undefined
      },
      onRecovery: () => log.info({ group }, 'Consuming goes on'),
    })
  }

  private retryTimes() {
    return { retryMs: this.times.retryMs, maxRetryMs: this.times.renewMs }
  }

  private noteMove(moved: Moved): void {
    if (
      moved.log !== (this.options.reads ?? logName) ||
      (this.head && moved.to <= this.head.position)
    )
      return
    this.head &&= { ...this.head, position: moved.to }
    const isOurs = !moved.types || moved.types.some((type) => this.types.has(type))
    const isFar = this.membership.all().some((one) => moved.to - one.readTo >= quietPositions)
    if (isOurs || isFar) this.background.run(this.pump)
  }

  private async renew(): Promise<void> {
    const retryInMs = await this.membership.renew()
    if (retryInMs !== undefined) this.retryIn(retryInMs)
    this.background.run(this.pump)
  }

  private async readAll(): Promise<void> {
    while (!this.stopping && (await this.readOnce()));
    if (this.behind() === 0) this.caughtUpMs = performance.now()
    const isDue = performance.now() - this.lastAdvanceMs >= this.times.quietMs * 0.9
    if (this.stopping || !(isDue || this.membership.isFarAhead())) return
    this.lastAdvanceMs = performance.now()
    await this.membership.advanceQuiet()
  }

  /** One read for as many partitions as can share it; false when there is nothing to read. */
  private async readOnce(): Promise<boolean> {
    if (!this.queue.hasRoom()) return false
    this.head ??= await this.reader.head()
    const head = this.head
    const left = await this.membership.loadPositions(head)
    if (left > 0) {
      const { log, service: group } = this.options
      log.error({ group, partitions: left, head }, 'Events were dropped that had not been consumed')
    }
    const candidates = this.membership
      .all()
      .filter((one) => isReadable(one) && one.readTo < head.position)
    if (candidates.length === 0) return false
    const chosen = chooseForRead(candidates, { turn: this.turn++, hasBacklog: this.hasBacklog })
    const after = new Map(chosen.map((one) => [one.number, one.readTo]))
    const page = await this.reader.read(head, after, eventsPerRead)
    this.hasBacklog = page.hasMore
    const found = groupByPartition(page.events)
    const isStuck = !page.hasMore && chosen.every((one) => page.reached(one.number) <= one.readTo)
    for (const one of chosen) {
      // Its position is being written, or it was given up: it is read again, by whoever has it.
      if (!isReadable(one) || one.position === undefined || !this.membership.holds(one)) continue
      // A page that is full of those behind does not reach those in front: they stay where they are,
      // or what they have done would be done again.
      const to = Math.max(one.readTo, page.reached(one.number))
      one.readTo = to
      const events = found.get(one.number)
      const place = placeOf(this.batchOptions.group, one.number)
      const { incarnation } = head
      if (events) this.enqueue(one, { place, incarnation, from: one.position, to, events })
    }
    this.queue.start()
    // There is less than there was: how far there is something has to be asked anew.
    if (isStuck) this.head = undefined
    return !isStuck
  }

  private enqueue(partition: Partition, batch: Batch): void {
    partition.busy = true
    this.queue.add(partition, batch)
  }

  private async runBatches(batches: ReadonlyMap<Partition, Batch>): Promise<void> {
    if (batches.size > 1 && (await this.runJointly(batches))) return
    for (const [partition, batch] of batches) await this.runBatch(batch, partition)
  }

  /** False when each has to be consumed by itself. */
  private async runJointly(batches: ReadonlyMap<Partition, Batch>): Promise<boolean> {
    const byNumber = new Map([...batches].map(([{ number }, batch]) => [number, batch]))
    try {
      const reached = await consumeJointly(byNumber, this.batchOptions)
      if (!reached) return false
      for (const [partition, batch] of batches)
        this.cameTo(partition, batch, reached.get(partition.number) ?? 'lost')
    } catch (error) {
      this.interrupted([...batches.keys()], error)
    }
    return true
  }

  private async runBatch(batch: Batch, partition: Partition): Promise<void> {
    try {
      const isSuspect = partition.interruptions >= suspectAfter
      this.cameTo(partition, batch, await consumeBatch(batch, this.batchOptions, isSuspect))
    } catch (error) {
      this.interrupted([partition], error)
    }
  }

  private cameTo(partition: Partition, batch: Batch, outcome: BatchOutcome): void {
    partition.busy = false
    if (outcome === 'lost' || partition.leaving) {
      this.membership.giveUp(partition)
      this.background.run(this.renewal)
      return
    }
    partition.position = outcome
    partition.alone = false
    partition.interruptions = 0
    this.handledEvents += batch.events.filter((event) => event.position <= outcome).length
    this.batchFailures = 0
    const events = batch.events.filter((event) => event.position > outcome)
    if (events.length > 0) this.enqueue(partition, { ...batch, from: outcome, events })
  }

  /** How far it came is in the position row, which is read again before anything else. */
  private interrupted(partitions: readonly Partition[], error: unknown): void {
    this.batchFailures += 1
    const waitMs = backOffMs(this.retryTimes(), this.batchFailures)
    const notBeforeMs = performance.now() + waitMs
    for (const one of partitions) {
      one.busy = false
      one.position = undefined
      one.notBeforeMs = notBeforeMs
      one.alone = true
      one.interruptions += 1
    }
    const numbers = partitions.map((one) => one.number)
    this.options.log.warn({ error, partitions: numbers }, 'A batch was interrupted')
    setTimeout(() => this.background.run(this.pump), waitMs + 1).unref()
  }

  /** Sets the timer of the parked keys, unless an earlier one is set. */
  private retryIn(ms: number): void {
    const atMs = performance.now() + ms
    if (this.stopping || (this.retryTimer && this.retryTimer.atMs <= atMs)) return
    clearTimeout(this.retryTimer?.timer)
    const timer = setTimeout(() => {
      this.retryTimer = undefined
      this.background.run(this.retry)
    }, ms + 1).unref()
    this.retryTimer = { timer, atMs }
  }

  private async retryDue(): Promise<void> {
    const partitions = this.membership.all().map((one) => one.number)
    const { contextFor } = this.options
    const inMs = await retryParked(partitions, { ...this.batchOptions, contextFor })
    if (inMs !== undefined) this.retryIn(Math.max(50, inMs))
  }
}

function isReadable(partition: Partition): boolean {
  return partition.position !== undefined && !partition.busy && !partition.leaving
}
