// How consumers receive what the log holds. Positions, leases and effects are the same on every
// transport, and so is what is read: only from where differs.
import type { LogEnd, LogHead, LogSource } from '../log-source.ts'
import type { LoggedEvent } from '../logged-event.ts'
import type { Moved } from '../wake-ups.ts'
import type { CopyWriter } from './copy.ts'

/** Events of some partitions, in order within each. */
export interface PartitionsPage {
  readonly events: readonly LoggedEvent[]
  /** The position up to which nothing of this partition is missing; it may be one passed before. */
  reached(partition: number): number
  /** Some partition has more than fits into one page. */
  readonly hasMore: boolean
}

/** Reads partitions for one group, each from a position of its own. */
export interface PartitionsReader {
  /** How far events can be read at present. */
  head(): Promise<LogEnd>
  read(head: LogHead, after: ReadonlyMap<number, number>, most: number): Promise<PartitionsPage>
}

export interface ReaderOptions {
  /** The log itself, as the service that reads may read it. */
  readonly source: LogSource
  readonly types: readonly string[]
  /** The services that publish these types. */
  readonly topics: readonly string[]
}

/** One way to the events, for all groups of a process. */
export interface Transport {
  reader(options: ReaderOptions): PartitionsReader
  /** Tells that more can be read; what is not told is found out within seconds. */
  onMoved(listener: (moved: Moved) => void): () => void
  /** For the one service that copies the log; absent where the log itself is read. */
  openWriter?(): CopyWriter
  close(): Promise<void>
}

/** A broker does not answer, or holds no copy of the log at present: try again. */
export class TransportUnavailable extends Error {
  /** What somebody has to look at, where waiting alone may not help. */
  readonly toMend: string | undefined

  constructor(what: string, options: { cause?: unknown; toMend?: string | undefined } = {}) {
    const { cause, toMend } = options
    super(`${what} is not available${toMend ? `: ${toMend}` : ''}`, { cause })
    this.name = 'TransportUnavailable'
    this.toMend = toMend
  }
}
