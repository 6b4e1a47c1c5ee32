import type pg from 'pg'
import { extensions, loginRoles } from '../database/bootstrap.ts'
import { type ConnectionSettings, connectDirectly } from '../database/connections.ts'
import { pendingMigrations, readMigrations } from '../database/migrations.ts'
import { rolesOf } from '../database/ownership.ts'
import type { AnyDefinition } from '../service/definition.ts'
import { withDatabase } from './installation.ts'

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
}

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
      ...(await judgeRoles(
        client,
        services.map(({ name }) => name),
      )),
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

async function missingExtensions(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>('select extname as name from pg_extension')
  const there = new Set(rows.map((row) => row.name))
  return extensions.filter((name) => !there.has(name))
}

async function judgeRoles(client: pg.ClientBase, services: readonly string[]) {
  const expected = [
    ...loginRoles(services),
    ...services.flatMap((name) => [rolesOf(name).owner, rolesOf(name).lookup]),
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
