import { request as httpRequest, type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { problemReply } from '../http/problem-reply.ts'
import { Unavailable } from '../service/failure.ts'
import { partFrom } from './parting.ts'
import { hopByHop } from './proxy.ts'
import { writeProblem } from './raw-problem.ts'

/** Nobody has a reason to send before the handshake is done. */
const maxEarlyBytes = 16_384

/**
 * Passes a request for a WebSocket on to another process. From its answer on, what one side sends
 * goes to the other as it is, and the end of either ends both.
 */
export function passUpgrade(
  origin: string,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  options: {
    readonly headers: Readonly<Record<string, string>>
    readonly connectTimeoutMs: number
    readonly traceId: string
  },
): Promise<number> {
  return new Promise((resolve) => {
    const outgoing = httpRequest(new URL(request.url ?? '/', origin), {
      timeout: options.connectTimeoutMs,
      headers: {
        ...endToEnd(request),
        ...options.headers,
        connection: 'Upgrade',
        upgrade: 'websocket',
      },
    })
    // Whoever leaves before the answer wants none, which only shows while the connection is read.
    const early = gather(socket, head)
    socket.once('end', () => socket.destroy())
    socket.once('close', () => outgoing.destroy())
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')))
    outgoing.on('error', (cause) => {
      const { status, body } = problemReply(
        new Unavailable('the service', { cause }),
        options.traceId,
      )
      writeProblem(socket, body)
      resolve(status)
    })
    // It was refused: the answer is an ordinary one.
    outgoing.on('response', (answer) => {
      const status = answer.statusCode ?? 502
      // Its length is that of the connection, however it came.
      const { 'transfer-encoding': _, ...headers } = answer.headers
      socket.write(headOf(status, { ...headers, connection: 'close' }))
      answer.pipe(socket, { end: false })
      answer.once('close', () => partFrom(socket))
      resolve(status)
    })
    outgoing.on('upgrade', (answer, upstream, first) => {
      upstream.setTimeout(0)
      socket.write(headOf(101, answer.headers))
      socket.write(first)
      upstream.write(early())
      upstream.pipe(socket).pipe(upstream)
      upstream.on('error', () => upstream.destroy())
      upstream.once('close', () => partFrom(socket))
      socket.once('close', () => upstream.destroy())
      resolve(101)
    })
    outgoing.end()
  })
}

/** Reads what comes too early; answers all of it, once. */
function gather(socket: Duplex, head: Buffer): () => Buffer {
  const chunks = [head]
  let bytes = head.length
  const take = (chunk: Buffer) => {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > maxEarlyBytes) socket.pause()
  }
  socket.on('data', take)
  return () => {
    socket.off('data', take)
    return Buffer.concat(chunks)
  }
}

/** Without a length: what follows the request belongs to the new protocol. */
function endToEnd({ headers }: IncomingMessage): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(headers))
    if (!hopByHop.has(name) && name !== 'content-length' && value !== undefined) kept[name] = value
  return kept
}

function headOf(status: number, headers: IncomingMessage['headers']): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n`
}
