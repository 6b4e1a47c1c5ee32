import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type AnyDefinition,
  connectDirectly,
  createKeyRing,
  createRealTime,
  loadKeyRing,
  localClientOrigins,
  type RunningPlatform,
  readServiceDirectory,
  readServiceSecrets,
  startPlatform,
  writeServiceDirectory,
} from '@prognetwork/shared-infrastructure/host'
import { createLog, createSpanRing } from '@prognetwork/shared-infrastructure/telemetry'
import { inject } from 'vitest'
import { services } from '../../../platform.ts'
import { createTestClient } from './client.ts'
import { createTestDatabase } from './cluster.ts'
import { createPeople } from './people.ts'
import type { BlackBox } from './platform.ts'
import { choosePorts, endProcess, environmentFor, type ProgProcess, startProg } from './prog.ts'

/** A platform of which each service is a process of its own: mode *one*. */
export interface SeparatePlatform extends BlackBox {
  /** Kills the process of one service without a chance to say goodbye, and waits for its end. */
  kill(service: string): Promise<void>
  /** Starts the process of one service again. */
  start(service: string): Promise<void>
  /** The process of one service, as the system knows it. */
  pidOf(service: string): number
}

/**
 * `here` runs in this process, as one more neighbour of the others: servers of web clients.
 * `configuration` are keys of the environment that differ from what tests have.
 */
export async function startSeparatePlatform(
  here: readonly AnyDefinition[] = [],
  configuration: Readonly<Record<string, string>> = {},
  cluster = inject('cluster'),
): Promise<SeparatePlatform> {
  const database = await createTestDatabase(cluster)
  const settings = { ...cluster.admin, database: database.name }
  const stateDirectory = await mkdtemp(join(tmpdir(), 'prog-one-'))
  await loadKeyRing({ directory: stateDirectory })
  const definitions = [...services, ...here]
  await writeServiceDirectory(stateDirectory, definitions, cluster.passwords)
  const ports = await choosePorts()
  const env = {
    ...environmentFor(settings, stateDirectory, ports),
    // No client runs here; those of tests are where this process says.
    ...Object.fromEntries(
      Object.entries(localClientOrigins).map(([name, origin]) => [
        `${name.toUpperCase().replaceAll('-', '_')}_ORIGIN`,
        origin,
      ]),
    ),
    ...configuration,
  }
  const processes = new Map<string, ProgProcess>()
  const start = async (service: string) => {
    processes.set(service, await startProg(['up', '--only', service], env))
  }
  await Promise.all(services.map(({ name }) => start(name)))
  const neighbour =
    here.length > 0 ? await startHere(definitions, here, stateDirectory, ports) : undefined
  const origin = `http://127.0.0.1:${ports.get('api-gateway')}`
  const anonymous = createTestClient(origin)
  const sql = await connectDirectly(settings)
  const notices = [...processes.values()].flatMap((one) => one.output)
  return {
    ...createPeople(anonymous, sql, notices),
    origin,
    anonymous,
    sql,
    start,
    pidOf: (service) => processes.get(service)?.child.pid ?? Number.NaN,
    kill: (service) => endProcess(processes.get(service), 'SIGKILL'),
    async stop() {
      await neighbour?.stop()
      await Promise.all([...processes.values()].map((one) => endProcess(one, 'SIGTERM')))
      await sql.end()
      await database.drop()
      await rm(stateDirectory, { recursive: true, force: true })
    },
  }
}

/** The part of the platform that runs in this process; it has no database. */
async function startHere(
  definitions: readonly AnyDefinition[],
  here: readonly AnyDefinition[],
  stateDirectory: string,
  ports: ReadonlyMap<string, number>,
): Promise<RunningPlatform> {
  const only = here.map((one) => one.name)
  const urls = new Map([...ports].map(([name, port]) => [name, `http://127.0.0.1:${port}`]))
  const keys = new Map(
    await Promise.all(
      only.map(async (name) => [name, await readServiceSecrets(stateDirectory, name)] as const),
    ),
  )
  const noDatabase = () => {
    throw new Error('what runs here has no database')
  }
  return startPlatform({
    definitions,
    separation: {
      only,
      directory: await readServiceDirectory(stateDirectory, urls),
      privateKeyOf: (name) => keys.get(name)?.privateKey ?? noDatabase(),
    },
    configuration: new Map(here.map(({ name, config }) => [name, config.parse({})])),
    connections: noDatabase,
    direct: noDatabase,
    preparedStatements: true,
    filesDirectory: join(stateDirectory, 'files'),
    keyRing: createKeyRing([{ id: 'test', key: randomBytes(32) }]),
    log: (service) => createLog({ service, level: 'error', destination: { write: () => {} } }),
    spans: createSpanRing(100),
    realTime: createRealTime(Date.now),
    publicUrl: 'http://localhost:8000',
    clientOrigins: localClientOrigins,
    host: '127.0.0.1',
    port: () => 0,
  })
}
