// Where a watch hears from: the database of the log, or, for a process without a connection to it,
// whoever has one. Either way the end of the log first, and then what comes after it.
import { type LogHead, type LogPage, type LogSource, logName } from './log-source.ts'
import { allPartitions, quietPositions } from './partitions.ts'
import type { MoveWakeUps } from './wake-ups.ts'

export interface LogFeed {
  /** Where the log ends; whatever is moved from now on, `next` answers. */
  head(): Promise<LogHead>
  /** Waits for events after `from`. Undefined when some may have been missed, and after `close`. */
  next(from: LogHead): Promise<LogPage | undefined>
  /** False while events could be in the log that this process is not told of. */
  isHearing(): boolean
  close(): void
}

const eventsPerRead = 1_000

/** Reads the log itself, woken by whoever moves events into it. */
export function createDatabaseFeed(options: {
  readonly source: LogSource
  readonly wakeUps: MoveWakeUps
  readonly types: readonly string[]
}): LogFeed {
  const { wakeUps, source } = options
  const types = new Set(options.types)
  let headPosition = 0
  let readTo = 0
  let isDue = false
  let hasMissed = false
  let isClosed = false
  let wake = () => {}
  const stopListening = [
    wakeUps.onMoved((moved) => {
      if (moved.log !== logName || moved.to <= headPosition) return
      headPosition = moved.to
      const isFar = moved.to - readTo >= quietPositions
      if (!isFar && moved.types && !moved.types.some((type) => types.has(type))) return
      isDue = true
      wake()
    }),
    wakeUps.onReconnected(() => {
      hasMissed = true
      wake()
    }),
  ]

  return {
    async head() {
      hasMissed = false
      const head = await source.end(logName)
      headPosition = Math.max(headPosition, head.position)
      isDue = headPosition > head.position
      return head
    },
    async next(from) {
      readTo = from.position
      while (!isDue && !hasMissed && !isClosed)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      if (hasMissed || isClosed) return undefined
      isDue = false
      const after = new Map(allPartitions.map((number) => [number, from.position]))
      const page = await source.read(from, options.types, after, eventsPerRead)
      if (page.upTo < headPosition) isDue = true
      return page
    },
    isHearing: () => wakeUps.isListening(),
    close() {
      isClosed = true
      for (const stop of stopListening) stop()
      wake()
    },
  }
}

/** What a process that has the log answers to one that has not. */
export interface FollowedPage extends LogPage {
  readonly incarnation: string
  /** The types that were looked for: those that the service who asks consumes. */
  readonly types: readonly string[]
}

/**
 * Asks somebody else who has the log, again and again. `follow` answers as soon as there are
 * events after `from`, after a short while in any case, and without `from` the end of the log.
 */
export function createRemoteFeed(options: {
  readonly follow: (from: LogHead | undefined) => Promise<FollowedPage>
  readonly types: readonly string[]
}): LogFeed {
  const closed = Promise.withResolvers<undefined>()
  let isClosed = false

  async function ask(from: LogHead | undefined): Promise<FollowedPage | undefined> {
    const page = await Promise.race([options.follow(from), closed.promise])
    const unheard = page && options.types.filter((type) => !page.types.includes(type))
    if (unheard?.length) throw new Error(`the log does not know who consumes ${unheard}`)
    return page
  }

  return {
    async head() {
      const page = await ask(undefined)
      if (!page) throw new Error('the feed was closed')
      return { log: logName, incarnation: page.incarnation, position: page.upTo }
    },
    next: ask,
    isHearing: () => !isClosed,
    close() {
      isClosed = true
      closed.resolve(undefined)
    },
  }
}
