// Finished spans and written lines on their way to where they are kept. Telemetry must never slow
// down or break the work it describes: queues are bounded, what does not fit or cannot be delivered
// is dropped and counted.
import type { LineRecord, LineSink } from './log.ts'
import type { SpanRecord, SpanSink } from './span.ts'

/** What is delivered at once. */
export interface TelemetryBatch {
  readonly spans: readonly SpanRecord[]
  readonly lines: readonly LineRecord[]
}

export interface Collector extends SpanSink, LineSink {
  /** Spans and lines lost so far: a queue was full, or their delivery failed. */
  readonly dropped: number
  /** Where batches go from now on. What comes before waits; nothing is kept when nobody takes it. */
  deliverTo(deliver: ((batch: TelemetryBatch) => Promise<void>) | undefined): void
  /** Delivers what is queued now. Never fails: a batch that cannot be delivered is dropped. */
  flush(): Promise<void>
  /** Delivers the rest, within `closeMs`, and takes nothing any more. */
  close(): Promise<void>
}

const closeMs = 2_000

/**
 * Delivers up to `maxBatch` spans and as many lines at once, `intervalMs` after the first of them or
 * as soon as there are so many, one delivery at a time. A failed batch is not tried again.
 */
export function createCollector({
  maxQueue = 20_000,
  maxBatch = 1_000,
  intervalMs = 1_000,
}: {
  maxQueue?: number
  maxBatch?: number
  intervalMs?: number
} = {}): Collector {
  let spans: SpanRecord[] = []
  let lines: LineRecord[] = []
  let dropped = 0
  let isClosed = false
  let deliver: ((batch: TelemetryBatch) => Promise<void>) | undefined
  let delivering: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined

  async function deliverQueues(): Promise<void> {
    while (deliver && spans.length + lines.length > 0) {
      const batch = { spans: spans.slice(0, maxBatch), lines: lines.slice(0, maxBatch) }
      spans = spans.slice(maxBatch)
      lines = lines.slice(maxBatch)
      try {
        await deliver(batch)
      } catch {
        // Counted, not logged: a log line per failure would flood the same broken pipeline.
        dropped += batch.spans.length + batch.lines.length
      }
    }
  }

  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    delivering ??= deliverQueues().finally(() => {
      delivering = undefined
      if (spans.length + lines.length > 0) wait()
    })
    return delivering
  }

  function wait(): void {
    if (timer || !deliver || isClosed) return
    timer = setTimeout(flush, intervalMs)
    timer.unref()
  }

  function queue<One>(list: One[], one: One): void {
    if (isClosed) return
    if (list.length >= maxQueue) {
      dropped += 1
      return
    }
    list.push(one)
    if (list.length === maxBatch && deliver && !delivering) setImmediate(flush)
    else wait()
  }

  return {
    get dropped() {
      return dropped
    },
    accept: (span) => queue(spans, span),
    acceptLine: (line) => queue(lines, line),
    deliverTo(to) {
      deliver = to
      isClosed = to === undefined
      if (isClosed) {
        spans = []
        lines = []
      } else wait()
    },
    flush,
    async close() {
      const rest = flush().then(flush)
      await Promise.race([rest, new Promise((resolve) => setTimeout(resolve, closeMs).unref())])
      dropped += spans.length + lines.length
      isClosed = true
      clearTimeout(timer)
      spans = []
      lines = []
    },
  }
}
