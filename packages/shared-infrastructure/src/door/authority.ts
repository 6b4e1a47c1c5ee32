import { type Contract, platformTenantId } from '@prognetwork/contracts'
import { gatewayPermissions } from '@prognetwork/contracts/gateway'
import { isOfPlatform, reaches } from '@prognetwork/contracts/user'
import { LRUCache } from 'lru-cache'

/** Turns the patterns that a credential comes to into the permissions it has in its tenant. */
export interface AuthorityResolver {
  permissionsOf(patterns: readonly string[], tenantId: string): ReadonlySet<string>
}

const maxResolved = 2_000

/**
 * Every permission there is stands in some contract, so patterns are resolved once into a set and a
 * request costs one look-up. Permissions over the platform are left out in every tenant but the
 * platform's own, whatever the patterns say: a second lock behind the rule that no wildcard
 * reaches them.
 */
export function createAuthorityResolver(contracts: readonly Contract[]): AuthorityResolver {
  const all = [
    ...Object.values<string>(gatewayPermissions),
    ...contracts.flatMap((contract) =>
      Object.values(contract.operations).flatMap(({ shape: { auth } }) =>
        'permission' in auth ? [auth.permission] : [],
      ),
    ),
  ]
  const ofTenants = all.filter((one) => !isOfPlatform(one))
  const resolved = new LRUCache<string, ReadonlySet<string>>({ max: maxResolved })
  return {
    permissionsOf(patterns, tenantId) {
      const inPlatform = tenantId === platformTenantId
      const key = `${inPlatform} ${patterns.join(' ')}`
      const known = resolved.get(key)
      if (known) return known
      const set = new Set(
        (inPlatform ? all : ofTenants).filter((one) =>
          patterns.some((pattern) => reaches(pattern, one)),
        ),
      )
      resolved.set(key, set)
      return set
    },
  }
}
