import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'

const lingerMs = 1_000
const lingerBytes = 8 * 1_048_576

/**
 * A reply that leaves a large body unread ends the connection, or Node would read all of it to
 * reach the next request. The end waits a moment, swallowing what still comes: closing at once
 * resets the connection, and the client would lose the reply.
 */
export function closeOverUnreadBodies(app: FastifyInstance, limitBytes: number): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    if (typeof payload !== 'string' || !leavesMuchUnread(request.raw, limitBytes)) {
      done(null, payload)
      return
    }
    reply.header('connection', 'close')
    reply.header('content-length', Buffer.byteLength(payload))
    done(null, Readable.from(linger(payload, request.raw), { objectMode: false }))
  })
}

function leavesMuchUnread(raw: IncomingMessage, limitBytes: number): boolean {
  if (raw.complete) return false
  const { 'content-length': length, 'transfer-encoding': encoding } = raw.headers
  return encoding !== undefined || (length !== undefined && Number(length) > limitBytes)
}

async function* linger(text: string, raw: IncomingMessage): AsyncGenerator<string> {
  yield text
  await swallow(raw)
}

function swallow(raw: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let swallowed = 0
    const stop = () => {
      clearTimeout(timer)
      raw.pause()
      resolve()
    }
    const timer = setTimeout(stop, lingerMs)
    raw.on('data', (chunk: Buffer) => {
      swallowed += chunk.length
      if (swallowed > lingerBytes) stop()
    })
    raw.once('end', stop).once('close', stop).once('error', stop)
  })
}
