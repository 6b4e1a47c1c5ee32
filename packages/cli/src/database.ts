import { resolve } from 'node:path'
import { type ConnectionSettings, parseDatabaseUrl } from '@prognetwork/shared-infrastructure/host'
import { startPostgres } from '@prognetwork/shared-infrastructure/postgres'
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
