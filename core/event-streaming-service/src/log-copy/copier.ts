// Copies the log into a broker, in order of positions, and goes on from what the broker still has.
// Nothing here decides what is right: the broker takes only what follows its watermark. A broker that
// is away costs delay, and one that lost everything begins at the present end of the log, since
// consumers read from the log itself what a copy does not hold.
import type { Log } from '@prognetwork/contracts'
import {
  type CopiedEvent,
  type CopyWriter,
  LotTooLarge,
  Outage,
  TransportUnavailable,
  type Watermark,
} from '@prognetwork/event-based-service-client'
import type { LastingConnection, LogAccess, Session } from '@prognetwork/shared-infrastructure'
import { copyEvents, readHead } from './copier.store.ts'

const lotSize = 2_000
/** Of data in one lot. */
const lotBytes = 4 * 2 ** 20
/**
 * What no broker is given in one lot. With what is said of each event it stays below the 16 MiB that
 * topics of Kafka are made with.
 */
const mostBytes = 12 * 2 ** 20
/** How often the log is looked at without a wake-up. */
const backstopMs = 5_000
const firstRetryMs = 100
const maxRetryMs = 3_000
/** Another writer is at work: let it, for a moment. */
const rivalMs = 200

export interface Copier {
  /** Positions between the end of the log and that of the copy, when they were last looked at. */
  behind(): number
  /** How many events this copier has copied. */
  copiedEvents(): number
  /** How many it left out, because they were too large: consumers read them from the log. */
  leftOutEvents(): number
  close(): Promise<void>
}

export interface CopierOptions {
  readonly access: Pick<LogAccess, 'connect' | 'wakeUps'>
  readonly writer: CopyWriter
  readonly log: Log
  /** Whether this process is the one to copy; several may, and only do more than is needed. */
  readonly isWanted: () => boolean
}

export function startCopier(options: CopierOptions): Copier {
  return new LogCopier(options).start()
}

class LogCopier implements Copier {
  private readonly options: CopierOptions
  private connection: LastingConnection | undefined
  private stopListening = () => {}
  private end = 0
  private published = 0
  private copied = 0
  private leftOut = 0
  private outage = new Outage()
  private isSizeTold = false
  private isDue = false
  private stopping = false
  private wake = () => {}
  private loop: Promise<void> = Promise.resolve()

  constructor(options: CopierOptions) {
    this.options = options
  }

  start(): this {
    const { access } = this.options
    this.stopListening = access.wakeUps.onMoved(({ log, to }) => {
      if (log !== 'domain') return
      this.end = Math.max(this.end, to)
      this.isDue = true
      this.wake()
    })
    this.connection = access.connect(async (session) => {
      this.wake()
      const before = this.loop
      this.loop = before.then(() => this.work(session))
    })
    return this
  }

  behind(): number {
    return this.options.isWanted() ? Math.max(0, this.end - this.published) : 0
  }

  copiedEvents(): number {
    return this.copied
  }

  leftOutEvents(): number {
    return this.leftOut
  }

  async close(): Promise<void> {
    this.stopping = true
    this.stopListening()
    this.wake()
    await this.loop
    await Promise.all([this.connection?.close(), this.options.writer.close()])
  }

  /** Until the session ends. */
  private async work(session: Session): Promise<void> {
    const isOpen = () => !this.stopping && !session.isClosed()
    while (isOpen()) {
      try {
        if (this.options.isWanted()) await this.follow(session, isOpen)
        else await this.pause(backstopMs / 5)
      } catch (error) {
        if (!isOpen()) return
        await this.waitAfter(error)
      }
    }
  }

  private async waitAfter(error: unknown): Promise<void> {
    const { log } = this.options
    const level = error instanceof TransportUnavailable ? 'warn' : 'error'
    log[this.outage.isNews(error) ? level : 'debug'](
      { error },
      'Copying the log was interrupted and will go on',
    )
    const { failures } = this.outage
    await this.pause(Math.min(maxRetryMs, firstRetryMs * 2 ** Math.min(10, failures - 1)))
  }

