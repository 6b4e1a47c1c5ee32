// The laws that keep tenants apart in the database, checked against the catalogue of a real one.
// Nothing is listed here by name: every table, policy, grant, role and function is found.
import type pg from 'pg'
import { kernelDeclaration } from '../database/kernel-declaration.ts'
import { rolesOf, schemaOf } from '../database/ownership.ts'
import type { AnyDefinition } from '../service/definition.ts'

/** One way out of a tenant that is open. */
export interface Leak {
  readonly where: string
  readonly what: string
}

export interface SchemaProof {
  readonly leaks: readonly Leak[]
  /** How many tables were looked at; none means that the proof proved nothing. */
  readonly tables: number
  readonly policies: number
}

interface Table {
  readonly name: string
  readonly kind: 'r' | 'p'
  readonly enabled: boolean
  readonly forced: boolean
  readonly isPartition: boolean
  readonly tenantColumn: boolean
  readonly keyStartsWithTenant: boolean
}

interface Policy {
  readonly table: string
  readonly name: string
  readonly roles: readonly string[]
  readonly using: string | null
  readonly check: string | null
}

/** Checks every schema of the given services. `admin` must be able to read the whole catalogue. */
export async function proveSchemas(
  admin: pg.ClientBase,
  definitions: readonly AnyDefinition[],
): Promise<SchemaProof> {
  const leaks: Leak[] = []
  let tables = 0
  let policies = 0
  for (const definition of definitions) {
    if (!definition.database) continue
    const found = await readTables(admin, schemaOf(definition.name))
    const rules = await readPolicies(admin, schemaOf(definition.name))
    tables += found.length
    policies += rules.length
    leaks.push(
      ...tableLeaks(definition, found),
      ...policyLeaks(definition, found, rules),
      ...(await grantLeaks(admin, definition)),
      ...(await functionLeaks(admin, definition)),
      ...(await roleLeaks(admin, definition)),
    )
  }
  return { leaks, tables, policies }
}

async function readTables(admin: pg.ClientBase, schema: string): Promise<Table[]> {
  const { rows } = await admin.query<Table>(
    `select c.relname as name, c.relkind as kind, c.relrowsecurity as enabled,
       c.relforcerowsecurity as forced, c.relispartition as "isPartition",
       exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id'
         and a.attnotnull and a.atttypid = 'uuid'::regtype) as "tenantColumn",
       exists (select from pg_index i join pg_attribute a on a.attrelid = c.oid
         and a.attnum = i.indkey[0] where i.indrelid = c.oid and i.indisprimary
         and a.attname = 'tenant_id') as "keyStartsWithTenant"
     from pg_class c
     where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p', 'm', 'f')
     order by 1`,
    [schema],
  )
  return rows
}

async function readPolicies(admin: pg.ClientBase, schema: string): Promise<Policy[]> {
  const { rows } = await admin.query<Policy>(
    `select tablename as table, policyname as name, roles::text[] as roles, qual as using,
       with_check as check
     from pg_policies where schemaname = $1`,
    [schema],
  )
  return rows
}

function tableLeaks(definition: AnyDefinition, tables: readonly Table[]): Leak[] {
  const schema = schemaOf(definition.name)
  const { tenantless, otherKeys } = exceptions(definition)
  return tables.flatMap((table) => {
    const where = `${schema}.${table.name}`
    if (tenantless.has(table.name)) return []
    const wrong: string[] = []
    if (!table.tenantColumn) wrong.push('has no tenant_id that is a non-null uuid')
    if (!table.enabled) wrong.push('has row-level security switched off')
    if (!table.forced) wrong.push('does not force row-level security on its owner')
    if (!table.keyStartsWithTenant && !table.isPartition && !otherKeys.has(table.name))
      wrong.push('has a primary key that does not start with tenant_id')
    return wrong.map((what) => ({ where, what }))
  })
}

const tenantRule = /tenant_id = .*current_setting\('app\.tenant_id'::text, true\)/s

function policyLeaks(
  definition: AnyDefinition,
  tables: readonly Table[],
  policies: readonly Policy[],
): Leak[] {
  const schema = schemaOf(definition.name)
  const { tenantless, everyTenant } = exceptions(definition)
  const leaks: Leak[] = []
  for (const table of tables) {
    if (tenantless.has(table.name) || table.isPartition) continue
    const own = policies.some(
      (policy) =>
        policy.table === table.name &&
        policy.roles.includes('public') &&
        tenantRule.test(policy.using ?? '') &&
        tenantRule.test(policy.check ?? ''),
    )
    if (!own)
      leaks.push({
        where: `${schema}.${table.name}`,
        what: 'has no policy for its tenant with USING and WITH CHECK',
      })
  }
  for (const policy of policies) {
    const limited = [policy.using, policy.check].every(
      (rule) => rule === null || tenantRule.test(rule),
    )
    if (limited) continue
    for (const role of policy.roles)
      if (!everyTenant.has(`${policy.table} ${role}`))
        leaks.push({
          where: `${schema}.${policy.table}`,
          what: `policy ${policy.name} shows every tenant's rows to ${role}, which is not declared`,
        })
  }
  return leaks
}

