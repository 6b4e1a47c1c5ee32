// Light spans: what was done, for how long and how it ended, in about 1 us each. A span is passed
// on by hand; there is no AsyncLocalStorage, which would tax every await of the process.
import type { Trace } from '@prognetwork/contracts'
import { childOf, startTrace } from './trace.ts'

export type SpanKind = 'server' | 'client' | 'producer' | 'consumer' | 'internal'

/** `problem` is an answer the caller can act on; `error` is a fault of ours. */
export type SpanStatus = 'ok' | 'problem' | 'error'

export type Attributes = Record<string, string | number | boolean>

/** A finished span as it goes to a sink. */
export interface SpanRecord {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly name: string
  readonly kind: SpanKind
  readonly service: string
  /** Undefined when nobody knew yet who asked, or nobody did. */
  readonly tenantId: string | undefined
  /** Milliseconds since the epoch, with a fraction. */
  readonly startMs: number
  readonly durationUs: number
  readonly status: SpanStatus
  readonly attributes: Readonly<Attributes>
  /** The business objects it was about, as `order:<id>`; one may be named twice. */
  readonly objects: readonly string[]
}

/** A piece of work that is under way. */
export interface Span {
  /** What calls made within this span pass on. */
  readonly trace: Trace
  set(key: string, value: string | number | boolean): void
  /** Says which tenant it was for. */
  belongTo(tenantId: string): void
  /** Says that it was about a business object, such as an `order`. */
  touch(resource: string, id: string): void
  /** Measures and hands over the span; `ok` unless said otherwise. A second end does nothing. */
  end(status?: SpanStatus): void
}

export interface SpanSink {
  /** Must neither throw nor wait: it runs inside the request. */
  accept(span: SpanRecord): void
}

export interface Tracer {
  /** Starts a span under `parent`, or a new trace when there is none. */
  start(name: string, kind: SpanKind, parent: Trace | undefined, attributes?: Attributes): Span
  /** Hands over a span that was measured outside, and began `agoMs` before now. */
  told(span: Omit<SpanRecord, 'startMs'> & { readonly agoMs: number }): void
}

const monotonicMs = () => performance.now()

/** The wall clock at a moment of a monotonic one, which it is set by only when it is far off. */
function createEpoch(now: () => number): (nowMs: number) => number {
  let offsetMs = Date.now() - now()
  return (nowMs) => {
    const wallMs = Date.now()
    if (Math.abs(nowMs + offsetMs - wallMs) > maxClockErrorMs) offsetMs = wallMs - nowMs
    return nowMs + offsetMs
  }
}

/** How far the start of a span may be off the wall clock before it is set again. */
const maxClockErrorMs = 10

/** One for the services of a process, so that what follows is not shown before what it follows. */
const sharedEpoch = createEpoch(monotonicMs)

/**
 * Spans of one service. Durations come from `now`, a monotonic clock in milliseconds; a wall clock
 * that is set back cannot make them negative. Spans of a trace whose origin asked not to be
 * sampled are dropped, unless they end as errors.
 */
export function createTracer(options: {
  service: string
  sink: SpanSink
  now?: () => number
}): Tracer {
  const { service, sink, now = monotonicMs } = options
  const epochMs = now === monotonicMs ? sharedEpoch : createEpoch(now)

  return {
    start(name, kind, parent, attributes) {
      const trace = parent === undefined ? startTrace() : childOf(parent)
      const startedMs = now()
      const startMs = epochMs(startedMs)
      const finish = (status: SpanStatus, told: Told) => {
        if (!trace.sampled && status !== 'error') return
        sink.accept({
          traceId: trace.traceId,
          spanId: trace.spanId,
          parentSpanId: trace.parentSpanId,
          name,
          kind,
          service,
          tenantId: told.tenantId,
          startMs,
          durationUs: Math.max(0, Math.round((now() - startedMs) * 1000)),
          status,
          attributes: told.attributes,
          objects: told.objects,
        })
      }
      return new OpenSpan(trace, { ...attributes }, finish)
    },
    told({ agoMs, ...span }) {
      sink.accept({ ...span, startMs: epochMs(now()) - agoMs })
    },
  }
}

/** What was said of a span while it was open. */
interface Told {
  readonly attributes: Attributes
  readonly objects: readonly string[]
  readonly tenantId: string | undefined
}

const noObjects: readonly string[] = Object.freeze([])

class OpenSpan implements Span, Told {
  readonly trace: Trace
  readonly attributes: Attributes
  objects = noObjects
  tenantId: string | undefined
  readonly #finish: (status: SpanStatus, told: Told) => void
  #ended = false

  constructor(
    trace: Trace,
    attributes: Attributes,
    finish: (status: SpanStatus, told: Told) => void,
  ) {
    this.trace = trace
    this.attributes = attributes
    this.#finish = finish
  }

  set(key: string, value: string | number | boolean): void {
    if (!this.#ended) this.attributes[key] = value
  }

  belongTo(tenantId: string): void {
    this.tenantId = tenantId
  }

  touch(resource: string, id: string): void {
    const object = `${resource}:${id}`
    // Most spans touch one object or none, so the list is made anew instead of being kept.
    if (!this.#ended) this.objects = [...this.objects, object]
  }

  end(status: SpanStatus = 'ok'): void {
    if (this.#ended) return
    this.#ended = true
    this.#finish(status, this)
  }
}

/** The last `capacity` spans of this process, in memory. */
export interface SpanRing extends SpanSink {
  /** Oldest first; of one trace when `traceId` is given. */
  recent(filter?: { traceId?: string }): SpanRecord[]
}

/** A sink that remembers the last `capacity` spans and forgets older ones. */
export function createSpanRing(capacity: number): SpanRing {
  const spans: SpanRecord[] = []
  let next = 0
  return {
    accept(span) {
      spans[next] = span
      next = (next + 1) % capacity
    },
    recent({ traceId } = {}) {
      const ordered = [...spans.slice(next), ...spans.slice(0, next)]
      return traceId === undefined ? ordered : ordered.filter((span) => span.traceId === traceId)
    },
  }
}
