import { type Context, platformTenantId } from '@prognetwork/contracts'
import { type ConnectionSettings, createConnections } from '../database/connections.ts'
import { createDatabase, type Database } from '../database/database.ts'
import { createRealTime, type RealTime } from '../service/time.ts'
import { createLog } from '../telemetry/log.ts'
import { systemContext } from './running-service.ts'

const waitMs = 5_000

/**
 * Work on the tables of one service in the platform's own tenant, beside the platform that runs or
 * without it: for commands of whoever operates it. `settings` are those of one of its roles.
 */
export async function besidePlatform<T>(
  service: string,
  settings: ConnectionSettings,
  use: (work: { db: Database; ctx: Context; realTime: RealTime }) => Promise<T>,
): Promise<T> {
  const db = createDatabase({
    service,
    named: false,
    connections: createConnections(settings, { max: 1, waitMs }),
  })
  const realTime = createRealTime(() => Date.now())
  const log = (name: string) => createLog({ service: name, level: 'error' })
  try {
    return await use({
      db,
      ctx: systemContext(service, platformTenantId, { log, realTime }),
      realTime,
    })
  } finally {
    await db.close()
  }
}
