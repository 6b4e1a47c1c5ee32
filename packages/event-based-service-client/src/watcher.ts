// Broadcast: every process hears every event from now on, after a snapshot. Nothing is stored; what
// may have been missed is mended by loading the snapshot again.
import type { Context, Log } from '@prognetwork/contracts'
import { coalesced } from './coalesced.ts'
import type { ConsumerDatabase } from './consumer-database.ts'
import type { BeginEvent } from './event-work.ts'
import { createLogReader, type LogHead } from './log-reader.ts'
import { createEventOpener, type DecryptPersonal, type Upcast } from './logged-event.ts'
import { allPartitions, quietPositions } from './partitions.ts'
import type { Watch } from './subscriptions.ts'
import type { MoveWakeUps } from './wake-ups.ts'

export interface WatcherOptions {
  readonly service: string
  readonly watches: readonly Watch[]
  readonly database: Pick<ConsumerDatabase, 'read'>
  readonly wakeUps: MoveWakeUps
  readonly begin: BeginEvent
  /** The service itself in the platform's tenant; snapshots load under it. */
  readonly context: () => Context
  readonly log: Log
  readonly decryptPersonal?: DecryptPersonal
  readonly upcast?: Upcast
}

export interface Watcher {
  stop(): Promise<void>
}

const logName = 'domain'
const eventsPerRead = 1_000
const firstRetryMs = 250
const maxRetryMs = 10_000
const firstLoadMs = 30_000

/**
 * Starts watching; resolves when every snapshot is loaded, so that nobody is served from an empty
 * state. Throws when the first loading does not succeed within half a minute.
 */
export async function runWatches(options: WatcherOptions): Promise<Watcher> {
  const watcher = new LogWatcher(options)
  await watcher.start()
  return watcher
}

class LogWatcher implements Watcher {
  private readonly options: WatcherOptions
  private readonly types: ReadonlySet<string>
  private readonly reader: ReturnType<typeof createLogReader>
  private readonly open: ReturnType<typeof createEventOpener>
  private readonly handlersOf: Map<string, Watch[]>
  private readonly stopListening: (() => void)[] = []
  private readonly follow = coalesced(() => this.catchUp())
  /** How far events were applied; undefined while the snapshot must be loaded. */
  private applied: LogHead | undefined
  private headPosition = 0
  private failures = 0
  private stopping = false

  constructor(options: WatcherOptions) {
    this.options = options
    const contracts = options.watches.map((one) => one.event)
    this.types = new Set(contracts.map((one) => one.type))
    this.reader = createLogReader({ ...options, log: logName, types: [...this.types] })
    this.open = createEventOpener({ ...options, contracts })
    this.handlersOf = Map.groupBy(options.watches, (one) => one.event.type)
  }

  async start(): Promise<void> {
    const { wakeUps } = this.options
    this.stopListening.push(
      wakeUps.onMoved(({ log, to, types }) => {
        if (log !== logName || to <= this.headPosition) return
        this.headPosition = to
        const isFar = to - (this.applied?.position ?? 0) >= quietPositions
        if (isFar || !types || types.some((type) => this.types.has(type))) this.inBackground()
      }),
      wakeUps.onReconnected(() => {
        this.applied = undefined
        this.inBackground()
      }),
    )
    await this.loadFirst()
  }

  /** What a snapshot needs may start later than this process, so the first loading is patient. */
  private async loadFirst(): Promise<void> {
    const untilMs = performance.now() + firstLoadMs
    for (;;) {
      try {
        return await this.follow.run()
      } catch (error) {
        this.applied = undefined
        if (this.stopping || performance.now() > untilMs) throw error
        this.options.log.warn({ error }, 'A watch could not load its snapshot and tries again')
        await new Promise((resolve) => setTimeout(resolve, firstRetryMs * 4))
      }
    }
  }

  async stop(): Promise<void> {
    this.stopping = true
    for (const stop of this.stopListening) stop()
    await this.follow.idle()
  }

  private inBackground(): void {
    if (this.stopping) return
    this.follow.run().then(
      () => {
        this.failures = 0
      },
      (error: unknown) => {
        const { log, service } = this.options
        log.error({ error, service }, 'A watch failed; its snapshot is loaded again')
        this.applied = undefined
        this.failures += 1
        const waitMs = Math.min(maxRetryMs, firstRetryMs * 2 ** Math.min(10, this.failures - 1))
        setTimeout(() => this.inBackground(), waitMs).unref()
      },
    )
  }

  private async catchUp(): Promise<void> {
    while (!this.stopping) {
      const applied = this.applied ?? (await this.load())
      if (!applied) continue
      const after = new Map(allPartitions.map((number) => [number, applied.position]))
      const page = await this.reader.read(applied, after, eventsPerRead)
      for (const logged of page.events) {
        const { ctx, end } = this.options.begin(logged)
        const event = await this.open(ctx, logged)
        for (const { handler } of this.handlersOf.get(event.type) ?? []) await handler(ctx, event)
        end('ok')
      }
      // A reconnect meanwhile asked for a new snapshot.
      if (this.applied !== applied) continue
      this.applied = { ...applied, position: page.upTo }
      if (page.upTo >= this.headPosition) return
    }
  }

  /** The end of the log first and the snapshot after it: what happens in between is read again. */
  private async load(): Promise<LogHead | undefined> {
    const head = await this.reader.head()
    this.applied = head
    this.headPosition = Math.max(this.headPosition, head.position)
    for (const { snapshot } of this.options.watches) await snapshot(this.options.context())
    return this.applied === head ? head : undefined
  }
}
