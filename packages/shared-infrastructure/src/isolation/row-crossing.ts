// Tries, as each service's own database role and under one tenant, to see and to change the rows
// of another in every table there is.
import type pg from 'pg'
import { schemaOf } from '../database/ownership.ts'
import type { AnyDefinition } from '../service/definition.ts'
import type { Leak } from './schema-laws.ts'

export interface CrossingProof {
  readonly leaks: readonly Leak[]
  /** Tables that held rows of the other tenant, so that the attempt meant something. */
  readonly tried: readonly string[]
  /** Tables that held none: nothing was shown about them. */
  readonly empty: readonly string[]
}

/**
 * `connect` opens a client as the service's role. Tables the role has no rights on are left to the
 * laws of the schema.
 */
export async function proveRows(
  admin: pg.ClientBase,
  definitions: readonly AnyDefinition[],
  tenants: { readonly mine: string; readonly theirs: string },
  connect: (service: string) => Promise<pg.Client>,
): Promise<CrossingProof> {
  const leaks: Leak[] = []
  const tried: string[] = []
  const empty: string[] = []
  for (const definition of definitions) {
    if (!definition.database) continue
    const client = await connect(definition.name)
    try {
      for (const table of await tenantTables(admin, schemaOf(definition.name))) {
        const before = await fingerprint(admin, table, tenants.theirs)
        if (before.count === 0) empty.push(table)
        else tried.push(table)
        const found = await crossings(client, table, tenants)
        leaks.push(...found.map((what) => ({ where: table, what })))
        const after = await fingerprint(admin, table, tenants.theirs)
        if (after.hash !== before.hash)
          leaks.push({ where: table, what: 'was changed from outside' })
      }
    } finally {
      await client.end()
    }
  }
  return { leaks, tried, empty }
}

async function tenantTables(admin: pg.ClientBase, schema: string): Promise<string[]> {
  const { rows } = await admin.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c
     join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
     where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p') order by 1`,
    [schema],
  )
  return rows.map((row) => (row.name.includes('.') ? row.name : `${schema}.${row.name}`))
}

async function fingerprint(admin: pg.ClientBase, table: string, tenantId: string) {
  const { rows } = await admin.query<{ count: number; hash: string | null }>(
    `select count(*)::int as count, md5(string_agg(t::text, '|' order by t::text)) as hash
     from ${table} t where tenant_id = $1`,
    [tenantId],
  )
  return rows[0] ?? { count: 0, hash: null }
}

async function crossings(
  client: pg.Client,
  table: string,
  { mine, theirs }: { mine: string; theirs: string },
): Promise<string[]> {
  const attempts: readonly [string, string][] = [
    ['can be read under another tenant', `select 1 from ${table} where tenant_id = '${theirs}'`],
    [
      'can be taken over by another tenant',
      `update ${table} set tenant_id = '${mine}' where tenant_id = '${theirs}' returning 1`,
    ],
    [
      'can be changed under another tenant',
      `update ${table} set tenant_id = tenant_id where tenant_id = '${theirs}' returning 1`,
    ],
    [
      'can be deleted under another tenant',
      `delete from ${table} where tenant_id = '${theirs}' returning 1`,
    ],
  ]
  const leaks: string[] = []
  for (const setting of [mine, '', undefined])
    for (const [what, text] of attempts) {
      const rows = await attempt(client, setting, text)
      if (rows > 0)
        leaks.push(setting === mine ? what : `${what.split(' under')[0]} without a tenant`)
    }
  return [...new Set(leaks)]
}

/** How many rows an attempt reached; it is rolled back, and a refusal reaches none. */
async function attempt(
  client: pg.Client,
  tenantId: string | undefined,
  text: string,
): Promise<number> {
  await client.query('begin')
  try {
    if (tenantId !== undefined)
      await client.query("select set_config('app.tenant_id', $1, true)", [tenantId])
    const { rowCount } = await client.query(text)
    return rowCount ?? 0
  } catch {
    return 0
  } finally {
    await client.query('rollback')
  }
}
