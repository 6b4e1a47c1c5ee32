import { resolve } from 'node:path'
import { type AnyDefinition, openInstallation } from '@prognetwork/shared-infrastructure/host'
import { readConfiguration } from './configuration.ts'
import { openDatabase, requireDirect } from './database.ts'
import { allDatabases, prepareAll } from './own-databases.ts'
import { print } from './speech.ts'

/** `prog migrate`: brings every schema up to date and starts nothing else. */
export async function migrateAll(
  definitions: readonly AnyDefinition[],
  directory: string,
): Promise<void> {
  const configuration = readConfiguration(definitions, directory)
  const database = await openDatabase(configuration, directory)
  try {
    await requireDirect(configuration, database.direct)
    const stateDirectory = resolve(directory, configuration.platform.stateDirectory)
    const { passwords } = await openInstallation(stateDirectory, definitions)
    const databases = allDatabases(definitions, configuration, database.direct)
    for (const { service, applied } of await prepareAll(databases, passwords))
      print(`${service}: ${applied.length === 0 ? 'up to date' : applied.join(', ')}`)
  } finally {
    await database.stop()
  }
}
