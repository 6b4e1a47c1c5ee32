import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { Transform } from 'node:stream'
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

interface PassingOptions {
  readonly headers: Readonly<Record<string, string>>
  readonly bodyLimitBytes: number
  /** The longest pause before and within the answer, in milliseconds. */
  readonly answerTimeoutMs: number
  /** The answer goes on as the body does, so that a pause is one of both. */
  readonly isUpload: boolean
}

/**
 * Streams a request to a service and the answer back, holding neither. Headers that the door has
 * set on the response stay; those of the service come on top.
 */
export function passOn(passage: Passage, options: PassingOptions): void {
  const { pool, request } = passage
  const passing = new Passing(passage, options)
  const timeoutMs = options.isUpload ? 0 : options.answerTimeoutMs
  pool.dispatch(
    {
      method: request.method as Dispatcher.HttpMethod,
      path: request.url ?? '/',
      headers: Object.assign(passedHeaders(request), options.headers),
      body: passing.body,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    },
    passing,
  )
}

/** One answer on its way back, written as it comes: a stream in between would cost as much again. */
class Passing implements Dispatcher.DispatchHandler {
  readonly body: Transform | null
  readonly #passage: Passage
  readonly #pause: NodeJS.Timeout | undefined
  #controller: Dispatcher.DispatchController | undefined
  #isGone = false

  constructor(passage: Passage, { bodyLimitBytes, answerTimeoutMs, isUpload }: PassingOptions) {
    const { request, response } = passage
    this.#passage = passage
    this.#pause = isUpload
      ? setTimeout(() => this.#abort('Neither side goes on'), answerTimeoutMs)
      : undefined
    this.body = hasBody(request)
      ? bounded(request, bodyLimitBytes, () => this.#pause?.refresh())
      : null
    response.once('close', () => {
      this.#isGone = true
      clearTimeout(this.#pause)
      if (!response.writableFinished) this.#abort('The client is gone')
    })
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#isGone) this.#abort('The client is gone')
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: IncomingHttpHeaders,
  ): void {
    // What comes before the answer itself, such as 103.
    if (statusCode < 200) return
    const { circuit, response } = this.#passage
    circuit.succeeded()
    for (const name in headers) {
      const value = headers[name]
      if (value !== undefined && !hopByHop.has(name)) response.setHeader(name, value)
    }
    response.writeHead(statusCode)
    response.on('drain', () => this.#controller?.resume())
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#pause?.refresh()
    if (!this.#passage.response.write(chunk)) controller.pause()
  }

  onResponseEnd(): void {
    this.#passage.response.end()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    clearTimeout(this.#pause)
    if (this.#isGone) return
    const { circuit, request, response, traceId } = this.#passage
    if (this.body) request.unpipe(this.body)
    if (!(error instanceof Problem)) circuit.failed()
    const failure =
      error instanceof Problem ? error : new Unavailable('the service', { cause: error })
    refuse(request, response, failure, traceId)
  }

  #abort(why: string): void {
    this.#controller?.abort(new Error(why))
  }
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
  const { headers } = request
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined && !hopByHop.has(name))
      passed[name] = Array.isArray(value) ? value.join(', ') : value
  }
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