  /** From where the copy stands, until another writer is faster. A lot is read while one is added. */
  private async follow(session: Session, isOpen: () => boolean): Promise<void> {
    let watermark = await this.startingPoint(session)
    const { incarnation } = watermark
    let reading = this.read(session, incarnation, watermark.published)
    while (isOpen() && this.options.isWanted()) {
      this.published = watermark.published
      const events = await reading
      const last = events.at(-1)?.position ?? watermark.published
      if (events.length === 0 && !(await this.waitForMore(watermark))) return
      reading = this.read(session, incarnation, last)
      const added = await this.add(watermark, events)
      if (!added) return this.pause(rivalMs * (1 + Math.random()))
      watermark = added
      if (this.outage.failures > 0)
        this.options.log.info({ published: last }, 'Copying the log goes on')
      this.outage = new Outage()
    }
  }

  private async add(
    watermark: Watermark,
    events: readonly CopiedEvent[],
  ): Promise<Watermark | undefined> {
    if (bytesOf(events) > mostBytes) return this.divide(watermark, events)
    try {
      const added = await this.options.writer.append(watermark, events)
      if (added) this.copied += events.length
      return added
    } catch (error) {
      if (!(error instanceof LotTooLarge)) throw error
      this.tellSize(events, error)
      return this.divide(watermark, events)
    }
  }

  /** In halves what is too much at once; what is too much by itself is left out. */
  private async divide(
    watermark: Watermark,
    events: readonly CopiedEvent[],
  ): Promise<Watermark | undefined> {
    const [first] = events
    if (first && events.length === 1) {
      this.tellSize(events)
      const added = await this.options.writer.leaveOut(watermark, first)
      if (added) this.leftOut += 1
      return added
    }
    const middle = Math.ceil(events.length / 2)
    const half = await this.add(watermark, events.slice(0, middle))
    return half && this.add(half, events.slice(middle))
  }

  private tellSize(events: readonly CopiedEvent[], error?: LotTooLarge): void {
    const [first] = events
    this.options.log[this.isSizeTold ? 'debug' : 'warn'](
      { error, events: events.length, bytes: bytesOf(events), first: first?.position },
      'The broker takes less than this at once; an event that it does not take is read from the log',
    )
    this.isSizeTold = true
  }

  private read(session: Session, incarnation: string, after: number): Promise<CopiedEvent[]> {
    this.isDue = false
    const reading = session.run(copyEvents(incarnation, after, lotSize, lotBytes))
    // Whoever waits for it is told; it may be given up before.
    reading.catch(() => {})
    return reading
  }

  /** False when the copy is not what it was: another writer is at it, or the broker lost it. */
  private async waitForMore({ incarnation, published }: Watermark): Promise<boolean> {
    const now = await this.options.writer.watermark()
    if (now?.incarnation !== incarnation || now.published !== published) return false
    if (!this.isDue) await this.pause(backstopMs)
    return true
  }

  /** The watermark first: within one life of the log, its end is never below an earlier watermark. */
  private async startingPoint(session: Session): Promise<Watermark> {
    const { writer, log } = this.options
    const former = await writer.watermark()
    const [head] = await session.run(readHead())
    if (!head) throw new Error('there is no log to copy')
    const { incarnation, position } = head
    this.end = Math.max(this.end, position)
    if (former?.incarnation === incarnation && former.published <= position) return former
    await writer.begin({ incarnation, after: position, former })
    log.info({ after: position, former }, 'A new copy of the log begins')
    const begun = await writer.watermark()
    if (begun?.incarnation !== incarnation)
      throw new TransportUnavailable('the copy that was just begun')
    return begun
  }

  private async pause(ms: number): Promise<void> {
    if (this.stopping) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.wake = resolve
    const timer = setTimeout(resolve, ms).unref()
    await promise
    clearTimeout(timer)
  }
}

function bytesOf(events: readonly CopiedEvent[]): number {
  return events.reduce((sum, { data }) => sum + Buffer.byteLength(data), 0)
}
