import type { LogName } from '@prognetwork/contracts'
import type { LoggedEvent } from './logged-event.ts'
import type { Replay } from './replay/replays.ts'

/** The log that is kept, and that brokers have copies of. */
export const logName = 'domain'

/** A place in one life of a log, such as its end. */
export interface LogHead {
  readonly log: LogName
  readonly incarnation: string
  readonly position: number
}

/** Where a log ends now. */
export interface LogEnd extends LogHead {
  /** Everything after it is still there. */
  readonly floor: number
}

/** Events in order, and the position up to which nothing that was asked for is missing. */
export interface LogPage {
  readonly events: readonly LoggedEvent[]
  readonly upTo: number
}

/** What of a replay decides which events it has. */
export type ReplayWindow = Omit<Replay, 'id' | 'position' | 'finish'>

/** For each type where the history ends that a service gets as a replay. */
export type ReadingRights = ReadonlyMap<string, number>

/**
 * Where a service reads the logs: in its own database, or at event-streaming-service where that is
 * another. Either decides who asks by how it came, and refuses a type that is not listed for it.
 */
export interface LogSource {
  end(log: LogName): Promise<LogEnd>
  /** At most so many events of some types, each partition after a position of its own. */
  read(
    head: LogHead,
    types: readonly string[],
    after: ReadonlyMap<number, number>,
    most: number,
  ): Promise<LogPage>
  /** For consumers that read from a broker, which knows nobody. */
  rights(types: readonly string[]): Promise<ReadingRights>
  /** Reads on in the window of a replay, from the log itself whatever the transport is. */
  window(replay: ReplayWindow, after: number, most: number): Promise<LogPage>
}
