import type pg from 'pg'
import { extensions } from '../database/bootstrap.ts'
import { type ConnectionSettings, connectDirectly } from '../database/connections.ts'
import { pendingMigrations, readMigrations } from '../database/migrations.ts'
import { logOwner, rolesOf, schemaOf } from '../database/ownership.ts'
import type { AnyDefinition } from '../service/definition.ts'
import { passwordRoles, withDatabase } from './installation.ts'

/** What is known of a database without changing it. */
export interface DatabaseFindings {
  /** Such as 15.12. */
  readonly version: string
  /** Such as 150012. */
  readonly versionNumber: number
  /** How far its clock is ahead of ours; the length of the question is the error. */
  readonly clockAheadMs: number
  readonly missingExtensions: readonly string[]
  /** `service/migration`. */
  readonly pendingMigrations: readonly string[]
  readonly missingRoles: readonly string[]
  /** Roles of services that row-level security does not bind. */
  readonly unboundRoles: readonly string[]
  readonly logHome: LogHome
}

/**
 * Whether the log of events is where it was written: `elsewhere` in another server or database,
 * `promoted` when the server has begun another timeline since, `unknown` before the first event
 * and where the server does not say.
 */
type LogHome = 'same' | 'promoted' | 'elsewhere' | 'unknown'

/** Looks at a database under a privileged user. Rejects when it does not answer. */
export async function inspectDatabase(
  settings: ConnectionSettings,
  definitions: readonly AnyDefinition[],
): Promise<DatabaseFindings> {
  const client = await connectDirectly(settings)
  try {
    const services = withDatabase(definitions)
    const pending: string[] = []
    for (const { name, migrations } of services) {
      const files = await readMigrations(migrations)
      for (const one of await pendingMigrations(client, name, files)) pending.push(`${name}/${one}`)
    }
    return {
      ...(await server(client)),
      missingExtensions: await missingExtensions(client),
      pendingMigrations: pending,
      logHome: await findLogHome(client),
      ...(await judgeRoles(client, definitions)),
    }
  } finally {
    await client.end()
  }
}

async function server(client: pg.ClientBase) {
  const askedMs = Date.now()
  const { rows } = await client.query<{ version: string; number: number; now: number }>(
    `select current_setting('server_version') as version,
       current_setting('server_version_num')::int as number,
       extract(epoch from clock_timestamp())::float8 * 1000 as now`,
  )
  const [row] = rows
  if (!row) throw new Error('the database answered nothing')
  return {
    version: row.version,
    versionNumber: row.number,
    clockAheadMs: Math.round(row.now - (askedMs + Date.now()) / 2),
  }
}

async function findLogHome(client: pg.ClientBase): Promise<LogHome> {
  const schema = schemaOf(logOwner)
  const exists = await client.query('select to_regproc($1) is not null as yes', [
    `${schema}.present_home`,
  ])
  if (!exists.rows[0]?.yes) return 'unknown'
  await client.query(`set role ${rolesOf(logOwner).owner}`)
  const { rows } = await client.query<{ home: LogHome }>(
    `select case when home is null or present is null then 'unknown'
       when not ${schema}.is_home(home) then 'elsewhere'
       when home = present then 'same' else 'promoted' end as home
     from (select home, ${schema}.present_home() as present from ${schema}.log_head
       where log = 'domain') h`,
  )
  await client.query('reset role')
  return rows[0]?.home ?? 'unknown'
}

async function missingExtensions(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>('select extname as name from pg_extension')
  const there = new Set(rows.map((row) => row.name))
  return extensions.filter((name) => !there.has(name))
}

async function judgeRoles(client: pg.ClientBase, definitions: readonly AnyDefinition[]) {
  const expected = [
    ...passwordRoles(definitions),
    ...withDatabase(definitions).flatMap(({ name }) => [rolesOf(name).owner, rolesOf(name).lookup]),
  ]
  const { rows } = await client.query<{ name: string; unbound: boolean }>(
    `select rolname as name, rolsuper or rolbypassrls as unbound from pg_roles
     where rolname = any ($1) order by rolname`,
    [expected],
  )
  const there = new Set(rows.map((row) => row.name))
  return {
    missingRoles: expected.filter((name) => !there.has(name)),
    unboundRoles: rows.flatMap((row) => (row.unbound ? [row.name] : [])),
  }
}
