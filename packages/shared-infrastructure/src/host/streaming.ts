// Bodies and replies that are too long to be held: read and written as they come.
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { common, type EventSink } from '@prognetwork/contracts'
import type { FastifyInstance } from 'fastify'
import { Problem } from '../service/failure.ts'

/** The largest body in bytes that an operation accepts when it does not say otherwise. */
export const defaultBodyLimitBytes = 1_048_576

/**
 * How much of a reply in lines waits for a client that is still sending: one that reads only when
 * it has sent everything must not be waited for, or both would wait for ever.
 */
const waitingReplyBytes = 4 * 1_048_576

/** A route whose body arrives as a stream of this media type, and nothing else. */
export function mountUpload(
  app: FastifyInstance,
  mediaType: string,
  mount: (scope: FastifyInstance) => void,
): void {
  app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers()
    // `image/*` is each type that begins so.
    const accepted = mediaType.endsWith('/*') ? new RegExp(`^${mediaType.slice(0, -1)}`) : mediaType
    scope.addContentTypeParser(accepted, (_request, payload, done) => done(null, payload))
    scope.addContentTypeParser('*', (_request, _payload, done) =>
      done(new Problem(common.contentTypeUnsupported, `The body must be ${mediaType}`)),
    )
    mount(scope)
    done()
  })
}

/** A refused upload may go on for so long, to let its sender read why, before it is cut off. */
const lingerMs = 2_000
const lingerBytes = 8 * 1_048_576

/**
 * The bytes of a body; throws `request.body_too_large` once there are more than `limitBytes`, and
 * `request.body_malformed` when it breaks off. Whoever stops reading earlier leaves the rest to be
 * swallowed: destroying the request would destroy the connection, and the answer with it.
 */
export async function* boundedBody(body: Readable, limitBytes: number): AsyncGenerator<Uint8Array> {
  let left = limitBytes
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false })) {
      left -= chunk.length
      if (left < 0)
        throw new Problem(common.bodyTooLarge, `At most ${limitBytes} bytes are accepted here`)
      yield chunk
    }
  } catch (error) {
    if (error instanceof Problem) throw error
    throw new Problem(common.bodyMalformed, 'The body ended before it was whole', { cause: error })
  } finally {
    if (!body.readableEnded && !body.destroyed) swallow(body)
  }
}

function swallow(body: Readable): void {
  let left = lingerBytes
  const cut = setTimeout(() => body.destroy(), lingerMs)
  cut.unref()
  body.on('data', (chunk: Uint8Array) => {
    left -= chunk.length
    if (left < 0) body.destroy()
  })
  body.once('end', () => clearTimeout(cut)).once('close', () => clearTimeout(cut))
  body.on('error', () => {})
  body.resume()
}

/** What a handler yields as lines of JSON. `onEnd` is told how it ended, once. */
export function linesOf(
  items: AsyncIterable<unknown>,
  serialize: (item: unknown) => string,
  onEnd: (failure?: unknown) => void,
): Readable {
  async function* write(): AsyncGenerator<Buffer> {
    let failure: unknown
    try {
      for await (const item of items) yield Buffer.from(`${serialize(item)}\n`)
    } catch (error) {
      failure = error
      throw error
    } finally {
      onEnd(failure)
    }
  }
  return Readable.from(write(), { objectMode: false, highWaterMark: waitingReplyBytes })
}

/** Whether a body arrives as a stream, as that of an upload does; none at all is no stream. */
export function isStream(value: unknown): value is Readable {
  return value instanceof Readable
}

/**
 * Opens a stream of events and gives it to `attach`. It has no length and is not chunked: its end is
 * that of the connection, so the same bytes can be sent to every client as they are.
 */
export function openStream(
  response: ServerResponse,
  attach: (sink: EventSink) => void,
  onEnd: () => void,
): void {
  // Whoever left meanwhile would never be heard to leave.
  if (response.destroyed) {
    onEnd()
    return
  }
  response.removeHeader('transfer-encoding')
  response.writeHead(200, {
    'content-type': eventStreamType,
    'cache-control': 'no-store',
    connection: 'close',
    // Some proxies hold a reply back until it is long enough.
    'x-accel-buffering': 'no',
  })
  response.flushHeaders()
  // Fastify waits for the end of what it was told to leave alone, and would keep its own view of the
  // request as long as the stream is open: ten kibibytes for each client.
  response.removeAllListeners('finish')
  response.once('close', onEnd)
  const { socket } = response
  if (socket) attach(sinkOver(response, socket))
  // The request before it on the connection is still being answered; then comes the head of this one.
  else
    response.once('socket', (own: Socket) =>
      setImmediate(() => {
        if (!response.destroyed) attach(sinkOver(response, own))
      }),
    )
}

/** Events are written past the response, which would count and frame them. */
function sinkOver(response: ServerResponse, socket: Socket): EventSink {
  socket.setNoDelay(true)
  socket.setKeepAlive(true, keepAliveMs)
  return {
    kind: 'event-stream',
    send: (bytes) => {
      socket.write(bytes)
    },
    get waitingBytes() {
      return socket.writableLength
    },
    end: (isLost = false) => {
      if (isLost) socket.destroy()
      else {
        response.end()
        // Node does so on `finish`, where nobody listens any more.
        socket.destroySoon()
      }
    },
    onEnd: (listener) => response.once('close', listener),
  }
}

/** A peer that vanished without a word is found by TCP. */
export const keepAliveMs = 60_000

/** HTML Living Standard, 9.2. */
export const eventStreamType = 'text/event-stream; charset=utf-8'
