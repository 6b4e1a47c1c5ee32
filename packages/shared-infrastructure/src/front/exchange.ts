// One request from its first byte to its last: its trace, its address, its metrics and its one log
// line. A hijacked reply never reaches Fastify's onResponse, and an aborted one reaches it nowhere,
// so the end is taken from the raw response, which always closes.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Log, Trace } from '@prognetwork/contracts'
import type { Identity } from '../door/door.ts'
import { noteTrace } from '../door/handover.ts'
import type { Edge } from '../host/edge.ts'
import { eventStreamType } from '../host/streaming.ts'
import { addressKey, clientAddress } from '../rate-limit/index.ts'
import type { HttpMeter } from '../telemetry/metrics.ts'
import type { Span, Tracer } from '../telemetry/span.ts'

/** The client went away before it had its answer; the status that nginx made known. */
const clientClosedRequest = 499

/** What requests of one route have in common; made once per route and method. */
export interface ExchangeRoute {
  readonly operation: string
  readonly method: string
  readonly meter: HttpMeter
}

export interface Exchanges {
  route(method: string, operation: string): ExchangeRoute
  /** Begins to observe a request; its end is noticed by itself. */
  begin(route: ExchangeRoute, request: IncomingMessage, response: ServerResponse): Exchange
}

/** The trace that a request goes on with; a new one where there is none. */
export type ParentOf = (request: IncomingMessage) => Trace | undefined

interface Observers {
  readonly tracer: Tracer
  readonly log: Log
  readonly parentOf: ParentOf
}

export function createExchanges(parts: {
  readonly edge: Pick<Edge, 'metrics' | 'tracer'>
  readonly log: Log
  readonly trustedProxies: readonly string[]
  readonly parentOf: ParentOf
}): Exchanges {
  const { metrics, tracer } = parts.edge
  // A network that cannot be read fails the start, not the first request.
  clientAddress('::1', '', parts.trustedProxies)
  const observers = { tracer, log: parts.log, parentOf: parts.parentOf }
  return {
    route: (method, operation) => ({
      operation,
      method,
      meter: metrics.httpOperation(method, operation),
    }),
    begin(route, request, response) {
      const address = clientAddress(
        request.socket.remoteAddress ?? '',
        single(request.headers['x-forwarded-for']),
        parts.trustedProxies,
      )
      const exchange = new Exchange(route, address, request, observers)
      noteTrace(request, exchange.trace)
      response.setHeader('prog-trace-id', exchange.trace.traceId)
      ;(request as Observed)[exchangeKey] = exchange
      ;(response as Observed)[exchangeKey] = exchange
      response.on('close', closed)
      return exchange
    },
  }
}

export class Exchange {
  /** The client as far as configured proxies can be believed. */
  readonly address: string
  /** What limits by address count under. */
  readonly addressKey: string
  readonly #route: ExchangeRoute
  readonly #observers: Observers
  readonly #span: Span
  readonly #startedMs: number
  #identity: Identity | undefined

  constructor(
    route: ExchangeRoute,
    address: string,
    request: IncomingMessage,
    observers: Observers,
  ) {
    this.address = address
    this.addressKey = addressKey(address) ?? address
    this.#route = route
    this.#observers = observers
    this.#startedMs = performance.now()
    this.#span = observers.tracer.start(route.operation, 'server', observers.parentOf(request))
    route.meter.begin()
  }

  get trace(): Trace {
    return this.#span.trace
  }

  identified(identity: Identity): void {
    this.#identity = identity
    this.#span.belongTo(identity.tenantId)
    const { kind, subject } = identity.principal
    if (kind === 'user') this.#span.touch('account', subject)
  }

  end(status: number, bytes = 0): void {
    const durationMs = performance.now() - this.#startedMs
    const { method, operation, meter } = this.#route
    meter.end(status, durationMs / 1000)
    this.#span.set('http.response.status_code', status)
    this.#span.end(outcomeOf(status))
    const fields = {
      method,
      operation,
      status,
      durationMs: Math.round(durationMs * 100) / 100,
      bytes,
      tenantId: this.#identity?.tenantId,
      subject: this.#identity?.principal.subject || undefined,
      traceId: this.trace.traceId,
    }
    if (status >= 500) this.#observers.log.warn(fields, 'Request')
    else this.#observers.log.info(fields, 'Request')
  }
}

const exchangeKey = Symbol('exchange')
interface Observed {
  [exchangeKey]?: Exchange
}

/** The exchange that a request belongs to; every request that has a route has one. */
export function exchangeOf(request: IncomingMessage): Exchange {
  const exchange = (request as Observed)[exchangeKey]
  if (!exchange) throw new Error('the request was never opened')
  return exchange
}

/** One function for all responses: a closure each would be made a hundred thousand times a minute. */
function closed(this: ServerResponse): void {
  const isWhole = this.writableFinished || isStream(this)
  ;(this as Observed)[exchangeKey]?.end(
    isWhole ? this.statusCode : clientClosedRequest,
    Number(this.getHeader('content-length') ?? 0),
  )
}

/** Who leaves a stream has had what they came for. */
function isStream(response: ServerResponse): boolean {
  return response.getHeader('content-type') === eventStreamType
}

function outcomeOf(status: number): 'ok' | 'problem' | 'error' {
  if (status >= 500) return 'error'
  return status >= 400 ? 'problem' : 'ok'
}

/** A header that must stand alone; sent twice it counts as not sent. */
function single(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined
}
