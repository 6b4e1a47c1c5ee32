import { type Context, common, platformTenantId } from '@prognetwork/contracts'
import { tenantContract } from '@prognetwork/contracts/tenant'
import { type Call, Problem } from '@prognetwork/shared-infrastructure'
import { createCache } from '@prognetwork/shared-infrastructure/cache'

/** The currency of a tenant's prices where none is named. */
export interface TenantCurrency {
  of(ctx: Context): Promise<string>
  forget(tenantId: string): void
  forgetAll(): void
}

const maxTenants = 50_000
/** A change is heard of at once; this is for what was missed. */
const ttlMs = 10 * 60_000

export function createTenantCurrency(call: Call): TenantCurrency {
  const known = createCache<'currency', string>({
    name: 'tenant-currency',
    max: maxTenants,
    ttlMs,
  })
  return {
    async of(ctx) {
      const { tenantId } = ctx.scope
      if (tenantId === platformTenantId)
        throw new Problem(
          common.tenantMissing,
          'The platform itself sells nothing: name a tenant by its host or by Prog-Tenant',
        )
      return known.get(tenantId, 'currency', async () => {
        const { settings } = await call(ctx, tenantContract.operations.findTenantSettings, {})
        return settings.currency
      })
    },
    forget: (tenantId) => known.forgetTenant(tenantId),
    forgetAll: () => known.clear(),
  }
}
