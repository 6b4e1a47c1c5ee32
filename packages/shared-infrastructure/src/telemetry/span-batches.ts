// Finished spans leave the process in batches. Telemetry must never slow down or break the work it
// describes: the queue is bounded, a full queue drops the newest span and counts it.
import type { SpanRecord, SpanSink } from './span.ts'

export interface SpanBatches extends SpanSink {
  /** Spans lost so far: the queue was full, or their delivery failed. */
  readonly dropped: number
  /** Delivers what is queued now. Never fails: a batch that cannot be delivered is dropped. */
  flush(): Promise<void>
  /** Stops the timer and delivers the rest. */
  close(): Promise<void>
}

/**
 * A sink that calls `deliver` with up to `maxBatch` spans, every `intervalMs` or as soon as a
 * batch is full, one delivery at a time. A failed batch is not tried again.
 */
export function createSpanBatches(options: {
  deliver: (spans: readonly SpanRecord[]) => Promise<void>
  maxQueue: number
  maxBatch: number
  intervalMs: number
}): SpanBatches {
  const { deliver, maxQueue, maxBatch, intervalMs } = options
  let queue: SpanRecord[] = []
  let dropped = 0
  let delivering: Promise<void> | undefined

  async function deliverQueue(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.slice(0, maxBatch)
      queue = queue.slice(maxBatch)
      try {
        await deliver(batch)
      } catch {
        // Counted, not logged: a log line per failure would flood the same broken pipeline.
        dropped += batch.length
      }
    }
  }

  function flush(): Promise<void> {
    delivering ??= deliverQueue().finally(() => {
      delivering = undefined
    })
    return delivering
  }

  const timer = setInterval(flush, intervalMs)
  timer.unref()

  return {
    get dropped() {
      return dropped
    },
    accept(span) {
      if (queue.length >= maxQueue) {
        dropped += 1
        return
      }
      queue.push(span)
      if (queue.length === maxBatch && delivering === undefined) setImmediate(flush)
    },
    flush,
    async close() {
      clearInterval(timer)
      await flush()
      // A span that ended while the last batch was on its way.
      await flush()
    },
  }
}
