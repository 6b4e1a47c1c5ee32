// What an installation keeps on disk beside its database: the passwords of the database roles and
// the key ring. Both are made at the first start and belong to their owner alone.
import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bootstrapDatabase, loginRoles, type RolePasswords } from '../database/bootstrap.ts'
import { type ConnectionSettings, connectDirectly } from '../database/connections.ts'
import { beginIncarnations, type NewLifeOptions, type NewLives } from '../database/incarnations.ts'
import { type AppliedMigrations, migrate, readMigrations } from '../database/migrations.ts'
import { rolesOf } from '../database/ownership.ts'
import { loadKeyRing, type StoredKeyRing } from '../key-ring/key-file.ts'
import type { AnyDefinition } from '../service/definition.ts'

export interface Installation {
  readonly keyRing: StoredKeyRing
  readonly passwords: RolePasswords
}

/** Reads the installation's secrets from `stateDirectory`, making what is missing. */
export async function openInstallation(
  stateDirectory: string,
  definitions: readonly AnyDefinition[],
): Promise<Installation> {
  await mkdir(stateDirectory, { recursive: true, mode: 0o700 })
  const passwords = await rolePasswords(join(stateDirectory, 'role-passwords.json'), definitions)
  return { keyRing: await loadKeyRing({ directory: stateDirectory }), passwords }
}

async function rolePasswords(
  path: string,
  definitions: readonly AnyDefinition[],
): Promise<RolePasswords> {
  const stored = await readPasswords(path)
  const roles = passwordRoles(definitions)
  const missing = roles.filter((role) => stored?.[role] === undefined)
  if (missing.length === 0 && stored) return stored
  const added = missing.map((role) => [role, randomBytes(24).toString('base64url')] as const)
  const passwords = { ...stored, ...Object.fromEntries(added) }
  const temporary = `${path}.${process.pid}`
  await writeFile(temporary, JSON.stringify(passwords, null, 2), { mode: 0o600, flush: true })
  try {
    if (stored) await rm(path)
    // A link fails where a rename would replace what another starter wrote meanwhile.
    await link(temporary, path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    return rolePasswords(path, definitions)
  } finally {
    await rm(temporary, { force: true })
  }
  return passwords
}

async function readPasswords(path: string): Promise<Record<string, string> | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new Error(`${path} cannot be read as JSON; restore it from a backup`, { cause: error })
  }
}

/** Every role that logs in to the databases of these services. */
export function passwordRoles(definitions: readonly AnyDefinition[]): string[] {
  return [
    ...loginRoles(withDatabase(definitions).map((one) => one.name)),
    ...queuesOf(definitions).map((one) => one.role),
  ]
}

function queuesOf(definitions: readonly AnyDefinition[]) {
  return definitions.flatMap(({ database }) => (database?.queue ? [database.queue] : []))
}

/** Roles, schemas and all migrations; `admin` is a privileged connection. */
export async function prepareDatabase(
  admin: ConnectionSettings,
  definitions: readonly AnyDefinition[],
  passwords: RolePasswords,
): Promise<AppliedMigrations[]> {
  const client = await connectDirectly(admin)
  try {
    const services = withDatabase(definitions)
    await bootstrapDatabase(
      client,
      services.map((one) => one.name),
      passwords,
      queuesOf(definitions).map((one) => one.role),
    )
    const applied: AppliedMigrations[] = []
    for (const { name, migrations } of services)
      applied.push(await migrate(client, name, await readMigrations(migrations)))
    for (const queue of queuesOf(definitions))
      await installQueue(queue, roleConnections(admin, passwords)(queue.role))
    return applied
  } finally {
    await client.end()
  }
}

async function installQueue(
  { install }: ReturnType<typeof queuesOf>[number],
  settings: ConnectionSettings,
): Promise<void> {
  const client = await connectDirectly(settings)
  try {
    await install(settings, (text) => client.query(text))
  } finally {
    await client.end()
  }
}

/**
 * For a database that was restored or moved: brings it up to date, roles too, and begins new lives of
 * the logs in it; see `beginIncarnations`.
 */
export async function renewLogs(
  admin: ConnectionSettings,
  definitions: readonly AnyDefinition[],
  passwords: RolePasswords,
  options: NewLifeOptions,
): Promise<NewLives> {
  await prepareDatabase(admin, definitions, passwords)
  const client = await connectDirectly(admin)
  try {
    const services = withDatabase(definitions).map((one) => one.name)
    return await beginIncarnations(client, services, options)
  } finally {
    await client.end()
  }
}

/** The services that have tables, and where their migrations are. */
export function withDatabase(definitions: readonly AnyDefinition[]) {
  return definitions.flatMap(({ name, database }) =>
    database ? [{ name, migrations: database.migrations.pathname }] : [],
  )
}

/** How any role connects to the database that `admin` prepared. */
export function roleConnections(server: ConnectionSettings, passwords: RolePasswords) {
  return (user: string): ConnectionSettings => {
    const password = passwords[user]
    if (password === undefined) throw new Error(`no password for the database role ${user}`)
    return { ...server, user, password }
  }
}

/** How a service's two roles connect. */
export function serviceConnections(server: ConnectionSettings, passwords: RolePasswords) {
  const as = roleConnections(server, passwords)
  return (service: string) => {
    const roles = rolesOf(service)
    return { service: as(roles.service), platform: as(roles.platform) }
  }
}
