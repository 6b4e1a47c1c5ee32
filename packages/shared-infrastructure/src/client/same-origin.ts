// A cookie comes along whoever wrote the page, so what changes something must come from a page of
// the client itself (Fetch Metadata, and RFC 6454 for browsers without it).
import type { IncomingMessage } from 'node:http'
import { crossSiteRefused } from '@prognetwork/contracts/gateway'
import { Problem } from '../service/failure.ts'

const harmless = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Throws for a request that may have been made by another site; `origin` is an address of the client. */
export function requireSameOrigin(request: IncomingMessage, origin: string): void {
  const { method = '', headers } = request
  const isUpgrade = headers.upgrade !== undefined
  if (harmless.has(method) && !isUpgrade) return
  if (headers['sec-fetch-site'] === 'same-origin') return
  const own = `${new URL(origin).protocol}//${headers.host}`
  if (headers['sec-fetch-site'] === undefined && headers.origin === own) return
  throw new Problem(
    crossSiteRefused,
    'Sec-Fetch-Site must be same-origin, or Origin the address of the page',
  )
}
