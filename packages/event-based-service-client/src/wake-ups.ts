/** Events were moved to the log, or may have been. */
export interface Moved {
  readonly log: string
  /** The log's last position now. */
  readonly to: number
  /** The types among what was moved; absent when nobody can tell. */
  readonly types?: readonly string[]
}

/**
 * What wakes readers of the log. It only saves waiting: whoever misses a wake-up finds the events
 * with the next one, and one comes every few seconds.
 */
export interface MoveWakeUps {
  /** Answers how to stop listening. */
  onMoved(listener: (moved: Moved) => void): () => void
  /** The connection came back: wake-ups may have been missed. */
  onReconnected(listener: () => void): () => void
  /** False while wake-ups of other processes cannot arrive. */
  isListening(): boolean
}

/** Who else lives, for what processes lease from each other. */
export interface Peers {
  /** The number that this process is alive under in the database; undefined while it has no session. */
  session(): number | undefined
  /** This process has a session now, or another one has come or gone. Answers how to stop listening. */
  onPeersChanged(listener: () => void): () => void
}

/** An event that a transaction of this process has committed; it is on its way to the log. */
export interface WrittenEvent {
  readonly id: string
  readonly type: string
}

/** Tells of events of this process at the moment of their commit, long before they are read. */
export interface WrittenEvents {
  /** Answers how to stop listening. */
  onWritten(listener: (events: readonly WrittenEvent[]) => void): () => void
}
