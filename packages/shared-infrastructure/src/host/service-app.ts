import { hash } from 'node:crypto'
import type { Log } from '@prognetwork/contracts'
import {
  common,
  type EventSink,
  type NamedOperation,
  type OperationShape,
} from '@prognetwork/contracts'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { handoverOf, traceOf } from '../door/handover.ts'
import { isExpected, problemReply } from '../http/problem-reply.ts'
import { Problem } from '../service/failure.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Tracer } from '../telemetry/span.ts'
import { startTrace } from '../telemetry/trace.ts'
import type { RunnableOperation } from './operation.ts'
import {
  defaultBodyLimitBytes,
  eventStreamType,
  linesOf,
  mountUpload,
  openStream,
} from './streaming.ts'

const problemType = 'application/problem+json'

export interface ServiceAppOptions {
  readonly operations: readonly RunnableOperation[]
  readonly metrics: Metrics
  readonly tracer: Tracer
  readonly log: Log
}

/**
 * The HTTP side of one service: a route per operation, input to the operation as it came, output
 * through the declared schema. Requests must have passed a door before they get here.
 */
export function createServiceApp(options: ServiceAppOptions): FastifyInstance {
  const app = Fastify({
    logger: false,
    bodyLimit: defaultBodyLimitBytes,
    frameworkErrors: refuseUnreadable,
    routerOptions: { maxParamLength: 500 },
  })
  readJson(app)
  renderProblems(app, options.log)
  refuseUnknownRoutes(
    app,
    options.operations.map((one) => one.operation),
  )
  for (const one of options.operations) mountOperation(app, one, options)
  return app
}

/**
 * JSON as Fastify reads it (prototype pollution refused), but for an empty body: clients set the
 * content type on requests that have none, such as DELETE, and mean no body by it.
 */
function readJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  // Also formats that are written in JSON, such as that of CloudEvents (RFC 6839, 3.1).
  app.addContentTypeParser(
    /^application\/(?:[\w.-]+\+)?json/,
    { parseAs: 'string' },
    (request, body, done) => {
      if (body === '') done(null, undefined)
      else void parse(request, body.toString(), done)
    },
  )
}

function mountOperation(
  app: FastifyInstance,
  one: RunnableOperation,
  options: ServiceAppOptions,
): void {
  const { operation } = one
  const { upload, bodyLimitBytes = defaultBodyLimitBytes } = operation.shape
  const route = {
    method: operation.method,
    url: routeOf(operation.path),
    bodyLimit: bodyLimitBytes,
    handler: answering(one, options),
  }
  if (upload === undefined) app.route(route)
  else mountUpload(app, upload, (scope) => scope.route(route))
}

function answering(
  one: RunnableOperation,
  { metrics, tracer, log }: ServiceAppOptions,
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
  const { operation, serialize, status, touched } = one
  const meter = metrics.httpOperation(operation.method, operation.name)
  return async (request, reply) => {
    const handover = handoverOf(request.raw)
    if (!handover)
      throw new Problem(common.credentialMissing, 'This address answers the platform only')
    const started = performance.now()
    meter.begin()
    const span = tracer.start(operation.name, 'server', handover.trace)
    span.belongTo(handover.tenantId)
    const { params, body } = request
    const { headers } = operation.shape.headers ? request : {}
    const query = queryOf(request, operation)
    const input = { params, query, body, ...(headers && { headers }) }
    touched.ofInput(span, input)
    const end = (failure?: unknown) => {
      const answered = failure === undefined ? status : problemReply(failure, '').status
      span.end(failure === undefined ? 'ok' : isExpected(failure) ? 'problem' : 'error')
      meter.end(answered, (performance.now() - started) / 1000)
    }
    try {
      const output = await one.run({
        handover: { ...handover, trace: span.trace },
        input,
        ...keyOf(request),
        ...(request.headers['user-agent'] !== undefined && {
          userAgent: request.headers['user-agent'].slice(0, 400),
        }),
      })
      if (operation.shape.stream && request.method === 'HEAD') {
        end()
        return reply.type(eventStreamType).send()
      }
      if (operation.shape.stream) {
        reply.hijack()
        openStream(reply.raw, output as (sink: EventSink) => void, () => end())
        return reply
      }
      reply.code(status)
      if (operation.shape.lines && serialize)
        return reply.type('application/x-ndjson').send(
          linesOf(output as AsyncIterable<unknown>, serialize, (failure) => {
            if (failure !== undefined && !isExpected(failure))
              log.error({ error: failure, traceId: span.trace.traceId }, 'A bug')
            end(failure)
          }),
        )
      touched.ofOutput(span, output)
      end()
      if (operation.shape.file !== undefined) return sendFile(reply, operation.shape, output)
      if (status === redirected) leadOn(reply, output)
      return serialize ? send(request, reply, serialize(output)) : reply.send()
    } catch (error) {
      end(error)
      throw error
    }
  }
}

