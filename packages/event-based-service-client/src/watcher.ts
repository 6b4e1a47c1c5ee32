// Broadcast: every process hears every event from now on, after a snapshot. Nothing is stored; what
// may have been missed is mended by loading the snapshot again.
import type { Context, Log } from '@prognetwork/contracts'
import type { FailureKind } from './consumer-database.ts'
import type { BeginEvent } from './event-work.ts'
import type { LogFeed } from './log-feed.ts'
import type { LogHead } from './log-source.ts'
import { createEventOpener, type DecryptPersonal } from './logged-event.ts'
import type { Watch } from './subscriptions.ts'
import type { WrittenEvents } from './wake-ups.ts'

export interface WatcherOptions {
  readonly service: string
  readonly watches: readonly Watch[]
  readonly feed: LogFeed
  readonly written: WrittenEvents
  readonly begin: BeginEvent
  /** The service itself in the platform's tenant; snapshots load under it. */
  readonly context: () => Context
  readonly classify: (error: unknown) => FailureKind
  readonly log: Log
  readonly decryptPersonal?: DecryptPersonal
}

export interface Watcher {
  /**
   * Resolves when every snapshot is loaded, so that nobody is served from an empty state. Rejects
   * when that does not succeed within half a minute, and goes on trying.
   */
  readonly loaded: Promise<void>
  /**
   * Whether everything was heard that was committed: false before the snapshot, while nothing can
   * be heard, and from each commit of this process until its events have come back.
   */
  isCurrent(): boolean
  stop(): Promise<void>
}

const firstRetryMs = 250
const maxRetryMs = 10_000
const firstLoadMs = 30_000
/** As many ids are remembered as can be heard before their commit returns to this process. */
const maxHeard = 5_000

/** Starts watching, in the background. */
export function runWatches(options: WatcherOptions): Watcher {
  return new LogWatcher(options).start()
}

class LogWatcher implements Watcher {
  readonly loaded: Promise<void>
  private readonly options: WatcherOptions
  private readonly types: ReadonlySet<string>
  private readonly open: ReturnType<typeof createEventOpener>
  private readonly handlersOf: Map<string, Watch[]>
  private readonly first = Promise.withResolvers<void>()
  private readonly awaited = new Set<string>()
  private readonly heard = new Set<string>()
  private phase: 'away' | 'loading' | 'following' = 'away'
  private failures = 0
  private stopping = false
  private wake = () => {}
  private stopListening = () => {}
  private loop: Promise<void> = Promise.resolve()

  constructor(options: WatcherOptions) {
    this.options = options
    const contracts = options.watches.map((one) => one.event)
    this.types = new Set(contracts.map((one) => one.type))
    this.open = createEventOpener({ ...options, contracts })
    this.handlersOf = Map.groupBy(options.watches, (one) => one.event.type)
    this.loaded = this.first.promise
    // Whoever does not wait for it goes on without.
    this.loaded.catch(() => {})
  }

  start(): this {
    this.stopListening = this.options.written.onWritten((events) => {
      // What is committed before a snapshot is loaded, the snapshot holds.
      if (this.phase === 'away') return
      for (const { id, type } of events)
        if (this.types.has(type) && !this.heard.has(id)) this.awaited.add(id)
    })
    this.loop = this.run()
    return this
  }

  isCurrent(): boolean {
    return this.phase === 'following' && this.awaited.size === 0 && this.options.feed.isHearing()
  }

  async stop(): Promise<void> {
    this.stopping = true
    this.stopListening()
    this.options.feed.close()
    this.wake()
    await this.loop
  }

  private async run(): Promise<void> {
    const untilMs = performance.now() + firstLoadMs
    while (!this.stopping) {
      try {
        const head = await this.load()
        this.first.resolve()
        await this.follow(head)
      } catch (error) {
        if (this.stopping) return
        const { log, service, classify } = this.options
        const level = classify(error) === 'unavailable' ? 'warn' : 'error'
        log[level]({ error, service }, 'A watch was interrupted; its snapshot is loaded again')
        if (performance.now() > untilMs) this.first.reject(error)
        this.phase = 'away'
        await this.pause()
      }
    }
  }

  private async pause(): Promise<void> {
    this.failures += 1
    const waitMs = Math.min(maxRetryMs, firstRetryMs * 2 ** Math.min(10, this.failures - 1))
    await new Promise<void>((resolve) => {
      this.wake = resolve
      setTimeout(resolve, waitMs).unref()
    })
  }

  /** The end of the log first and the snapshot after it: what happens in between is read again. */
  private async load(): Promise<LogHead> {
    this.phase = 'loading'
    this.awaited.clear()
    const head = await this.options.feed.head()
    const snapshots = new Set(this.options.watches.map((one) => one.snapshot))
    for (const snapshot of snapshots) await snapshot(this.options.context())
    this.phase = 'following'
    return head
  }

  /** Until something may have been missed. */
  private async follow(head: LogHead): Promise<void> {
    for (let applied = head; !this.stopping; ) {
      const page = await this.options.feed.next(applied)
      if (!page) return
      for (const logged of page.events) {
        const { ctx, end } = this.options.begin(logged)
        const event = await this.open(ctx, logged)
        for (const { handler } of this.handlersOf.get(event.type) ?? []) await handler(ctx, event)
        end('ok')
        this.noteHeard(logged.id)
      }
      applied = { ...applied, position: page.upTo }
      this.failures = 0
    }
  }

  private noteHeard(id: string): void {
    this.awaited.delete(id)
    this.heard.add(id)
    const [oldest] = this.heard
    if (this.heard.size > maxHeard && oldest !== undefined) this.heard.delete(oldest)
  }
}
