import { readFile } from 'node:fs/promises'
import type { ConnectionSettings } from '@prognetwork/shared-infrastructure'
import pg from 'pg'

/** The role that owns the queue, and its schema. */
export const queueRole = 'worker_queue'

/**
 * Connections for the library, which stops listening for their errors before it ends its own: a server
 * that goes down at that moment would end the process. The caller ends them.
 */
export function openPool(settings: ConnectionSettings, max: number): pg.Pool {
  const pool = new pg.Pool({ ...settings, max })
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

const textOf = (name: string) => readFile(new URL(name, import.meta.url), 'utf8')

/** Brings the queue's own tables up to date, and lets the service in. */
export async function installQueue(
  settings: ConnectionSettings,
  run: (text: string) => Promise<unknown>,
): Promise<void> {
  const { runMigrations } = await import('graphile-worker')
  await run(await textOf('begin.sql'))
  const pool = openPool(settings, 1)
  try {
    await runMigrations({ pgPool: pool, schema: queueRole })
  } finally {
    await pool.end()
  }
  await run(await textOf('open.sql'))
}
