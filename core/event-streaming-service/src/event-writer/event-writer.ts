// Moves events from every outbox to the log. One writer at a time leads, by a lease on the log's
// head; a second one takes over when the lease has run out. Nothing here decides what is right: the
// move statement does, whoever believes to lead.
import type { Log, LogName } from '@prognetwork/contracts'
import {
  type LastingConnection,
  type LogAccess,
  newId,
  type Session,
} from '@prognetwork/shared-infrastructure'
import {
  incoming,
  moveStatement,
  releaseHead,
  renewHead,
  takeHead,
  waitingStatement,
} from './event-writer.store.ts'
import { createQueue, type Queue } from './queue.ts'

export interface EventWriterTimes {
  /** How long a leader that was killed keeps the others out, at the most. */
  readonly leaseMs: number
  readonly renewMs: number
  /** How often the outboxes are looked at without a wake-up. */
  readonly backstopMs: number
}

const defaultTimes: EventWriterTimes = { leaseMs: 4_000, renewMs: 1_500, backstopMs: 5_000 }
const lotSize = 2_000
const afterFailureMs = 500

export interface EventWriter {
  /** Age of the oldest event that waited in an outbox when they were last looked at. */
  lagMs(): number
  isLeading(): boolean
  /** How many events this writer has moved. */
  movedEvents(): number
  /** Finishes the lot in hand and lets another writer lead at once. */
  close(): Promise<void>
}

export function startEventWriter(options: {
  readonly access: LogAccess
  readonly log: Log
  /** Told the next free position of a log after each move. */
  readonly onHead: (log: LogName, next: number) => void
  readonly lot?: number
  readonly times?: Partial<EventWriterTimes>
}): EventWriter {
  return new Writer(options).start()
}

class Writer implements EventWriter {
  private readonly options: Parameters<typeof startEventWriter>[0]
  private readonly times: EventWriterTimes
  private readonly holder = newId()
  private readonly places: readonly string[]
  private readonly moves: ReadonlyMap<string, ReturnType<typeof moveStatement>>
  private readonly waiting: ReturnType<typeof waitingStatement>
  private connection: LastingConnection | undefined
  private queue: Queue = createQueue([])
  private leading = false
  private lag = 0
  private movedCount = 0
  private stopping = false
  private loop: Promise<void> = Promise.resolve()

  constructor(options: Parameters<typeof startEventWriter>[0]) {
    this.places = [...options.access.outboxes, incoming]
    this.options = options
    this.times = { ...defaultTimes, ...options.times }
    this.moves = new Map(this.places.map((place) => [place, moveStatement(place)]))
    this.waiting = waitingStatement(this.places)
  }

  start(): this {
    this.connection = this.options.access.connect(async (session) => {
      this.queue.wake()
      // Outboxes are empty most of the time: a plan made then would read all of a full one.
      for (const scan of ['seqscan', 'bitmapscan', 'sort'])
        await session.run({ text: `set enable_${scan} = off`, values: [] })
      const before = this.loop
      this.loop = before.then(() => this.work(session))
    })
    return this
  }

  lagMs(): number {
    return this.lag
  }

  isLeading(): boolean {
    return this.leading
  }

  movedEvents(): number {
    return this.movedCount
  }

  async close(): Promise<void> {
    this.stopping = true
    this.queue.wake()
    await this.loop
    await this.connection?.close()
  }

  /** Until the session ends. */
  private async work(session: Session): Promise<void> {
    const isOpen = () => !this.stopping && !session.isClosed()
    while (isOpen()) {
      try {
        const [head] = await session.run(takeHead(this.holder, this.times.leaseMs))
        if (!head) throw new Error('there is no log to write')
        if (!head.isHome) await this.waitForHome()
        else if (head.epoch === null) await this.pause(Math.max(20, head.remainingMs + 20))
        else await this.lead(session, head.epoch, isOpen)
      } catch (error) {
        if (!isOpen()) return
        this.options.log.error({ error }, 'Moving events was interrupted and will go on')
        await this.pause(afterFailureMs)
      }
    }
  }

  private async pause(ms: number): Promise<void> {
    this.queue = createQueue([])
    if (!this.stopping) await this.queue.wait(ms)
  }

  private async waitForHome(): Promise<void> {
    this.options.log.error(
      {},
      'The database is a copy and no events are moved; run: prog log new-incarnation',
    )
    await this.pause(this.times.backstopMs)
  }

  private async lead(session: Session, epoch: number, isOpen: () => boolean): Promise<void> {
    const { access, log } = this.options
    const queue = createQueue(this.places)
    this.queue = queue
    this.leading = true
    const stopListening = access.wakeUps.onCommitted((place) => queue.add(place))
    log.info({ epoch }, 'This process moves events to the log now')
    try {
      while (isOpen()) {
        const isLeader = await this.moveAll(session, epoch, queue)
        if (!isLeader || !(await this.keep(session, epoch, queue))) {
          log.info({ epoch }, 'Another process moves events to the log now')
          return
        }
        if (isOpen()) await queue.wait(this.times.renewMs)
      }
      if (!session.isClosed()) await session.run(releaseHead(epoch))
    } finally {
      stopListening()
      queue.clear()
      this.leading = false
    }
  }

  /** A lot of every outbox that has something, again and again; false when another writer leads. */
  private async moveAll(session: Session, epoch: number, queue: Queue): Promise<boolean> {
    const { lot = lotSize, access, onHead } = this.options
    for (let place = queue.next(); place && !this.stopping; place = queue.next()) {
      const move = this.moves.get(place)
      if (!move) continue
      const [row] = await session.run(move(lot, epoch, this.times.leaseMs))
      if (!row?.leader) return false
      this.renewedMs = performance.now()
      this.movedCount += row.moved
      for (const { log, next, types } of row.logs) {
        access.wakeUps.moved({ log, to: next - 1, types })
        onHead(log, next)
      }
      if (row.full && row.moved > 0) queue.add(place)
      else queue.settle(place, row.held)
    }
    return true
  }

  private renewedMs = 0
  private lookedMs = 0

  /** Renews the lease and looks for what no wake-up told of; false when another writer leads. */
  private async keep(session: Session, epoch: number, queue: Queue): Promise<boolean> {
    const now = performance.now()
    if (now - this.renewedMs >= this.times.renewMs * 0.9) {
      const [kept] = await session.run(renewHead(epoch, this.times.leaseMs))
      if (!kept) return false
      this.renewedMs = now
    }
    if (now - this.lookedMs >= this.times.backstopMs * 0.9) {
      this.lookedMs = now
      const rows = await session.run(this.waiting())
      for (const { place } of rows) queue.add(place)
      this.lag = Math.max(0, ...rows.map(({ oldest }) => Date.now() - madeAtMs(oldest)))
      if (this.lag > 10_000)
        this.options.log.warn({ lagMs: this.lag }, 'Events wait long; is a transaction left open?')
    }
    return true
  }
}

/**
 * When a UUIDv7 was made (RFC 9562): real time, while events carry business time. The id of an
 * outside publisher may be another kind and say nothing.
 */
function madeAtMs(id: string): number {
  return id[14] === '7' ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : Date.now()
}
