// The door of a web client: the cookie of a browser becomes a principal, in the tenant that the
// host names. API keys and tokens are for the gateway, and mean nothing here.
import type { IncomingMessage } from 'node:http'
import { common, type WebClient } from '@prognetwork/contracts'
import { browserSessionRefused } from '@prognetwork/contracts/user'
import type { Asked, Door, Identity } from '../door/door.ts'
import { Problem } from '../service/failure.ts'
import { isOfOperation, tenantInPath } from './console-path.ts'
import { requireSameOrigin } from './same-origin.ts'
import { type CookieJar, sessionCookie } from './session-cookie.ts'

export interface BrowserDoor {
  /**
   * Who asks. A cookie that is worth nothing any more is refused at `/api`, and is nobody on a page,
   * which is then shown as such.
   */
  identify(request: IncomingMessage, asked: Asked): Promise<Visitor>
  /** What `identify` has answered for a request. */
  visitorOf(request: IncomingMessage): Visitor
}

export interface Visitor extends Identity {
  readonly tenantSlug: string
  /** The session's cookie, while it is worth something. */
  readonly credential: string | undefined
}

export function createBrowserDoor(options: {
  readonly client: WebClient
  readonly door: Door
  readonly cookies: CookieJar
  /** The client's own address. */
  readonly origin: string
  /** Whether the path names the tenant, and not the host. */
  readonly isConsole: boolean
}): BrowserDoor {
  const { client, door, cookies, origin, isConsole } = options
  const visitors = new WeakMap<IncomingMessage, Visitor>()

  async function find(request: IncomingMessage, asked: Asked): Promise<Visitor> {
    // Signing somebody in under another's account needs no cookie either.
    requireSameOrigin(request, origin)
    const tenant = await door.tenantOf(isConsole ? named(request) : request.headers)
    const isPage = !isOfOperation(request.url ?? '')
    const nobody = () => ({
      // A page of the console leads nobody on to signing in, which an operator may want to.
      ...door.anonymous(tenant, isConsole && isPage),
      ...{ tenantSlug: tenant.slug, credential: undefined },
    })
    const credential = cookies.read(request.headers, sessionCookie(client, tenant.id))
    if (credential === undefined) return nobody()
    try {
      const identity = await door.identifyBrowser(credential, { tenantId: tenant.id, ...asked })
      return { ...identity, tenantSlug: tenant.slug, credential }
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== browserSessionRefused.code) throw error
      if (isPage) return nobody()
      throw new Problem(common.credentialInvalid, 'The session has ended; sign in again')
    }
  }

  return {
    async identify(request, asked) {
      const visitor = await find(request, asked)
      visitors.set(request, visitor)
      return visitor
    },
    visitorOf(request) {
      const visitor = visitors.get(request)
      if (!visitor) throw new Error('nobody has asked who this is')
      return visitor
    },
  }
}

/** As a header of ours would name it; the platform's own for paths of no tenant. */
function named({ url }: IncomingMessage): { 'prog-tenant'?: string } {
  const slug = tenantInPath(url ?? '')
  return slug === undefined ? {} : { 'prog-tenant': slug }
}
