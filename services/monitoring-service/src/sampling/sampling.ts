// Which traces are kept where not all are. The share is chosen by the trace id, so that a trace is
// kept as a whole whatever process tells of it; of the others those with a fault or a slow span are.
// Spans end before it is known how their trace ends, so they wait for a while.
import type { GivenSpan } from '../telemetry/given.ts'

export interface Sampling {
  /** What is to be kept by now: of these spans, and of those that waited. */
  choose(spans: readonly GivenSpan[]): readonly GivenSpan[]
}

const waitMs = 30_000
const maxWaiting = 50_000
const maxRemembered = 10_000

export function createSampling(options: {
  /** 1 keeps all, 0 only what went wrong or was slow. */
  readonly share: number
  readonly slowMs: number
  readonly nowMs: () => number
}): Sampling {
  const { share, slowMs, nowMs } = options
  if (share >= 1) return { choose: (spans) => spans }
  const waiting = new Map<string, { readonly sinceMs: number; readonly spans: GivenSpan[] }>()
  const remarkable = new Set<string>()
  let waitingSpans = 0

  function forget(traceId: string): readonly GivenSpan[] {
    const spans = waiting.get(traceId)?.spans ?? []
    waiting.delete(traceId)
    waitingSpans -= spans.length
    return spans
  }

  function remember(traceId: string): void {
    remarkable.add(traceId)
    const [oldest] = remarkable
    if (remarkable.size > maxRemembered && oldest !== undefined) remarkable.delete(oldest)
  }

  function chosenOf(span: GivenSpan): readonly GivenSpan[] {
    const { traceId, status, durationUs } = span
    if (isInShare(traceId, share) || remarkable.has(traceId)) return [span]
    if (status === 'error' || durationUs >= slowMs * 1_000) {
      remember(traceId)
      return [...forget(traceId), span]
    }
    const others = waiting.get(traceId)
    if (others) others.spans.push(span)
    else waiting.set(traceId, { sinceMs: nowMs(), spans: [span] })
    waitingSpans += 1
    return []
  }

  return {
    choose(spans) {
      const chosen = spans.flatMap(chosenOf)
      for (const [traceId, { sinceMs }] of waiting) {
        if (waitingSpans <= maxWaiting && nowMs() - sinceMs < waitMs) break
        forget(traceId)
      }
      return chosen
    },
  }
}

/** The end of a trace id is random (W3C trace context, level 2, section 2.2.3.3). */
function isInShare(traceId: string, share: number): boolean {
  return Number.parseInt(traceId.slice(-8), 16) < share * 0x1_0000_0000
}
