// Who may give what to whom. Nobody gives away more than they hold, by whatever way: a role's
// patterns, a member's roles, an invitation's, a key's scopes all pass here.
import { type Context, platformTenantId, type Transaction } from '@prognetwork/contracts'
import {
  ownerRequired,
  patternUnknown,
  permissionExceeded,
  reaches,
  roleUnknown,
  systemRoles,
} from '@prognetwork/contracts/user'
import { type Database, Problem } from '@prognetwork/shared-infrastructure'
import { findCustom, findKeyScopes, holdCustom } from './roles.store.ts'

export interface Authority {
  readonly patterns: readonly string[]
  /** Holds the tenant's leading role. */
  readonly leads: boolean
}

/** The role that a tenant must always have a holder of, and that only its holders give away. */
export function leadingRole(ctx: Context): 'operator' | 'owner' {
  return ctx.scope.tenantId === platformTenantId ? 'operator' : 'owner'
}

/** The system's roles in this tenant: operators belong to the platform, owners to all others. */
export function systemRolesOf(ctx: Context): readonly string[] {
  const absent = leadingRole(ctx) === 'owner' ? 'operator' : 'owner'
  return Object.keys(systemRoles).filter((name) => name !== absent)
}

/** What roles come to: the system's by name, and the patterns of the tenant's own among them. */
export function patternsOf(roles: readonly string[], custom: readonly string[]): string[] {
  return [...new Set([...roles.flatMap((name) => systemRoles[name] ?? []), ...custom])].sort()
}

/** What the caller may give away. */
export async function authorityOf(ctx: Context, db: Database): Promise<Authority> {
  const { kind, subject, roles } = ctx.principal
  if (kind === 'api_key') {
    const [key] = await db.read(ctx, findKeyScopes(subject))
    return { patterns: key?.scopes ?? [], leads: false }
  }
  const custom = await db.read(ctx, findCustom(roles))
  return {
    patterns: patternsOf(
      roles,
      custom.flatMap((one) => one.patterns),
    ),
    leads: roles.includes(leadingRole(ctx)),
  }
}

/**
 * Patterns that are about to be written down. Each must lie within one of the caller's own, so it
 * cannot come to reach what is added later and they would not have; and it must reach something.
 */
export function checkPatterns(
  ctx: Context,
  authority: Authority,
  patterns: readonly string[],
  field: string,
): void {
  for (const [index, pattern] of patterns.entries()) {
    const pointer = `/body/${field}/${index}`
    if (!isWithin(authority, pattern)) throw exceeded(pointer, pattern)
    if (![...ctx.principal.permissions].some((one) => reaches(pattern, one)))
      throw new Problem(patternUnknown, `${pattern} reaches no permission of yours`, {
        errors: [
          { pointer, expected: 'a pattern of permissions there are', detail: 'Reaches none' },
        ],
      })
  }
}

/** Refuses a caller who does not hold all that these patterns reach. */
export function checkHolds(authority: Authority, patterns: readonly string[]): void {
  for (const pattern of patterns) if (!isWithin(authority, pattern)) throw exceeded('', pattern)
}

/** Roles that are about to be given: they exist, stay until the commit, and are within. */
export async function checkGiven(
  ctx: Context,
  tx: Transaction,
  authority: Authority,
  roles: readonly string[],
): Promise<void> {
  const custom = await tx.run(holdCustom(roles))
  const known = new Set([...systemRolesOf(ctx), ...custom.map((one) => one.name)])
  const unknown = roles.findIndex((name) => !known.has(name))
  if (unknown !== -1)
    throw new Problem(roleUnknown, `There is no role ${roles[unknown]} in this tenant`, {
      errors: [
        { pointer: `/body/roles/${unknown}`, expected: 'the name of a role', detail: 'Not known' },
      ],
    })
  checkLead(ctx, authority, roles)
  checkHolds(
    authority,
    patternsOf(
      roles,
      custom.flatMap((one) => one.patterns),
    ),
  )
}

/** Roles that are about to be taken away: nobody unmakes those who may do more than they. */
export async function checkTaken(
  ctx: Context,
  tx: Transaction,
  authority: Authority,
  roles: readonly string[],
): Promise<void> {
  checkLead(ctx, authority, roles)
  const custom = await tx.run(findCustom(roles))
  checkHolds(
    authority,
    patternsOf(
      roles,
      custom.flatMap((one) => one.patterns),
    ),
  )
}

function checkLead(ctx: Context, authority: Authority, roles: readonly string[]): void {
  const leading = leadingRole(ctx)
  if (roles.includes(leading) && !authority.leads)
    throw new Problem(ownerRequired, `Only who has the role ${leading} gives or takes it`)
}

function isWithin(authority: Authority, pattern: string): boolean {
  return authority.patterns.some((own) => reaches(own, pattern))
}

function exceeded(pointer: string, pattern: string): Problem {
  return new Problem(permissionExceeded, `${pattern} is more than you may do yourself`, {
    ...(pointer !== '' && {
      errors: [{ pointer, expected: 'a pattern within your own', detail: 'It is not' }],
    }),
  })
}
