// The beginning of a trace: a click, and how long its answer took to be seen. What the router asks the
// server for on the way carries the trace (W3C Trace Context); it is told of afterwards, a few at once.
import type { ClientInstrumentation } from 'react-router'
import { addressOf, isOfData, pagePathOf } from './page-data.ts'

interface OpenSpan {
  readonly traceId: string
  readonly spanId: string
  readonly startedMs: number
  /** Where it leads to, without what varies; of a fetcher alone. */
  readonly path: string | undefined
  isSent: boolean
}

interface ToldSpan {
  readonly traceId: string
  readonly spanId: string
  readonly name: string
  readonly startedMs: number
  readonly durationMs: number
  readonly isBroken: boolean
}

const tellAfterMs = 3_000
/** As many as the server takes at once; more than these in three seconds are not worth it. */
const maxTold = 20

/** Nothing, where the server has not said how traces begin. */
export function traceBrowser(): ClientInstrumentation[] {
  const { traces: prefix, tellTo } = document.documentElement.dataset
  if (prefix === undefined || tellTo === undefined) return []
  const open = new Set<OpenSpan>()
  const tell = createTelling(tellTo)
  carryTraces(open)

  async function measure<Result extends Outcome>(
    verb: 'open' | 'send',
    path: string | undefined,
    handle: () => Promise<Result>,
  ): Promise<void> {
    const span: OpenSpan = {
      ...{ traceId: `${prefix}${randomHex(8)}`, spanId: randomHex(8) },
      ...{ startedMs: performance.now(), path, isSent: false },
    }
    open.add(span)
    const { status, meta } = await handle()
    open.delete(span)
    // What needed no answer is no wait.
    if (!span.isSent || !meta) return
    const { traceId, spanId, startedMs } = span
    tell({
      ...{ traceId, spanId, startedMs, name: `${verb} /${meta.pattern.replace(/^\//, '')}` },
      ...{ durationMs: performance.now() - startedMs, isBroken: status === 'error' },
    })
  }

  return [
    {
      router(router) {
        router.instrument({
          navigate: (handle, { formMethod }) => measure(verbOf(formMethod), undefined, handle),
          fetch: (handle, { href, formMethod }) =>
            measure(verbOf(formMethod), new URL(href, location.href).pathname, handle),
        })
      },
    },
  ]
}

interface Outcome {
  readonly status: 'success' | 'error'
  readonly meta: { readonly pattern: string } | undefined
}

const verbOf = (method: string | undefined) => (!method || /^get$/i.test(method) ? 'open' : 'send')

/** What a span that is open asks the server for says so. */
function carryTraces(open: ReadonlySet<OpenSpan>): void {
  const plain = window.fetch
  window.fetch = (input, init) => {
    const span = open.size > 0 ? spanOf(open, addressOf(input)) : undefined
    if (!span) return plain(input, init)
    span.isSent = true
    const request = new Request(input, init)
    request.headers.set('traceparent', `00-${span.traceId}-${span.spanId}-01`)
    return plain(request)
  }
}

function spanOf(open: ReadonlySet<OpenSpan>, { origin, pathname }: URL): OpenSpan | undefined {
  if (origin !== location.origin || !isOfData(pathname)) return undefined
  const path = pagePathOf(pathname)
  const newestFirst = [...open].reverse()
  return (
    newestFirst.find((one) => one.path === path) ??
    newestFirst.find((one) => one.path === undefined)
  )
}

function createTelling(tellTo: string): (span: ToldSpan) => void {
  let waiting: ToldSpan[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  const send = () => {
    clearTimeout(timer)
    timer = undefined
    if (waiting.length === 0) return
    const nowMs = performance.now()
    const spans = waiting.map(({ startedMs, ...span }) => ({ ...span, agoMs: nowMs - startedMs }))
    waiting = []
    // Goes out even while the page is left, and nobody waits for what becomes of it.
    navigator.sendBeacon(
      tellTo,
      new Blob([JSON.stringify({ sentMs: performance.timeOrigin + nowMs, spans })], {
        type: 'application/json',
      }),
    )
  }
  addEventListener('pagehide', send)
  return (span) => {
    if (waiting.length < maxTold) waiting.push(span)
    timer ??= setTimeout(send, tellAfterMs)
  }
}

function randomHex(bytes: number): string {
  const drawn = crypto.getRandomValues(new Uint8Array(bytes))
  return Array.from(drawn, (one) => one.toString(16).padStart(2, '0')).join('')
}
