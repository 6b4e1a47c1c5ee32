import { request as httpRequest, type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { problemReply } from '../http/problem-reply.ts'
import { Unavailable } from '../service/failure.ts'
import { hopByHop } from './proxy.ts'
import { writeProblem } from './raw-problem.ts'

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
      socket.write(headOf(status, { ...answer.headers, connection: 'close' }))
      answer.pipe(socket)
      resolve(status)
    })
    outgoing.on('upgrade', (answer, upstream, first) => {
      upstream.setTimeout(0)
      socket.write(headOf(101, answer.headers))
      socket.write(first)
      upstream.write(head)
      upstream.pipe(socket).pipe(upstream)
      for (const [one, other] of [
        [socket, upstream],
        [upstream, socket],
      ] as const) {
        one.on('error', () => other.destroy())
        one.on('close', () => other.destroy())
      }
      resolve(101)
    })
    outgoing.end()
  })
}

function endToEnd({ headers }: IncomingMessage): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(headers))
    if (!hopByHop.has(name) && value !== undefined) kept[name] = value
  return kept
}

function headOf(status: number, headers: IncomingMessage['headers']): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n`
}
