// The cookies of web clients (RFC 6265bis). Cookies know no ports, so the name says which client and
// which tenant one is for; what it holds is opaque and known to user-service by its hash alone.
import type { IncomingHttpHeaders } from 'node:http'

export interface CookieJar {
  /** What the browser brought under this name. */
  read(headers: IncomingHttpHeaders, name: string): string | undefined
  /** A Set-Cookie line; without a value one that removes it. Lives as long as the browser without `maxAgeSeconds`. */
  write(name: string, value: string | undefined, maxAgeSeconds?: number): string
}

/** The name of a client's session in one tenant. */
export function sessionCookie(client: string, tenantId: string): string {
  return `pn-${client}-${tenantId}`
}

/** Behind TLS names begin with `__Host-`, which browsers give to no other host and take by no other way. */
export function createCookieJar(origin: string): CookieJar {
  const isTls = origin.startsWith('https:')
  const full = (name: string) => (isTls ? `__Host-${name}` : name)
  return {
    read(headers, name) {
      const wanted = `${full(name)}=`
      const found = headers.cookie?.split('; ').filter((one) => one.startsWith(wanted)) ?? []
      // Two of one name: somebody else has set one of them.
      const [value] = found.length === 1 ? found : []
      return value?.slice(wanted.length) || undefined
    },
    write(name, value, maxAgeSeconds) {
      const age = value === undefined ? 0 : maxAgeSeconds
      return [
        `${full(name)}=${value ?? ''}`,
        'Path=/',
        'HttpOnly',
        'SameSite=Lax',
        ...(isTls ? ['Secure'] : []),
        ...(age === undefined ? [] : [`Max-Age=${age}`]),
      ].join('; ')
    },
  }
}
