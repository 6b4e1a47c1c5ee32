import { type Context, platformTenantId, type ReturnClient } from '@prognetwork/contracts'
import { tenantContract, tenantMissing } from '@prognetwork/contracts/tenant'
import {
  type Call,
  type ClientOrigins,
  isLoopback,
  Problem,
} from '@prognetwork/shared-infrastructure'

/** Clients that every tenant has at addresses of its own; the console is the platform's. */
const ofTenants: ReadonlySet<ReturnClient> = new Set(['marketing-client', 'storefront-client'])

/**
 * Which origins a client has for a tenant: its configured address for the platform's own tenant, and
 * for every other `<slug>.` before that address, or a domain the tenant has verified. Origins are compared as text, so nothing that a
 * parser might read another way gets through. An address on this machine counts only while the
 * platform is on it too.
 */
export function createReturnOrigins(options: {
  readonly call: Call
  readonly publicUrl: string
  readonly clientOrigins: ClientOrigins
}) {
  const { call, clientOrigins } = options
  const platformIsHere = isLoopback(new URL(options.publicUrl).hostname)

  /** The tenant that a slug or a host belongs to. */
  async function tenantOf(
    ctx: Context,
    name: string,
  ): Promise<{ id: string; slug: string } | null> {
    try {
      return await call(ctx, tenantContract.operations.findTenant, { params: { name } })
    } catch (error) {
      if (error instanceof Problem && error.code === tenantMissing.code) return null
      throw error
    }
  }

  return async function isRegistered(
    ctx: Context,
    client: ReturnClient,
    origin: string,
  ): Promise<boolean> {
    const own = new URL(clientOrigins[client])
    const counts = !isLoopback(own.hostname) || platformIsHere
    if (ctx.scope.tenantId === platformTenantId) return counts && origin === own.origin
    if (!ofTenants.has(client)) return false
    const slug = counts ? slugBefore(own, origin) : undefined
    const name = slug ?? domainOf(origin)
    const tenant = name === undefined ? null : await tenantOf(ctx, name)
    // A tenant is found by its id as well, which is in no address.
    return tenant?.id === ctx.scope.tenantId && (slug === undefined || tenant.slug === slug)
  }
}

/** A tenant's own domain is always behind TLS, at its usual port. */
function domainOf(origin: string): string | undefined {
  return /^https:\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)+)$/.exec(origin)?.[1]
}

/** `http://acme.localhost:3014` is `acme` before `http://localhost:3014`. */
function slugBefore({ protocol, host }: URL, origin: string): string | undefined {
  const [start, end] = [`${protocol}//`, `.${host}`]
  if (!origin.startsWith(start) || !origin.endsWith(end)) return undefined
  const slug = origin.slice(start.length, -end.length)
  return /^[a-z0-9-]{3,40}$/.test(slug) ? slug : undefined
}
