// Problem details where there is no response to write them to: on the connection itself, which they end.
import { type OutgoingHttpHeaders, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ProblemDetails } from '@prognetwork/contracts'
import { partFrom } from './parting.ts'

export function problemHeaders(body: ProblemDetails): Record<string, string> {
  return {
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(JSON.stringify(body))),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  }
}

export function writeProblem(
  socket: Duplex,
  body: ProblemDetails,
  headers: OutgoingHttpHeaders = {},
): void {
  // Something was answered already, or nobody is there.
  if (!socket.writable) return
  const head = Object.entries({ ...headers, ...problemHeaders(body), connection: 'close' })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')
  socket.on('error', () => {})
  partFrom(
    socket,
    `HTTP/1.1 ${body.status} ${STATUS_CODES[body.status]}\r\n${head}\r\n${JSON.stringify(body)}`,
  )
}
