// Two ways to save a database and to put it back, with the tools that people use for it.
import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type ConnectionSettings, connectDirectly } from '@prognetwork/shared-infrastructure/host'
import { startPostgres } from '@prognetwork/shared-infrastructure/postgres'
import { findSystemServers, startSystemPostgres } from '@prognetwork/testing'

/** A server with a database on it that nobody else uses. */
export interface SavedDatabase {
  readonly settings: ConnectionSettings
  save(): Promise<void>
  /** The database as it was saved; `prepare` is called where roles are missing. */
  restore(prepare: (settings: ConnectionSettings) => Promise<unknown>): Promise<ConnectionSettings>
  stop(): Promise<void>
}

const run = promisify(execFile)

export async function query(settings: ConnectionSettings, text: string): Promise<unknown[]> {
  const client = await connectDirectly(settings)
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

/** By pg_dump, and into a new server by pg_restore; of the system's PostgreSQL. */
export async function startDumped(): Promise<SavedDatabase> {
  const tools = findSystemServers()
  if (!tools) throw new Error('the tools of PostgreSQL are not installed')
  const folder = await mkdtemp(join(tmpdir(), 'prog-dump-'))
  const file = join(folder, 'platform.dump')
  const first = await startSystemPostgres()
  const servers = [first]
  const settings = { ...first.connection, database: 'platform' }
  await query(first.connection, 'create database platform')
  // A server that has been in use: its numbers of transactions are far above those of a new one.
  await query(
    settings,
    `create temp table used (n int);
     do $$ begin for n in 1..20000 loop
       begin insert into used values (n); exception when unique_violation then end;
     end loop; end $$`,
  )
  const tool =
    (name: string, { host, port, user, password, database }: typeof settings) =>
    (...words: string[]) =>
      run(
        join(tools.postgres, name),
        ['--host', host, '--port', String(port), '--username', user, '-d', database, ...words],
        { env: { PGPASSWORD: password } },
      )
  return {
    settings,
    save: async () => void (await tool('pg_dump', settings)('--format', 'custom', '--file', file)),
    async restore(prepare) {
      const second = await startSystemPostgres()
      servers.push(second)
      const restored = { ...second.connection, database: 'platform' }
      await query(second.connection, 'create database roles')
      await prepare({ ...restored, database: 'roles' })
      await query(second.connection, 'create database platform')
      await tool('pg_restore', restored)('--exit-on-error', file)
      return restored
    },
    async stop() {
      await Promise.all(servers.map((one) => one.stop()))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** By copying the data directory of the embedded server while it is stopped. */
export async function startCopied(): Promise<SavedDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'prog-copy-'))
  await chmod(folder, 0o711)
  const stateDirectory = join(folder, 'state')
  const start = () => startPostgres({ stateDirectory, say: () => {} })
  let server = await start()
  const { connection, dataDirectory } = server
  const copy = join(folder, 'copy')
  return {
    settings: connection,
    async save() {
      await server.stop()
      await run('cp', ['-a', dataDirectory, copy])
      server = await start()
    },
    async restore() {
      await server.stop()
      await rm(dataDirectory, { recursive: true })
      await rename(copy, dataDirectory)
      server = await start()
      return server.connection
    },
    async stop() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
