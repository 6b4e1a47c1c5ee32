// Bodies and replies that are too long to be held: read and written as they come.
import { Readable } from 'node:stream'
import { common } from '@prognetwork/contracts'
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
    scope.addContentTypeParser(mediaType, (_request, payload, done) => done(null, payload))
    scope.addContentTypeParser('*', (_request, _payload, done) =>
      done(new Problem(common.contentTypeUnsupported, `The body must be ${mediaType}`)),
    )
    mount(scope)
    done()
  })
}

/** The bytes of a body; throws `request.body_too_large` once there are more than `limitBytes`. */
export async function* boundedBody(
  body: AsyncIterable<Uint8Array>,
  limitBytes: number,
): AsyncGenerator<Uint8Array> {
  let left = limitBytes
  for await (const chunk of body) {
    left -= chunk.length
    if (left < 0)
      throw new Problem(common.bodyTooLarge, `At most ${limitBytes} bytes are accepted here`)
    yield chunk
  }
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

export function isByteStream(value: unknown): value is AsyncIterable<Uint8Array> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