/** A client of a stream that comes back names the last event it has, whatever its address says. */
function queryOf({ query, headers }: FastifyRequest, { shape }: NamedOperation): unknown {
  const last = headers['last-event-id']
  return shape.stream && last ? { ...(query as object), after: last } : query
}

/** `Idempotency-Key` as the draft writes it (a quoted string) or bare, as most clients do. */
function keyOf(request: FastifyRequest): { idempotencyKey?: string } {
  const header = request.headers['idempotency-key']
  if (header === undefined) return {}
  const value = Array.isArray(header) ? header.join(',') : header
  return { idempotencyKey: value.replace(/^"(.*)"$/, '$1') }
}

/** Sends JSON; a GET carries a weak ETag, and answers 304 to a client that has it already. */
function send(request: FastifyRequest, reply: FastifyReply, text: string): FastifyReply {
  reply.type('application/json; charset=utf-8')
  if (request.method !== 'GET' && request.method !== 'HEAD') return reply.send(text)
  const tag = `W/"${hash('sha1', text, 'base64url')}"`
  reply.header('etag', tag)
  const known = request.headers['if-none-match']?.split(',').map((one) => one.trim())
  return known?.includes(tag) ? reply.code(304).send() : reply.send(text)
}

const redirected = 302

function leadOn(reply: FastifyReply, output: unknown): void {
  reply.header('location', fieldOf(output, 'location')).header('cache-control', 'no-store')
}

/** A day: what is removed does not stay in caches for longer. */
const lasting = 'public, max-age=86400, immutable'

/** What everybody may see others may show in their pages, as mail clients do. */
function sendFile(
  reply: FastifyReply,
  { file = '', auth, isLasting }: OperationShape,
  output: unknown,
): FastifyReply {
  if ('public' in auth) reply.header('cross-origin-resource-policy', 'cross-origin')
  return reply
    .type(file)
    .header('cache-control', isLasting ? lasting : 'no-store')
    .send(Buffer.from(fieldOf(output, 'bytes'), 'base64'))
}

function fieldOf(output: unknown, name: string): string {
  const isRecord = typeof output === 'object' && output !== null
  const value: unknown = isRecord ? Object.entries(output).find(([key]) => key === name)?.[1] : ''
  if (typeof value !== 'string') throw new Error(`the reply has no ${name}`)
  return value
}

/** `/v1/users/{userId}` as Fastify spells it. */
export function routeOf(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1')
}

/** What Fastify refuses before it has a route, such as an address it cannot decode. */
function refuseUnreadable(
  error: Error,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const trace = traceOf(request.raw) ?? startTrace()
  const { status, headers, body } = problemReply(error, trace.traceId)
  return reply.code(status).headers(headers).type(problemType).send(JSON.stringify(body))
}

/** Everything thrown becomes problem details; bugs are logged with their cause. */
export function renderProblems(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((error, request, reply) => {
    const trace = traceOf(request.raw) ?? startTrace()
    const { status, headers, body } = problemReply(error, trace.traceId)
    if (!isExpected(error))
      log.error({ error, traceId: trace.traceId, route: request.routeOptions.url }, 'A bug')
    return reply.code(status).headers(headers).type(problemType).send(JSON.stringify(body))
  })
}

type Place = Pick<NamedOperation, 'method' | 'path'>

/** Tells which methods a path answers to; none when nothing is there. Paths in OpenAPI's form. */
export function methodsByPath(places: readonly Place[]): (path: string) => string[] {
  const routes = places.map((one) => ({
    method: one.method,
    pattern: new RegExp(`^${one.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  }))
  return (path) => {
    const methods = routes.filter((one) => one.pattern.test(path)).map((one) => one.method)
    return methods.flatMap((one) => (one === 'GET' ? ['GET', 'HEAD'] : [one]))
  }
}

/** 404 for an address nothing answers at, 405 with Allow where another method would. */
export function refuseUnknownRoutes(app: FastifyInstance, places: readonly Place[]): void {
  const methodsAt = methodsByPath(places)
  app.setNotFoundHandler((request) => {
    const path = request.url.split('?', 1)[0] ?? ''
    const allowed = methodsAt(path)
    if (allowed.length === 0)
      throw new Problem(common.routeMissing, `There is no ${request.method} ${path.slice(0, 200)}`)
    throw new Problem(common.methodNotAllowed, `Use ${allowed.join(' or ')}`, {
      headers: { allow: allowed.join(', ') },
    })
  })
}
