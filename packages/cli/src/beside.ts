import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import {
  type AnyDefinition,
  type ConnectionSettings,
  openInstallation,
  serviceConnections,
} from '@prognetwork/shared-infrastructure/host'
import { type Configuration, clientOriginsOf } from './configuration.ts'
import { findDatabase } from './database.ts'
import { ownDatabases } from './own-databases.ts'

/**
 * How one service's roles connect to the database of a platform that was started before, for
 * commands beside it. Throws, with what to do, when there is none.
 */
export async function connectionsBeside(
  service: string,
  definitions: readonly AnyDefinition[],
  configuration: Configuration,
  directory: string,
): Promise<{ service: ConnectionSettings; platform: ConnectionSettings; staffPages: string }> {
  const stateDirectory = resolve(directory, configuration.platform.stateDirectory)
  if (!existsSync(join(stateDirectory, 'role-passwords.json')))
    throw new Error(`there is no platform in ${stateDirectory} yet; start it with: npm start`)
  const own = ownDatabases(configuration).get(service)
  const database = own ?? (await findDatabase(configuration, directory))
  if (!database)
    throw new Error(`the platform in ${stateDirectory} does not run; start it with: npm start`)
  const { passwords } = await openInstallation(stateDirectory, definitions)
  return {
    ...serviceConnections(database, passwords)(service),
    staffPages: clientOriginsOf(configuration)['auth-client'],
  }
}
