import { createHash } from 'node:crypto'
import type pg from 'pg'
import { eventConsumerRole, eventWriterRole, logOwner, rolesOf, schemaOf } from './ownership.ts'

/** Passwords of the roles that log in, by role. */
export type RolePasswords = Readonly<Record<string, string>>

/** Every role that logs in, for which a password is needed. */
export function loginRoles(services: readonly string[]): string[] {
  return [
    ...services.flatMap((service) => [rolesOf(service).service, rolesOf(service).platform]),
    eventWriterRole,
  ]
}

const bootstrapLock = 7_302_114

/**
 * Makes each service's roles and schema: the privileged step, done once, and again when a service
 * or a password is new. `admin` must be able to create roles and to create in the database.
 * Safe to run by several starters at once. `queues` are roles that own a schema of their own name.
 */
export async function bootstrapDatabase(
  admin: pg.ClientBase,
  services: readonly string[],
  passwords: RolePasswords,
  queues: readonly string[] = [],
): Promise<void> {
  await admin.query('select pg_advisory_lock($1)', [bootstrapLock])
  try {
    const parts = [version, await serverOf(admin), [...services].sort(), passwords, queues]
    const fingerprint = createHash('sha256').update(JSON.stringify(parts)).digest('hex')
    if ((await currentFingerprint(admin)) === fingerprint) return
    await againWhenRaced(() => createRoles(admin, services, passwords, queues))
    await createExtensions(admin)
    for (const service of services) await createSchema(admin, service)
    for (const queue of queues)
      await admin.query(`create schema if not exists ${queue} authorization ${queue}`)
    await admin.query('create schema if not exists bootstrap')
    await admin.query('create table if not exists bootstrap.done (fingerprint text not null)')
    await admin.query('delete from bootstrap.done')
    await admin.query('insert into bootstrap.done values ($1)', [fingerprint])
  } finally {
    await admin.query('select pg_advisory_unlock($1)', [bootstrapLock])
  }
}

/**
 * Roles belong to the whole server and the lock to one database, so starters of two databases can
 * meet in the catalogue; whoever comes second does its part again.
 */
async function againWhenRaced(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const raced =
        error instanceof Error &&
        (/tuple concurrently updated/.test(error.message) ||
          ('code' in error && (error.code === '23505' || error.code === '42710')))
      if (!raced || attempt === 10) throw error
      await new Promise((resolve) => setTimeout(resolve, attempt * 20))
    }
  }
}

/** Raised when the statements below change, so that existing databases run them again. */
const version = 5

async function currentFingerprint(admin: pg.ClientBase): Promise<string | undefined> {
  const exists = await admin.query("select to_regclass('bootstrap.done') is not null as yes")
  if (!exists.rows[0]?.yes) return undefined
  const { rows } = await admin.query('select fingerprint from bootstrap.done')
  return rows[0]?.fingerprint
}

/** A backup says that it was bootstrapped, and the roles are those of the server it came from. */
async function serverOf(admin: pg.ClientBase): Promise<string | null> {
  const { rows } = await admin.query<{ server: string | null }>(
    `select case when has_function_privilege('pg_control_system()', 'execute')
       then (select system_identifier::text from pg_control_system()) end as server`,
  )
  return rows[0]?.server ?? null
}

