import { resolve } from 'node:path'
import {
  type AnyDefinition,
  openInstallation,
  writeServiceDirectory,
} from '@prognetwork/shared-infrastructure/host'
import { readConfiguration } from './configuration.ts'
import { externalDatabase, requireDirect } from './database.ts'
import { allDatabases, prepareAll } from './own-databases.ts'
import { say } from './speech.ts'

/**
 * `prog bootstrap`: the privileged step before services run in processes of their own. Makes roles,
 * schemas and keys, applies migrations, and writes services.json and each service's key file.
 */
export async function bootstrap(
  definitions: readonly AnyDefinition[],
  directory: string,
): Promise<void> {
  const configuration = readConfiguration(definitions, directory)
  const stateDirectory = resolve(directory, configuration.platform.stateDirectory)
  const { direct } = externalDatabase(configuration)
  await requireDirect(configuration, direct)
  const { passwords } = await openInstallation(stateDirectory, definitions)
  const databases = allDatabases(definitions, configuration, direct)
  for (const { service, applied } of await prepareAll(databases, passwords))
    say(`${service}: ${applied.length} migrations applied`)
  await writeServiceDirectory(stateDirectory, definitions, passwords)
  say(`Wrote ${stateDirectory}/services.json and a key file for each service.`)
}
