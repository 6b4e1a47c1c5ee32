import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ServerConnection } from './server-connection.ts'
import { startPostgres } from './supervisor.ts'

/** A server that forgets everything when it stops; nothing it is told survives a crash. */
export interface TemporaryPostgres {
  readonly connection: ServerConnection
  stop(): Promise<void>
}

export async function startTemporaryPostgres(): Promise<TemporaryPostgres> {
  const stateDirectory = await mkdtemp(join(tmpdir(), 'prog-'))
  // As root the server runs as another user, who must be able to walk through this folder.
  await chmod(stateDirectory, 0o711)
  const postgres = await startPostgres({
    stateDirectory,
    settings: { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' },
    say: () => {},
  })
  return {
    connection: postgres.connection,
    async stop() {
      await postgres.stop()
      await rm(stateDirectory, { recursive: true, force: true })
    },
  }
}
