// What a request must be like before anybody looks at what it asks for. Node's parser has refused
// by then what has no single meaning (both lengths, broken chunks, bare line feeds).
import type { IncomingMessage } from 'node:http'
import { common } from '@prognetwork/contracts'
import { requestMalformed } from '@prognetwork/contracts/gateway'
import { Problem } from '../service/failure.ts'

/** RFC 9110, section 4.1, asks for 8000 at least. */
const maxAddressLength = 8_192
const maxHeaders = 100
const nameAndPort = /^(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/

/** Throws a problem for a request that no operation should see; `bodyLimitBytes` is the route's. */
export function guardRequest(request: IncomingMessage, bodyLimitBytes: number): void {
  const { url = '', headers, rawHeaders } = request
  if (url.length > maxAddressLength)
    throw new Problem(
      common.headersTooLarge,
      `The address may have ${maxAddressLength} characters and has ${url.length}`,
    )
  if (rawHeaders.length > maxHeaders * 2)
    throw new Problem(common.headersTooLarge, `A request may have ${maxHeaders} headers`)
  // Absolute form is for proxies; taken here it would name a second host beside the header.
  if (!url.startsWith('/')) throw malformed('The address must start with a slash')
  guardHost(request)
  const length = headers['content-length']
  if (length !== undefined && Number(length) > bodyLimitBytes)
    throw new Problem(
      common.bodyTooLarge,
      `The body may have ${bodyLimitBytes} bytes and has ${length}`,
    )
}

/** RFC 9112, section 3.2: exactly one Host, or two readers of one request could pick two tenants. */
function guardHost({ headers: { host }, rawHeaders, httpVersionMinor }: IncomingMessage): void {
  if (host === undefined) {
    if (httpVersionMinor === 0) return
    throw malformed('A request must have one Host header')
  }
  const seen = new Set<string>()
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? ''
    if (!single.has(name)) continue
    if (seen.has(name)) throw malformed(`A request may have one ${name} header`)
    seen.add(name)
  }
  // A port or an address may still be none: 99999, 999.0.0.1.
  if (!nameAndPort.test(host) || !URL.canParse(`http://${host}`))
    throw malformed('Host must be a name or an address, and a port')
}

/** Headers that say who asks and for whom: a second one would be dropped in silence. */
const single = new Set(['host', 'authorization', 'x-api-key', 'prog-tenant'])

function malformed(detail: string): Problem {
  return new Problem(requestMalformed, detail, { headers: { connection: 'close' } })
}
