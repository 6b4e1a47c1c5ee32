import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { environment } from '@prognetwork/environment-configuration'
import {
  type AnyDefinition,
  type ConnectionSettings,
  connectDirectly,
  createKeyRing,
  createRealTime,
  loadKeyRing,
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

const main = join(import.meta.dirname, '../../cli/src/main.ts')
const startMs = 30_000

/** A platform of which each service is a process of its own: mode *one*. */
export interface SeparatePlatform extends BlackBox {
  /** Kills the process of one service without a chance to say goodbye, and waits for its end. */
  kill(service: string): Promise<void>
  /** Starts the process of one service again. */
  start(service: string): Promise<void>
}

interface ServiceProcess {
  readonly child: ChildProcess
  readonly output: string[]
}

/** `here` runs in this process, as one more neighbour of the others: servers of web clients. */
export async function startSeparatePlatform(
  here: readonly AnyDefinition[] = [],
): Promise<SeparatePlatform> {
  const cluster = inject('cluster')
  const database = await createTestDatabase(cluster)
  const settings = { ...cluster.admin, database: database.name }
  const stateDirectory = await mkdtemp(join(tmpdir(), 'prog-one-'))
  await loadKeyRing({ directory: stateDirectory })
  const definitions = [...services, ...here]
  await writeServiceDirectory(stateDirectory, definitions, cluster.passwords)
  const ports = new Map(
    await Promise.all(services.map(async ({ name }) => [name, await freePort()] as const)),
  )
  const env = environmentOf(settings, stateDirectory, ports)
  const processes = new Map<string, ServiceProcess>()
  const start = async (service: string) => {
    processes.set(service, await startProcess(service, env))
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
    kill: (service) => end(processes.get(service), 'SIGKILL'),
    async stop() {
      await neighbour?.stop()
      await Promise.all([...processes.values()].map((one) => end(one, 'SIGTERM')))
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
    keyRing: createKeyRing([{ id: 'test', key: randomBytes(32) }]),
    log: (service) => createLog({ service, level: 'error', destination: { write: () => {} } }),
    spans: createSpanRing(100),
    realTime: createRealTime(Date.now),
    publicUrl: 'http://localhost:8000',
    host: '127.0.0.1',
    port: () => 0,
  })
}

function environmentOf(
  settings: ConnectionSettings,
  stateDirectory: string,
  ports: ReadonlyMap<string, number>,
): NodeJS.ProcessEnv {
  const { host, port, user, password, database } = settings
  const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`
  const env: NodeJS.ProcessEnv = {
    PATH: environment.PATH,
    STATE_DIRECTORY: stateDirectory,
    API_GATEWAY_DEFAULT_PER_MINUTE: '1000000',
    API_GATEWAY_CREDENTIAL_PER_MINUTE: '1000000',
    DATABASE_URL: `postgres://${login}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`,
  }
  for (const [name, port] of ports) {
    const prefix = name.toUpperCase().replaceAll('-', '_')
    env[`${prefix}_PORT`] = String(port)
    env[`${prefix}_URL`] = `http://127.0.0.1:${port}`
  }
  return env
}

async function startProcess(service: string, env: NodeJS.ProcessEnv): Promise<ServiceProcess> {
  const child = spawn(process.execPath, [main, 'up', '--only', service], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const output: string[] = []
  const ready = Promise.withResolvers<void>()
  const take = (chunk: Buffer) => {
    output.push(chunk.toString())
    // The notices follow the announcement in one go.
    if (output.join('').includes('ProgNetwork is up')) setTimeout(ready.resolve, 100)
  }
  child.stdout?.on('data', take)
  child.stderr?.on('data', take)
  child.once('exit', (code) => {
    ready.reject(new Error(`${service} ended with ${code}: ${output.join('')}`))
  })
  const timeout = setTimeout(
    () => ready.reject(new Error(`${service} did not start: ${output.join('')}`)),
    startMs,
  )
  try {
    await ready.promise
  } finally {
    clearTimeout(timeout)
  }
  return { child, output }
}

async function end(one: ServiceProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (!one || one.child.exitCode !== null || one.child.signalCode !== null) return
  const ended = new Promise((resolve) => one.child.once('exit', resolve))
  one.child.kill(signal)
  await ended
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || !address) throw new Error('no free port')
  return address.port
}
