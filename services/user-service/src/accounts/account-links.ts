import { type Context, platformTenantId } from '@prognetwork/contracts'
import { tenantContract } from '@prognetwork/contracts/tenant'
import { type Call, type ClientOrigins, originFor } from '@prognetwork/shared-infrastructure'

/**
 * Opening the address uses nothing up, as mail scanners do: each page asks for something only a person
 * knows, and takes the token out of the address before it shows itself.
 */
export function accountLink(origin: string, page: string, token: string): string {
  return `${origin}/${page}?token=${token}`
}

/** Where people of a tenant sign in; mails lead there. */
export type AccountPages = (ctx: Context) => Promise<string>

export function createAccountPages(parts: {
  readonly call: Call
  readonly clientOrigins: ClientOrigins
}): AccountPages {
  const { call, clientOrigins } = parts
  return async (ctx) => {
    const { tenantId } = ctx.scope
    if (tenantId === platformTenantId) return originFor(clientOrigins, 'auth-client', null)
    const { findTenant } = tenantContract.operations
    const { slug } = await call(ctx, findTenant, { params: { name: tenantId } })
    return originFor(clientOrigins, 'auth-client', slug)
  }
}
