// Problem details where there is no response to write them to: on the connection itself, which they end.
import { type OutgoingHttpHeaders, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ProblemDetails } from '@prognetwork/contracts'

/** How long a refused peer may go on sending before it is cut off, to read the answer meanwhile. */
const lingerMs = 1_000

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
  const head = Object.entries({ ...headers, ...problemHeaders(body), connection: 'close' })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')
  socket.end(
    `HTTP/1.1 ${body.status} ${STATUS_CODES[body.status]}\r\n${head}\r\n${JSON.stringify(body)}`,
  )
  // Closing while the peer still sends resets the connection, and the answer may be lost with it.
  const cut = setTimeout(() => socket.destroy(), lingerMs)
  socket.once('close', () => clearTimeout(cut))
  socket.on('error', () => {})
}
