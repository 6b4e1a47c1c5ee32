// What is sent of pages is packed on its way. The cookies of a client say nothing about what its pages
// hold, and no page holds a secret beside what its reader has typed, so that their lengths may be seen.
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { constants, createBrotliCompress, createGzip, type Zlib } from 'node:zlib'

/** As good as gzip at its best, for less than half of its time. */
const quality = { [constants.BROTLI_PARAM_QUALITY]: 3 }
const packed = /^(?:text\/|application\/(?:json|xml|manifest\+json))/

/** Whether the other side takes what is packed with Brotli. */
export function takesBrotli(headers: IncomingHttpHeaders): boolean {
  return /\bbr\b/.test(String(headers['accept-encoding'] ?? ''))
}

/** The step that packs a reply, where it is text and the other side takes it; says so in the reply. */
export function packingFor(
  request: IncomingMessage,
  response: ServerResponse,
): (Duplex & Zlib) | undefined {
  if (response.hasHeader('content-encoding')) return undefined
  if (!packed.test(String(response.getHeader('content-type') ?? ''))) return undefined
  response.appendHeader('vary', 'Accept-Encoding')
  const encoding = takesBrotli(request.headers)
    ? 'br'
    : takesGzip(request.headers)
      ? 'gzip'
      : undefined
  if (encoding === undefined) return undefined
  response.setHeader('content-encoding', encoding)
  response.removeHeader('content-length')
  return encoding === 'br' ? createBrotliCompress({ params: quality }) : createGzip({ level: 1 })
}

function takesGzip(headers: IncomingHttpHeaders): boolean {
  return /\bgzip\b/.test(String(headers['accept-encoding'] ?? ''))
}
