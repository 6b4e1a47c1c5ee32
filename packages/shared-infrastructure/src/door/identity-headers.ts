import type { IncomingMessage } from 'node:http'

/** Headers by which proxies tell the services behind them who asks. */
const claims = /^x-(?:prog-|user-|tenant-|internal-|forwarded-user$)/
/** Written by our own processes for each other; from outside they are lies. */
const own = new Set(['prog-address'])

/**
 * Removes every header that claims an identity, so that no service can come to believe one: who
 * asks is decided by the credential alone. Cleans the parsed headers and the raw list.
 */
export function stripIdentityHeaders(raw: IncomingMessage): void {
  const { rawHeaders } = raw
  for (let index = 0; index < rawHeaders.length; ) {
    const name = rawHeaders[index] ?? ''
    if (mayClaim(name) && claimsIdentity(name.toLowerCase())) {
      // Node makes both objects late, from the raw list as long as it was at first: before the cut.
      delete raw.headers[name.toLowerCase()]
      delete raw.headersDistinct[name.toLowerCase()]
      rawHeaders.splice(index, 2)
    } else index += 2
  }
}

/** Looks at one letter first, because nearly every header of nearly every request passes here. */
function mayClaim(name: string): boolean {
  const letter = name.charCodeAt(0) | 0x20
  return letter === 0x78 || letter === 0x70
}

function claimsIdentity(name: string): boolean {
  return claims.test(name) || own.has(name)
}
