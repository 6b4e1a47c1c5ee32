import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { id, nothing, text } from '../shapes.ts'

/**
 * Permissions over the platform itself. They exist in the platform's own tenant only, and there
 * only for a pattern that names them: `*:*:*` does not reach one, so no owner of a tenant and no
 * custom role can come to hold one by a wildcard.
 */
export const platformPermissions: readonly string[] = [
  'platform:*:*',
  'gateway:*:*',
  'user:captured_mail:read',
]

const businessServices = [
  'analytics',
  'content',
  'email',
  'notification',
  'order',
  'payment',
  'product',
  'worker',
]
const business = (action: string) => businessServices.map((service) => `${service}:*:${action}`)

/**
 * What the system's roles may do, as permission patterns: `service:resource:action`, where `*`
 * stands for any one part. Custom roles of a tenant and API keys hold patterns too.
 */
export const systemRoles: Readonly<Record<string, readonly string[]>> = {
  /** Runs the platform: everything, in the platform's own tenant. */
  operator: ['*:*:*', ...platformPermissions],
  /** Everything in the tenant; only owners make, unmake and become owners. */
  owner: ['*:*:*'],
  /** Everything in the tenant but its ownership. */
  admin: ['*:*:*'],
  /** Runs the business and brings people in, but touches neither credentials nor the tenant. */
  manager: [
    ...business('*'),
    'monitoring:*:read',
    'tenant:*:read',
    'user:account:read',
    'user:invitation:*',
    'user:membership:read',
    'user:role:read',
  ],
  /** Does the daily work. */
  member: [
    ...business('read'),
    'content:*:*',
    'order:*:*',
    'product:*:*',
    'tenant:*:read',
    'user:membership:read',
  ],
  viewer: [...business('read'), 'tenant:*:read', 'user:membership:read'],
  /**
   * Helps: what an owner may do to the business, and reading besides. No credentials, roles,
   * members or ownership. This is what an operator holds who acts for a tenant.
   */
  support: [...business('*'), 'monitoring:*:read', 'tenant:*:read', 'user:*:read'],
}

/** Whether a permission, or all that a pattern names, is about the platform itself. */
export function isOfPlatform(permissionOrPattern: string): boolean {
  return platformPermissions.some((one) => fits(one, permissionOrPattern))
}

/**
 * Whether a pattern reaches a permission, or all that another pattern reaches. What is about the
 * platform is reached by patterns that say so, never by a wildcard.
 */
export function reaches(pattern: string, permissionOrPattern: string): boolean {
  return (
    fits(pattern, permissionOrPattern) &&
    (!isOfPlatform(permissionOrPattern) || isOfPlatform(pattern))
  )
}

function fits(pattern: string, other: string): boolean {
  const wanted = other.split(':')
  const given = pattern.split(':')
  return (
    given.length === wanted.length &&
    given.every((part, index) => part === '*' || part === wanted[index])
  )
}

const part = '(?:[a-z][a-z_]{0,39}|\\*)'
/** `service:resource:action`, where `*` stands for any one part. */
export const permissionPattern = z.string().regex(new RegExp(`^${part}:${part}:${part}$`))
export const permissionPatterns = z.array(permissionPattern).min(1).max(100)

export const roleName = z.string().regex(/^[a-z][a-z0-9_-]{1,39}$/)

export const role = z.object({
  name: z.string(),
  patterns: z.array(z.string()),
  /** One of the system's: it cannot be changed. */
  system: z.boolean(),
  version: z.int(),
})
const exampleRole = {
  name: 'stock-keeper',
  patterns: ['product:*:read', 'product:stock:update'],
  system: false,
  version: 1,
}

export const permissionExceeded = problem(
  'forbidden',
  'user.permission_exceeded',
  'Nobody can give away more than they may do themselves',
)
export const patternUnknown = problem(
  'unprocessable',
  'user.pattern_unknown',
  'The pattern reaches no permission that can be given away',
)
export const roleMissing = problem('missing', 'user.role_missing', 'The tenant has no such role')
export const roleUnknown = problem(
  'unprocessable',
  'user.role_unknown',
  'A role that was named does not exist here',
)
export const roleExists = problem('conflict', 'user.role_exists', 'There is a role of that name')
export const roleInUse = problem(
  'conflict',
  'user.role_in_use',
  'Somebody holds the role or is invited with it',
)
export const roleOutdated = problem(
  'precondition',
  'user.role_outdated',
  'The role was changed since it was read',
)

export const listRoles = operation('GET', '/v1/roles', {
  summary: 'The roles that members of the tenant can have: the system ones and its own',
  auth: { permission: 'user:role:read' },
  reply: { 200: z.object({ items: z.array(role) }) },
  example: { reply: { items: [exampleRole] } },
})

export const createRole = operation('POST', '/v1/roles', {
  summary: 'Make a role of the tenant out of permissions the caller has',
  auth: { permission: 'user:role:create' },
  idempotent: true,
  body: z.strictObject({ name: roleName, patterns: permissionPatterns }),
  reply: { 201: role },
  problems: [roleExists, permissionExceeded, patternUnknown],
  example: {
    body: { name: exampleRole.name, patterns: exampleRole.patterns },
    reply: exampleRole,
  },
})

const byName = z.strictObject({ name: roleName })

export const changeRole = operation('PUT', '/v1/roles/{name}', {
  summary: 'Change what a role of the tenant may do; its holders feel it at once',
  auth: { permission: 'user:role:update' },
  params: byName,
  body: z.strictObject({
    patterns: permissionPatterns,
    /** The version that was read, so that two people do not undo each other's change. */
    version: z.int().min(1),
  }),
  reply: { 200: role },
  problems: [roleMissing, roleOutdated, permissionExceeded, patternUnknown],
  example: {
    params: { name: exampleRole.name },
    body: { patterns: exampleRole.patterns, version: 1 },
    reply: { ...exampleRole, version: 2 },
  },
})

export const deleteRole = operation('DELETE', '/v1/roles/{name}', {
  summary: 'Remove a role that nobody holds',
  auth: { permission: 'user:role:delete' },
  params: byName,
  reply: { 204: nothing },
  problems: [roleMissing, roleInUse, permissionExceeded],
  example: { params: { name: exampleRole.name } },
})

export const readPermissions = operation('GET', '/v1/me/permissions', {
  summary: 'What the credential may do, and for which tenant',
  auth: { signedIn: true },
  reply: {
    200: z.object({
      tenantId: id('tenant'),
      roles: z.array(z.string()),
      permissions: z.array(z.string()),
      /** Present while somebody acts for a tenant that is not the one they signed in to. */
      acting: z.object({ accountId: id('account'), reason: text(1, 500).nullable() }).nullable(),
    }),
  },
  example: {
    reply: {
      tenantId: examples.id(2),
      roles: ['manager'],
      permissions: ['user:membership:read'],
      acting: { accountId: examples.id(), reason: null },
    },
  },
})