/** Partitions are reached through their table only; nobody else's schema is reached at all. */
async function grantLeaks(admin: pg.ClientBase, definition: AnyDefinition): Promise<Leak[]> {
  const schema = schemaOf(definition.name)
  const roles = rolesOf(definition.name)
  const { rows } = await admin.query<{ table: string; grantee: string; isPartition: boolean }>(
    `select c.relname as table, coalesce(r.rolname, 'public') as grantee,
       c.relispartition as "isPartition"
     from pg_class c
     cross join lateral aclexplode(c.relacl) a
     left join pg_roles r on r.oid = a.grantee
     where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
       and a.grantee <> c.relowner
     group by 1, 2, 3`,
    [schema],
  )
  const own = new Set<string>([roles.service, roles.platform, roles.lookup, 'event_writer'])
  return rows.flatMap(({ table, grantee, isPartition }) => {
    const where = `${schema}.${table}`
    if (isPartition) return [{ where, what: `is a partition that ${grantee} can read directly` }]
    return own.has(grantee) ? [] : [{ where, what: `is open to ${grantee}` }]
  })
}

async function functionLeaks(admin: pg.ClientBase, definition: AnyDefinition): Promise<Leak[]> {
  const schema = schemaOf(definition.name)
  const declared = new Set<string>([
    ...kernelDeclaration.lookups,
    ...(definition.database?.lookups ?? []),
  ])
  const { rows } = await admin.query<{ name: string; pinned: boolean; open: boolean }>(
    `select p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as name,
       coalesce(array_to_string(p.proconfig, ',') like '%search_path=%', false) as pinned,
       has_function_privilege('public', p.oid, 'execute') as open
     from pg_proc p where p.pronamespace = $1::regnamespace and p.prosecdef`,
    [schema],
  )
  return rows.flatMap(({ name, pinned, open }) => {
    const where = `${schema}.${name}`
    const wrong: string[] = []
    if (!declared.has(withoutNames(name))) wrong.push('runs as its owner and is not declared')
    if (!pinned) wrong.push('runs as its owner with a search_path that the caller chooses')
    if (open) wrong.push('runs as its owner and may be called by everybody')
    return wrong.map((what) => ({ where, what }))
  })
}

/** `find(name text, at int)` as `find(text, integer)` is declared: types alone. */
function withoutNames(signature: string): string {
  const [name = '', list = ''] = signature.split(/[()]/)
  const types = list.split(', ').map((one) => one.replace(/^(?!double)\w+ (?=\S)/, ''))
  return `${name}(${types.join(', ')})`
}

async function roleLeaks(admin: pg.ClientBase, definition: AnyDefinition): Promise<Leak[]> {
  const roles = rolesOf(definition.name)
  const { rows } = await admin.query<{
    role: string
    super: boolean
    bypass: boolean
    memberships: string[]
  }>(
    `select r.rolname as role, r.rolsuper as super, r.rolbypassrls as bypass,
       array(select g.rolname::text from pg_auth_members m join pg_roles g on g.oid = m.roleid
         where m.member = r.oid) as memberships
     from pg_roles r where r.rolname = any ($1)`,
    [[...Object.values(roles), 'event_writer']],
  )
  return rows.flatMap((row) => {
    const where = `role ${row.role}`
    const allowed = row.role === roles.owner ? [roles.lookup] : ['event_consumer']
    const wrong: string[] = []
    if (row.super) wrong.push('is a superuser')
    if (row.bypass) wrong.push('bypasses row-level security')
    for (const other of row.memberships)
      if (!allowed.includes(other)) wrong.push(`may become ${other}`)
    return wrong.map((what) => ({ where, what }))
  })
}

function exceptions(definition: AnyDefinition) {
  const roles = rolesOf(definition.name)
  const roleName = (role: string) => (role === 'platform' || role === 'lookup' ? roles[role] : role)
  const declared = [...kernelDeclaration.everyTenant, ...(definition.database?.everyTenant ?? [])]
  return {
    tenantless: new Set<string>([
      ...kernelDeclaration.tenantless,
      ...(definition.database?.tenantless ?? []),
    ]),
    otherKeys: new Set<string>([
      ...kernelDeclaration.otherKeys,
      ...(definition.database?.otherKeys ?? []),
    ]),
    everyTenant: new Set(declared.map(({ table, role }) => `${table} ${roleName(role)}`)),
  }
}
