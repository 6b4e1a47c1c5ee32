import { resolve } from 'node:path'
import {
  type AnyDefinition,
  type NewLives,
  openInstallation,
  renewLogs,
} from '@prognetwork/shared-infrastructure/host'
import { readConfiguration } from './configuration.ts'
import { openDatabase, requireDirect } from './database.ts'
import { allDatabases } from './own-databases.ts'
import { print } from './speech.ts'

/**
 * `prog log new-incarnation` and `same-incarnation`: makes a database that was restored or moved fit
 * for events to go on, and says what readers will see.
 */
export async function renewIncarnations(
  definitions: readonly AnyDefinition[],
  directory: string,
  { isWhole, running = false }: { isWhole: boolean; running?: boolean },
): Promise<void> {
  const configuration = readConfiguration(definitions, directory)
  const database = await openDatabase(configuration, directory)
  try {
    await requireDirect(configuration, database.direct)
    const stateDirectory = resolve(directory, configuration.platform.stateDirectory)
    const { passwords } = await openInstallation(stateDirectory, definitions)
    const options = { isWhole, isRunning: running }
    let waiting = 0
    let logs: NewLives['logs'] = []
    const places = new Map<string, number>()
    for (const { admin, definitions: ofIt } of allDatabases(
      definitions,
      configuration,
      database.direct,
    )) {
      const lives = await renewLogs(admin, ofIt, passwords, { ...options, logs })
      waiting += lives.waiting
      // That of the log comes first.
      if (logs.length === 0) logs = lives.logs
      for (const one of lives.logs) places.set(one.log, (places.get(one.log) ?? 0) + one.places)
    }
    for (const one of logs) print(told({ ...one, places: places.get(one.log) ?? 0 }, isWhole))
    print(`${waiting} events wait in outboxes and are moved when the platform runs`)
    if (!isWhole) for (const sentence of consequences) print(sentence)
  } finally {
    await database.stop()
  }
}

function told(one: NewLives['logs'][number], isWhole: boolean): string {
  const { log, former, incarnation, position, places } = one
  return isWhole
    ? `${log}: goes on as ${incarnation} after position ${position}`
    : `${log}: ${former} ended at position ${position}, and ${incarnation} goes on after it; ` +
        `${places} places of services and groups were carried over`
}

const consequences = [
  'Cursors that readers outside keep are refused (event_streaming.incarnation_ended): they load what',
  'they keep again and go on after the cursor that the answer names. Groups and services go on from',
  'where they were in the backup. Webhooks that were not delivered in the backup are sent, again',
  'perhaps, under the same ids. A copy of the log in a broker is made anew.',
]
