import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline, Transform } from 'node:stream'
import { common } from '@prognetwork/contracts'
import type { Dispatcher, Pool } from 'undici'
import { problemReply } from '../http/problem-reply.ts'
import { Problem, Unavailable } from '../service/failure.ts'
import type { Circuit } from './circuit.ts'

/** Headers of one connection (RFC 9110, 7.6.1), and those that a door writes itself. */
export const hopByHop: ReadonlySet<string> = new Set([
  'authorization',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
  'proxy-authorization',
  'expect',
  'host',
  'traceparent',
  'prog-address',
])

/** One request on its way through. */
interface Passage {
  readonly pool: Pool
  readonly circuit: Circuit
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly traceId: string
}

/**
 * Streams a request to a service and the answer back, holding neither. Headers that the door has
 * set on the response stay; those of the service come on top.
 */
export function passOn(
  passage: Passage,
  options: {
    headers: Readonly<Record<string, string>>
    bodyLimitBytes: number
    /** The longest pause before and within the answer, in milliseconds. */
    answerTimeoutMs: number
    /** The answer goes on as the body does, so that a pause is one of both. */
    isUpload: boolean
  },
): void {
  const { pool, circuit, request, response, traceId } = passage
  const abort = new AbortController()
  let isGone = false
  response.once('close', () => {
    isGone = true
    clearTimeout(pause)
    abort.abort()
  })
  const pause = options.isUpload
    ? setTimeout(() => abort.abort(new Error('Neither side goes on')), options.answerTimeoutMs)
    : undefined
  const goOn = () => pause?.refresh()
  const body = hasBody(request) ? bounded(request, options.bodyLimitBytes, goOn) : null
  const timeoutMs = pause ? 0 : options.answerTimeoutMs
  pool
    .request({
      method: request.method as Dispatcher.HttpMethod,
      path: request.url ?? '/',
      headers: { ...passedHeaders(request), ...options.headers },
      body,
      signal: abort.signal,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    })
    .then(
      ({ statusCode, headers, body: answer }) => {
        circuit.succeeded()
        for (const [name, value] of Object.entries(headers))
          if (!hopByHop.has(name) && value !== undefined) response.setHeader(name, value)
        response.writeHead(statusCode)
        if (pause) answer.on('data', goOn)
        pipeline(answer, response, () => {})
      },
      (error: unknown) => {
        clearTimeout(pause)
        if (isGone) return
        if (body) request.unpipe(body)
        if (error instanceof Problem) return refuse(request, response, error, traceId)
        circuit.failed()
        refuse(request, response, new Unavailable('the service', { cause: error }), traceId)
      },
    )
}

/** Answers what could not be passed on; what is still coming of the request is read and dropped. */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  traceId: string,
): void {
  request.resume()
  if (response.headersSent) {
    response.destroy()
    return
  }
  const { status, headers, body } = problemReply(error, traceId)
  response.writeHead(status, {
    ...headers,
    'content-type': 'application/problem+json',
    connection: 'close',
  })
  response.end(JSON.stringify(body))
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
}

function passedHeaders(request: IncomingMessage): Record<string, string> {
  const passed: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers))
    if (!hopByHop.has(name) && value !== undefined)
      passed[name] = Array.isArray(value) ? value.join(', ') : value
  return passed
}

/** The service would refuse a longer body too, but its answer can get lost in the broken pipe. */
function bounded(request: IncomingMessage, limitBytes: number, onChunk: () => void): Transform {
  let left = limitBytes
  const limited = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      onChunk()
      left -= chunk.length
      if (left >= 0) done(null, chunk)
      else done(new Problem(common.bodyTooLarge, `At most ${limitBytes} bytes are accepted here`))
    },
  })
  return request.pipe(limited)
}
