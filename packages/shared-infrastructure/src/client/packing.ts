// What is sent of pages is packed on its way, unless it answers a form: such a page may hold a secret beside
// what its reader has typed, and its length would tell of it.
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { constants, createBrotliCompress, createGzip, type Zlib } from 'node:zlib'

/** As good as gzip at its best, for less than half of its time. */
const quality = { [constants.BROTLI_PARAM_QUALITY]: 3 }
const packed = /^(?:text\/(?!event-stream)|application\/(?:json|xml|manifest\+json))/

/** Whether the other side takes what is packed with Brotli. */
export const takesBrotli = (headers: IncomingHttpHeaders): boolean => takes(headers, /\bbr\b/)

/** The step that packs a reply, where it is text and the other side takes it; says so in the reply. */
export function packingFor(
  request: IncomingMessage,
  response: ServerResponse,
): (Duplex & Zlib) | undefined {
  if (request.method !== 'GET' || response.hasHeader('content-encoding')) return undefined
  if (!packed.test(String(response.getHeader('content-type') ?? ''))) return undefined
  response.appendHeader('vary', 'Accept-Encoding')
  const encoding = takesBrotli(request.headers)
    ? 'br'
    : takes(request.headers, /\bgzip\b/)
      ? 'gzip'
      : undefined
  if (encoding === undefined) return undefined
  response.setHeader('content-encoding', encoding)
  response.removeHeader('content-length')
  return encoding === 'br' ? createBrotliCompress({ params: quality }) : createGzip({ level: 1 })
}

/** An encoding with the weight of nothing is refused (RFC 9110, 12.5.3). */
function takes(headers: IncomingHttpHeaders, encoding: RegExp): boolean {
  const offers = String(headers['accept-encoding'] ?? '').split(',')
  return offers.some((one) => encoding.test(one) && !/;\s*q=0(?:\.0*)?\s*$/.test(one))
}