async function createRoles(
  admin: pg.ClientBase,
  services: readonly string[],
  passwords: RolePasswords,
  queues: readonly string[],
): Promise<void> {
  const { rows } = await admin.query('select rolname from pg_roles')
  const existing = new Set(rows.map((row) => row.rolname))
  const ensure = async (role: string, login: boolean) => {
    const attributes = login
      ? `login password ${literal(password(passwords, role))}`
      : 'nologin password null'
    const safe = `nosuperuser nocreatedb nocreaterole nobypassrls noreplication ${attributes}`
    // Only a superuser may spell out the attributes that nobody else can grant anyway.
    await admin.query(
      existing.has(role)
        ? `alter role ${role} ${attributes}`
        : `create role ${role} ${(await isSuperuser(admin)) ? safe : attributes}`,
    )
  }
  const transactionTimeout = await hasTransactionTimeout(admin)
  await ensure(eventConsumerRole, false)
  for (const service of services) {
    const roles = rolesOf(service)
    await ensure(roles.owner, false)
    await ensure(roles.lookup, false)
    await ensure(roles.service, true)
    await ensure(roles.platform, true)
    for (const role of [roles.service, roles.platform])
      await setDefaults(admin, role, schemaOf(service), transactionTimeout)
    await admin.query(`grant ${roles.owner}, ${roles.lookup} to current_user`)
    await admin.query(`grant ${roles.lookup} to ${roles.owner}`)
    await admin.query(`grant ${eventConsumerRole} to ${roles.service}`)
  }
  for (const queue of queues) {
    await ensure(queue, true)
    await setDefaults(admin, queue, queue, transactionTimeout)
    await admin.query(`grant ${queue} to current_user`)
  }
  await ensure(eventWriterRole, true)
  await setDefaults(admin, eventWriterRole, schemaOf(logOwner), transactionTimeout)
  // A position others can see must survive a crash, whatever the server's own setting is.
  await admin.query(`alter role ${eventWriterRole} set synchronous_commit = on`)
}

/** Settings belong to the role: a pooler does not pass start parameters on. */
async function setDefaults(
  admin: pg.ClientBase,
  role: string,
  searchPath: string,
  transactionTimeout: boolean,
): Promise<void> {
  const settings: Record<string, string> = {
    search_path: searchPath,
    timezone: 'UTC',
    statement_timeout: '10s',
    lock_timeout: '5s',
    idle_in_transaction_session_timeout: '10s',
    // Compiling takes up to a second per plan; statements here are short, and many switch off scans,
    // which makes them look costly.
    jit: 'off',
    ...(transactionTimeout && { transaction_timeout: '30s' }),
  }
  for (const [name, value] of Object.entries(settings))
    await admin.query(`alter role ${role} set ${name} = ${literal(value)}`)
}

/** Of PostgreSQL's own contrib, and trusted: no superuser is needed to create them. */
export const extensions = ['btree_gin', 'pg_trgm']
const extensionSchema = 'extensions'

/** A database has each extension once, so they stand in a schema that is no service's. */
async function createExtensions(admin: pg.ClientBase): Promise<void> {
  await admin.query(`create schema if not exists ${extensionSchema}`)
  await admin.query(`grant usage on schema ${extensionSchema} to public`)
  for (const name of extensions)
    await admin.query(`create extension if not exists ${name} schema ${extensionSchema}`)
  const { rows } = await admin.query<{ name: string; schema: string }>(
    `select extname as name, extnamespace::regnamespace::text as schema from pg_extension
     where extname = any ($1) and extnamespace <> $2::regnamespace`,
    [extensions, extensionSchema],
  )
  for (const { name, schema } of rows)
    throw new Error(
      `the extension ${name} is installed in the schema ${schema}; move it with: ` +
        `alter extension ${name} set schema ${extensionSchema}`,
    )
}

async function createSchema(admin: pg.ClientBase, service: string): Promise<void> {
  const schema = schemaOf(service)
  const roles = rolesOf(service)
  await admin.query(`create schema if not exists ${schema} authorization ${roles.owner}`)
  await admin.query(`revoke all on schema ${schema} from public`)
  await admin.query(
    `grant usage on schema ${schema} to ${roles.service}, ${roles.platform}, ${roles.lookup}, ${eventWriterRole}`,
  )
  await admin.query(`grant create on schema ${schema} to ${roles.lookup}`)
}

async function isSuperuser(admin: pg.ClientBase): Promise<boolean> {
  const { rows } = await admin.query("select current_setting('is_superuser') = 'on' as yes")
  return Boolean(rows[0]?.yes)
}

/** PostgreSQL 17 and later. */
async function hasTransactionTimeout(admin: pg.ClientBase): Promise<boolean> {
  const { rows } = await admin.query(
    "select current_setting('server_version_num')::int >= 170000 as yes",
  )
  return Boolean(rows[0]?.yes)
}

function password(passwords: RolePasswords, role: string): string {
  const value = passwords[role]
  if (!value) throw new Error(`no password for the database role ${role}`)
  return value
}

function literal(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}
