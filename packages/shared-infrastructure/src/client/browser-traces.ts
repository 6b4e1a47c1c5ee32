// Traces that begin in a browser: its scripts make the ids, and tell later how long it was from a click to
// its answer. What a browser says is believed within the place of its page alone: ids begin with what that
// page was given, so that nobody joins a trace of another tenant, or one that a service has begun.
import { createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { common, type PageRequest, type Trace } from '@prognetwork/contracts'
import { z } from 'zod'
import type { Gate } from '../front/gate.ts'
import type { Edge } from '../host/edge.ts'
import { boundedBody } from '../host/streaming.ts'
import type { KeyRing } from '../key-ring/key-ring.ts'
import { Problem } from '../service/failure.ts'
import { parseTraceparent, startTrace } from '../telemetry/trace.ts'
import { consolePrefix, tenantInPath } from './console-path.ts'

const path = '/browser-spans'
/** In the console below the tenant. */
const tellingPath = /^(?:\/t\/[^/]+)?\/browser-spans$/
/** Half of a trace id: as much is left for chance. */
const prefixLength = 16
const maxSpans = 20
const maxBytes = 8_192
/** Longer ago nobody looks for it any more. */
const maxMs = 600_000

const toldSpan = z.strictObject({
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
  /** What was done, and the pattern of the page: never the address, which may open an order. */
  name: z.string().regex(/^(open|send) \/[\w:*?/.-]{0,100}$/),
  agoMs: z.number().min(0).max(maxMs),
  durationMs: z.number().min(0).max(maxMs),
  isBroken: z.boolean(),
})
const told = z.strictObject({
  /** Milliseconds since the epoch, by the clock of the browser. */
  sentMs: z.number(),
  spans: z.array(toldSpan).min(1).max(maxSpans),
})
/** Clocks that are further apart say nothing of how long it was under way. */
const longestWayMs = 250

export interface BrowserTraces {
  parentOf(request: IncomingMessage): Trace | undefined
  /** For the scripts of the page that is asked for. */
  forPage(request: IncomingMessage): PageRequest['traces']
  mount(gate: Gate): void
}

export function createBrowserTraces(options: {
  readonly client: string
  readonly keyRing: KeyRing
  readonly edge: Pick<Edge, 'tracer'>
  readonly isConsole: boolean
}): BrowserTraces {
  const { client, keyRing, isConsole } = options
  const { tracer } = options.edge
  const key = keyRing.deriveKey(`traces of ${client}`)

  /** The same for every page of a tenant, so that pages can be kept by caches. */
  function prefixOf({ url = '', headers }: IncomingMessage): string {
    // Whatever the tenant of a request is found by.
    const place = isConsole ? tenantInPath(url) : [headers.host, headers['prog-tenant']]
    const sum = createHmac('sha256', key).update(JSON.stringify(place ?? null))
    return sum.digest('hex').slice(0, prefixLength)
  }

  return {
    parentOf(request) {
      // Telling is nothing to tell of.
      if (isTelling(request)) return { ...startTrace(), sampled: false }
      const { traceparent } = request.headers
      const asked = parseTraceparent(typeof traceparent === 'string' ? traceparent : undefined)
      if (!asked?.traceId.startsWith(prefixOf(request))) return undefined
      return { ...asked, sampled: true }
    },

    forPage(request) {
      const slug = isConsole ? tenantInPath(request.url ?? '') : undefined
      const home = slug === undefined ? '' : `/t/${slug}`
      return { prefix: prefixOf(request), tellTo: `${home}${path}` }
    },

    mount(gate) {
      for (const home of isConsole ? ['', consolePrefix] : [''])
        gate.add({
          ...{ method: 'POST', path: `${home}${path}`, name: 'browserSpans', paidBy: 'principal' },
          bodyLimitBytes: maxBytes,
          async handle({ raw }, reply, exchange) {
            // Who tells much is heard less, and nobody misses it.
            const { tenantId } = await gate.identify(raw, reply.raw, exchange, 'bulk')
            const prefix = prefixOf(raw)
            const { sentMs, spans } = await readTold(raw)
            const wayMs = Date.now() - sentMs
            const underWayMs = wayMs >= 0 && wayMs <= longestWayMs ? wayMs : 0
            if (!spans.every(({ traceId }) => traceId.startsWith(prefix)))
              throw new Problem(
                common.requestInvalid,
                'The ids of traces begin as the page was told',
              )
            for (const { agoMs, durationMs, isBroken, ...span } of spans)
              tracer.told({
                ...{ ...span, parentSpanId: undefined, kind: 'client', service: 'browser' },
                ...{
                  tenantId,
                  agoMs: agoMs + underWayMs,
                  durationUs: Math.round(durationMs * 1_000),
                },
                ...{ status: isBroken ? 'problem' : 'ok', attributes: { client }, objects: [] },
              })
            return reply.code(204).send()
          },
        })
    },
  }
}

function isTelling({ method, url = '' }: IncomingMessage): boolean {
  return method === 'POST' && tellingPath.test(url.split('?', 1)[0] ?? '')
}

async function readTold(request: IncomingMessage) {
  const chunks: Uint8Array[] = []
  for await (const chunk of boundedBody(request, maxBytes)) chunks.push(chunk)
  const { data } = told.safeParse(readJson(Buffer.concat(chunks).toString()))
  if (!data) throw new Problem(common.requestInvalid, 'The body tells of no spans')
  return data
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
