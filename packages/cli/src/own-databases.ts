import {
  type AnyDefinition,
  type ConnectionSettings,
  parseDatabaseUrl,
  prepareDatabase,
  type RolePasswords,
  serviceConnections,
} from '@prognetwork/shared-infrastructure/host'
import type { Configuration } from './configuration.ts'

/** One database, and the services whose schemas are in it. */
export interface ServiceDatabase {
  /** A privileged user of it, past any pooler. */
  readonly admin: ConnectionSettings
  readonly definitions: readonly AnyDefinition[]
}

/** The services that have a database of their own, and where it is. */
export function ownDatabases({
  services,
}: Pick<Configuration, 'services'>): ReadonlyMap<string, ConnectionSettings> {
  return new Map(
    [...services].flatMap(([name, { databaseUrl }]) =>
      typeof databaseUrl === 'string' ? [[name, parseDatabaseUrl(databaseUrl)] as const] : [],
    ),
  )
}

/** Every database of the platform; that of the log comes first. */
export function allDatabases(
  definitions: readonly AnyDefinition[],
  configuration: Configuration,
  main: ConnectionSettings,
): ServiceDatabase[] {
  const own = ownDatabases(configuration)
  const isOwn = ({ name }: AnyDefinition) => own.has(name)
  return [
    { admin: main, definitions: definitions.filter((one) => !isOwn(one)) },
    ...definitions.filter(isOwn).map((one) => ({
      admin: own.get(one.name) ?? main,
      definitions: [one],
    })),
  ]
}

/** Roles, schemas and migrations of all of them. */
export async function prepareAll(
  databases: readonly ServiceDatabase[],
  passwords: RolePasswords,
): ReturnType<typeof prepareDatabase> {
  const applied = []
  for (const { admin, definitions } of databases)
    applied.push(...(await prepareDatabase(admin, definitions, passwords)))
  return applied
}

/** How each service's roles connect, to its own database or to `main`. */
export function connectionsOf(
  own: ReadonlyMap<string, ConnectionSettings>,
  main: ConnectionSettings,
  passwords: RolePasswords,
): ReturnType<typeof serviceConnections> {
  return (service) => serviceConnections(own.get(service) ?? main, passwords)(service)
}
