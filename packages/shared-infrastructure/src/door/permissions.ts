import type { Contract } from '@prognetwork/contracts'

/** Turns the patterns that roles hold into the permissions that operations ask for. */
export interface PermissionResolver {
  permissionsOf(patterns: readonly string[]): ReadonlySet<string>
}

/**
 * Every permission there is stands in some contract, so a pattern is resolved once, into a set;
 * a request then costs one look-up.
 */
export function createPermissionResolver(contracts: readonly Contract[]): PermissionResolver {
  const all = new Set(
    contracts.flatMap((contract) =>
      Object.values(contract.operations).flatMap(({ shape: { auth } }) =>
        'permission' in auth ? [auth.permission] : [],
      ),
    ),
  )
  const resolved = new Map<string, ReadonlySet<string>>()
  return {
    permissionsOf(patterns) {
      const key = patterns.join(' ')
      const known = resolved.get(key)
      if (known) return known
      const set = new Set([...all].filter((one) => patterns.some((pattern) => fits(pattern, one))))
      if (resolved.size < maxResolved) resolved.set(key, set)
      return set
    },
  }
}

const maxResolved = 1_000

/** `service:resource:action`, each part literal or `*`. */
function fits(pattern: string, permission: string): boolean {
  const wanted = permission.split(':')
  const given = pattern.split(':')
  return (
    given.length === wanted.length &&
    given.every((part, index) => part === '*' || part === wanted[index])
  )
}
