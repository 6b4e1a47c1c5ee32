// Brings the events of a service that has a database of its own to the log: numbers them in its
// database, sends them in order, and forgets what was acknowledged. Each step may be cut off and is
// done again; the log takes every number once. Several processes may do it at the same time.
import type { Log } from '@prognetwork/contracts'
import type { OutgoingEvent } from '@prognetwork/contracts/event-streaming'
import type { ConnectionSettings } from '../database/connections.ts'
import { keepConnected, type LastingConnection, type Session } from './lasting-connection.ts'
import { forgetSent, nextLot, numberEvents } from './outgoing.store.ts'

/** Sends a lot to the log, which answers the last number that it holds. */
export type Append = (lot: {
  readonly incarnation: string
  readonly first: number
  readonly events: readonly OutgoingEvent[]
}) => Promise<{ readonly last: number }>

export interface Outgoing {
  /** A transaction has put events into the outbox. */
  committed(): void
  close(): Promise<void>
}

const lotSize = 500
const lotBytes = 4 * 2 ** 20
/** How often the outbox is looked at without a wake-up. */
const backstopMs = 5_000
/** While an open transaction holds events back. */
const heldMs = 25
const afterFailureMs = 500

export function startOutgoing(options: {
  /** The service's platform role. */
  readonly settings: ConnectionSettings
  readonly append: Append
  readonly log: Log
}): Outgoing {
  return new Sender(options).start()
}

class Sender implements Outgoing {
  private readonly options: Parameters<typeof startOutgoing>[0]
  private connection: LastingConnection | undefined
  private loop: Promise<void> = Promise.resolve()
  private isDue = false
  private stopping = false
  private failures = 0
  private wake = () => {}

  constructor(options: Parameters<typeof startOutgoing>[0]) {
    this.options = options
  }

  start(): this {
    const { settings, log } = this.options
    this.connection = keepConnected({
      ...{ settings, log },
      opened: async (session) => {
        this.wake()
        const before = this.loop
        this.loop = before.then(() => this.work(session))
      },
    })
    return this
  }

  committed(): void {
    this.isDue = true
    this.wake()
  }

  async close(): Promise<void> {
    this.stopping = true
    this.wake()
    await this.loop
    await this.connection?.close()
  }

  /** Until the session ends. */
  private async work(session: Session): Promise<void> {
    const isOpen = () => !this.stopping && !session.isClosed()
    while (isOpen()) {
      try {
        await this.pause(await this.once(session))
        this.failures = 0
      } catch (error) {
        if (!isOpen()) return
        this.failures += 1
        const level = this.failures === 1 ? 'error' : 'debug'
        this.options.log[level]({ error }, 'Sending events to the log was interrupted')
        await this.pause(afterFailureMs)
      }
    }
  }

  /** Answers how long there is nothing to do. */
  private async once(session: Session): Promise<number> {
    this.isDue = false
    const [numbered] = await session.run(numberEvents(lotSize))
    const lot = await session.run(nextLot(lotSize, lotBytes))
    const [begin] = lot
    if (!begin) return numbered?.held ? heldMs : backstopMs
    const { incarnation, number: first } = begin
    const events = lot.map(({ incarnation: _, number: __, ...event }) => event)
    const { last } = await this.options.append({ incarnation, first, events })
    if (last < first - 1)
      throw new Error(`the log holds events up to ${last}, and lost those after`)
    await session.run(forgetSent(last))
    return 0
  }

  private async pause(ms: number): Promise<void> {
    if (ms === 0 || this.isDue || this.stopping) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.wake = resolve
    const timer = setTimeout(resolve, ms).unref()
    await promise
    clearTimeout(timer)
  }
}
