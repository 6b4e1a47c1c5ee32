import type { Scope } from '@prognetwork/contracts'

/**
 * Makes a scope. Called by the host, the consumer runner, the job runner and the platform door
 * only; it is not exported from the package, so a service cannot choose a tenant.
 */
export function scopeOf(tenantId: string): Scope {
  return Object.freeze({ tenantId }) as Scope
}
