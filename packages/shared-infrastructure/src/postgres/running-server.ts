import { readFile, realpath } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { SUPERUSER } from './cluster.ts'
import { clusterParents, SOCKET_PORT } from './locations.ts'
import { findPostmaster } from './postmaster-file.ts'
import type { ServerConnection } from './server-connection.ts'

/**
 * How to connect to the embedded server that another process runs on a state directory; undefined
 * when none runs. Starts, takes over and changes nothing.
 */
export async function findRunningServer(
  stateDirectory: string,
): Promise<ServerConnection | undefined> {
  const state = await realpath(resolve(stateDirectory)).catch(() => undefined)
  if (state === undefined) return undefined
  for (const parent of clusterParents(state)) {
    const found = await findPostmaster(join(parent, 'postgres'))
    if (found.state !== 'running') continue
    const host = /"-k" "([^"]+)"/.exec(found.startCommand)?.[1]
    if (host === undefined) continue
    const password = (await readFile(join(state, 'postgres.password'), 'utf8')).trim()
    return { host, port: SOCKET_PORT, user: SUPERUSER, password, database: 'postgres' }
  }
  return undefined
}
