import { readFile } from 'node:fs/promises'
import type { ConnectionSettings } from '@prognetwork/shared-infrastructure'

/** The role that owns the queue, and its schema. */
export const queueRole = 'worker_queue'

/** As the driver reads it; the folder of a socket is a host as well. */
export function connectionString(settings: ConnectionSettings): string {
  const { host, port, user, password, database, ssl } = settings
  const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`
  const more = ssl ? '&sslmode=require' : ''
  const place = `localhost:${port}/${encodeURIComponent(database)}`
  return `postgres://${login}@${place}?host=${encodeURIComponent(host)}${more}`
}

const textOf = (name: string) => readFile(new URL(name, import.meta.url), 'utf8')

/** Brings the queue's own tables up to date, and lets the service in. */
export async function installQueue(
  settings: ConnectionSettings,
  run: (text: string) => Promise<unknown>,
): Promise<void> {
  const { runMigrations } = await import('graphile-worker')
  await run(await textOf('begin.sql'))
  await runMigrations({ connectionString: connectionString(settings), schema: queueRole })
  await run(await textOf('open.sql'))
}
