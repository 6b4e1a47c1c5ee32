// A copy of the log's end in a broker. The log stays the truth: a copy can be lost at any moment,
// and is told apart from what it was before by its watermark.
import type { LoggedEvent } from '../logged-event.ts'
import type { Moved } from '../wake-ups.ts'

/** What a copy holds: everything after `floor`, up to `published`, of one life of the log. */
export interface Watermark {
  readonly incarnation: string
  readonly floor: number
  readonly published: number
}

/** One event as the log holds it, for whoever may read all of them. */
export type CopiedEvent = Omit<LoggedEvent, 'log' | 'incarnation' | 'replaying'>

export interface CopyRequest {
  readonly topics: readonly string[]
  /** Each partition after a position of its own, none of them below the floor. */
  readonly after: ReadonlyMap<number, number>
  /** About how many events to answer. */
  readonly most: number
}

export interface CopyPage {
  /** As it was while the events were read; undefined when there is no copy. */
  readonly watermark: Watermark | undefined
  /** In order within each partition. */
  readonly events: readonly CopiedEvent[]
  reached(partition: number): number
  readonly hasMore: boolean
  /** Partitions whose copy begins later than the watermark says: after which position. */
  readonly floors: ReadonlyMap<number, number>
}

export interface CopyReading {
  read(request: CopyRequest): Promise<CopyPage>
}

export interface Copy {
  watermark(): Promise<Watermark | undefined>
  /** Reads for one group, which may keep in mind where it stands. */
  openReading(): CopyReading
  /** Tells of every new watermark from now on; some may be lost. */
  follow(listener: (moved: Moved) => void): void
  openWriter(): CopyWriter
  close(): Promise<void>
}

/** A broker does not take so much at once; nothing of it counts as copied. */
export class LotTooLarge extends Error {
  constructor(limit: string, options: { cause?: unknown } = {}) {
    super(`more than ${limit}`, options)
    this.name = 'LotTooLarge'
  }
}

/** What writes a copy. Several may at once: one of them is always the faster. */
export interface CopyWriter {
  watermark(): Promise<Watermark | undefined>
  /**
   * Begins a new copy in place of `former`, empty after a position. When another writer was faster,
   * its copy stays; the watermark is asked for again either way.
   */
  begin(start: { incarnation: string; after: number; former: Watermark | undefined }): Promise<void>
  /**
   * Adds what follows the watermark, in order; undefined when another writer was faster. Throws
   * `LotTooLarge`, after which less may be added to the same watermark.
   */
  append(watermark: Watermark, events: readonly CopiedEvent[]): Promise<Watermark | undefined>
  /**
   * Goes past the event that follows the watermark without adding it: the floor is raised to it, so
   * that it is read from the log. Undefined when another writer was faster.
   */
  leaveOut(watermark: Watermark, event: CopiedEvent): Promise<Watermark | undefined>
  close(): Promise<void>
}
