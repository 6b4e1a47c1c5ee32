import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConnectionSettings, connectDirectly } from '@prognetwork/shared-infrastructure/host'
import { services } from '../../../platform.ts'
import { createTestClient } from './client.ts'
import { createPeople } from './people.ts'
import type { BlackBox } from './platform.ts'
import {
  choosePorts,
  databaseUrl,
  endProcess,
  environmentFor,
  type ProgProcess,
  runProg,
  startProg,
} from './prog.ts'
import { type SystemServer, startSystemPooler, startSystemPostgres } from './system-servers.ts'

/** The system's PostgreSQL, a database on it, and what a platform on that needs. */
export interface SystemDatabase {
  /** The database under the superuser, to look behind the doors. */
  readonly superuser: ConnectionSettings
  /** The environment of commands that work on it, in a state directory of its own. */
  readonly env: NodeJS.ProcessEnv
  readonly origin: string
  stop(): Promise<void>
}

/**
 * A database as somebody who runs PostgreSQL hands it out: its owner may make roles and is no
 * superuser. `pooled` puts a PgBouncer that shares connections by transaction in front of it.
 */
export async function startSystemDatabase(options: {
  readonly pooled: boolean
}): Promise<SystemDatabase> {
  const server = await startSystemPostgres()
  const pooler = options.pooled ? await startSystemPooler(server.connection) : undefined
  const stateDirectory = await mkdtemp(join(tmpdir(), 'prog-sys-'))
  const owner = { user: 'platform_owner', password: 'of-the-owner', database: 'platform' }
  await execute(server, [
    `create role ${owner.user} login createrole password '${owner.password}'`,
    `create database ${owner.database} owner ${owner.user}`,
  ])
  const ports = await choosePorts()
  const first = { ...(pooler ?? server).connection, ...owner }
  return {
    superuser: { ...server.connection, database: owner.database },
    env: {
      ...environmentFor(first, stateDirectory, ports),
      ...(pooler && { DATABASE_DIRECT_URL: databaseUrl({ ...server.connection, ...owner }) }),
    },
    origin: `http://127.0.0.1:${ports.get('api-gateway')}`,
    async stop() {
      await pooler?.stop()
      await server.stop()
      await rm(stateDirectory, { recursive: true, force: true })
    },
  }
}

/** A platform that was started by its commands on a database of the system's PostgreSQL. */
export async function startSystemPlatform(options: {
  readonly pooled: boolean
  /** Each service in a process of its own. */
  readonly separate: boolean
}): Promise<BlackBox> {
  const database = await startSystemDatabase(options)
  const { env, origin } = database
  const processes: ProgProcess[] = []
  const stop = async () => {
    await Promise.all(processes.map((one) => endProcess(one, 'SIGTERM')))
    await database.stop()
  }
  try {
    for (const command of ['bootstrap', 'migrate']) {
      const { code, stderr } = await runProg([command], env)
      if (code !== 0) throw new Error(`prog ${command} ended with ${code}: ${stderr}`)
    }
    const starts = options.separate ? services.map(({ name }) => ['up', '--only', name]) : [['up']]
    processes.push(...(await Promise.all(starts.map((words) => startProg(words, env)))))
  } catch (error) {
    await stop()
    throw error
  }
  const anonymous = createTestClient(origin)
  const sql = await connectDirectly(database.superuser)
  const notices = processes.flatMap((one) => one.output)
  return {
    ...createPeople(anonymous, sql, notices),
    ...{ origin, anonymous, sql },
    async stop() {
      await sql.end()
      await stop()
    },
  }
}

async function execute({ connection }: SystemServer, statements: readonly string[]): Promise<void> {
  const client = await connectDirectly(connection)
  try {
    for (const one of statements) await client.query(one)
  } finally {
    await client.end()
  }
}
