import { resolve } from 'node:path'
import {
  type ConnectionSettings,
  parseDatabaseUrl,
  probePooling,
} from '@prognetwork/shared-infrastructure/host'
import { findRunningServer, startPostgres } from '@prognetwork/shared-infrastructure/postgres'
import type { Configuration } from './configuration.ts'
import { say } from './speech.ts'

/** The database of a platform, for as long as the platform runs. */
export interface OpenDatabase {
  readonly connection: ConnectionSettings
  /** Past the pooler; the same as `connection` when there is none. */
  readonly direct: ConnectionSettings
  /** Resolves when an embedded server ends by itself. */
  readonly ended: Promise<'database'>
  stop(): Promise<void>
}

/** The server that DATABASE_URL names, or the embedded one, which is started. */
export async function openDatabase(
  configuration: Configuration,
  directory: string,
): Promise<OpenDatabase> {
  if (configuration.platform.databaseUrl !== undefined) return externalDatabase(configuration)
  const postgres = await startPostgres({
    stateDirectory: resolve(directory, configuration.platform.stateDirectory),
    say,
  })
  return {
    connection: postgres.connection,
    direct: postgres.connection,
    ended: postgres.ended.then(() => 'database' as const),
    stop: () => postgres.stop(),
  }
}

/**
 * The database past any pooler, where one answers: the one that DATABASE_URL names, or the embedded
 * one while the platform runs. Starts nothing.
 */
export async function findDatabase(
  { platform }: Configuration,
  directory: string,
): Promise<ConnectionSettings | undefined> {
  const url = platform.databaseDirectUrl ?? platform.databaseUrl
  if (url !== undefined) return parseDatabaseUrl(url)
  return findRunningServer(resolve(directory, platform.stateDirectory))
}

/** The server that DATABASE_URL names. Throws when none is named. */
export function externalDatabase({ platform }: Configuration): OpenDatabase {
  const { databaseUrl, databaseDirectUrl } = platform
  if (databaseUrl === undefined)
    throw new Error('DATABASE_URL must name a PostgreSQL server: a single service starts none')
  return {
    connection: parseDatabaseUrl(databaseUrl),
    direct: parseDatabaseUrl(databaseDirectUrl ?? databaseUrl),
    ended: new Promise(() => {}),
    stop: async () => {},
  }
}

/** Of a process whose services have none. */
export function noDatabase(): OpenDatabase {
  const none = (): never => {
    throw new Error('what runs in this process has no database')
  }
  return {
    get connection() {
      return none()
    },
    get direct() {
      return none()
    },
    ended: new Promise(() => {}),
    stop: async () => {},
  }
}

/**
 * Makes sure that `direct` is past any pooler: migrations, leases and LISTEN hold on to a session.
 * Throws, naming the key to set, when it is not.
 */
export async function requireDirect(
  { platform }: Configuration,
  direct: ConnectionSettings,
): Promise<void> {
  if (platform.databaseUrl === undefined || (await poolingOf(direct)) === 'none') return
  throw new Error(
    platform.databaseDirectUrl === undefined
      ? 'DATABASE_URL leads through a connection pooler; DATABASE_DIRECT_URL must name the same database past it'
      : 'DATABASE_DIRECT_URL must name the database past the pooler, and leads through one as well',
  )
}

/**
 * Whether statements may be named: as PREPARED_STATEMENTS says, else as a pooler in front of the
 * database takes them.
 */
export async function takesNamedStatements(
  { platform }: Configuration,
  connection: ConnectionSettings,
): Promise<boolean> {
  if (platform.preparedStatements !== undefined) return platform.preparedStatements
  if (platform.databaseDirectUrl === undefined) return true
  if ((await poolingOf(connection)) !== 'unnamed statements') return true
  say('The pooler in front of the database keeps no named statements; they are sent unnamed.')
  return false
}

async function poolingOf(settings: ConnectionSettings) {
  try {
    return await probePooling(settings)
  } catch (cause) {
    const where = `${settings.host}:${settings.port}`
    throw new Error(
      `The database at ${where} does not let ${settings.user} in: ${reasonOf(cause)}`,
      {
        cause,
      },
    )
  }
}

/** A host with several addresses fails with an error that has no words of its own. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}
