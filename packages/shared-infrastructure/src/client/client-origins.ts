// Where people reach each web client. Links, redirects and cookies are made from these addresses,
// never from a Host header.
import type { WebClient } from '@prognetwork/contracts'
import { z } from 'zod'

/** The address of a client, configured. Without TLS people sign in on this machine only. */
export const clientOrigin = z.string().refine((text) => {
  if (!URL.canParse(text)) return false
  const { origin, protocol, hostname } = new URL(text)
  return origin === text && (protocol === 'https:' || isLoopback(hostname))
}, 'must be an origin such as https://shop.example; http only for this machine')

/** The address of each client in the platform's own tenant; `<slug>.` before it is a tenant's. */
export type ClientOrigins = Readonly<Record<WebClient, string>>

/** Where the clients are on a machine that was told nothing else. */
export const localClientOrigins: ClientOrigins = {
  'admin-client': 'http://localhost:3000',
  'auth-client': 'http://localhost:3001',
  'marketing-client': 'http://localhost:3002',
  'storefront-client': 'http://localhost:3014',
}

/** What `localhost` and the addresses of this machine have in common (RFC 6761, section 6.3). */
export function isLoopback(hostname: string): boolean {
  return /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname)
}

/** A client's address for one tenant: `http://acme.localhost:3014`; the platform's has no slug. */
export function originFor(origins: ClientOrigins, client: WebClient, slug: string | null): string {
  const { protocol, host } = new URL(origins[client])
  return slug === null ? `${protocol}//${host}` : `${protocol}//${slug}.${host}`
}
