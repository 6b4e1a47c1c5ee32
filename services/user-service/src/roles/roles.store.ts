import { command, statement } from '@prognetwork/shared-infrastructure'

/** A role of a tenant's own. */
export interface CustomRole {
  readonly name: string
  readonly patterns: string[]
  readonly version: number
}

export const listCustom = statement<CustomRole>(
  'role.list',
  'select name, patterns, version from role order by name limit 500',
)

export const findCustom = statement<CustomRole, [names: readonly string[]]>(
  'role.find',
  'select name, patterns, version from role where name = any ($1)',
)

/** The same, and none of them can be deleted before the transaction ends. */
export const holdCustom = statement<CustomRole, [names: readonly string[]]>(
  'role.hold',
  'select name, patterns, version from role where name = any ($1) order by name for key share',
)

export const insertRole = statement<
  CustomRole,
  [name: string, patterns: readonly string[], now: string]
>(
  'role.insert',
  `insert into role (name, patterns, created_at, updated_at) values ($1, $2, $3, $3)
   on conflict do nothing returning name, patterns, version`,
)

export const lockRole = statement<CustomRole, [name: string]>(
  'role.lock',
  'select name, patterns, version from role where name = $1 for update',
)

export const updateRole = statement<
  CustomRole,
  [name: string, patterns: readonly string[], now: string]
>(
  'role.update',
  `update role set patterns = $2, updated_at = $3, version = version + 1
   where name = $1 returning name, patterns, version`,
)

export const findHolders = statement<{ holder: string }, [name: string]>(
  'role.find_holders',
  `select 'member' as holder from membership where $1 = any (roles)
   union all select 'invitation' from invitation where $1 = any (roles) limit 1`,
)

export const deleteRole = command<[name: string]>('role.delete', 'delete from role where name = $1')

export const findKeyScopes = statement<{ scopes: string[] }, [id: string]>(
  'api_key.find_scopes',
  'select scopes from api_key where id = $1',
)
