import { randomBytes } from 'node:crypto'
import { declarations } from '@prognetwork/cli/configuration'
import type { Log, WebClient } from '@prognetwork/contracts'
import { keyStates, loadSources, readAll } from '@prognetwork/environment-configuration'
import { originFor } from '@prognetwork/shared-infrastructure'
import type { ClientDefinition } from '@prognetwork/shared-infrastructure/client'
import {
  type AnyDefinition,
  connectDirectly,
  createKeyRing,
  createRealTime,
  localClientOrigins,
  openTemporaryFolder,
  roleConnections,
  serviceConnections,
  startPlatform,
} from '@prognetwork/shared-infrastructure/host'
import {
  type Collector,
  createCollector,
  createLog,
  createSpanRing,
  type SpanRing,
} from '@prognetwork/shared-infrastructure/telemetry'
import type pg from 'pg'
import { inject } from 'vitest'
import { services } from '../../../platform.ts'
import { createTestClient, type TestClient } from './client.ts'
import { createTestDatabase, type TestCluster } from './cluster.ts'
import { createPeople, type People } from './people.ts'
import { freePort } from './prog.ts'

/** A clock that a test moves. */
export interface TestClock {
  nowMs(): number
  advance(ms: number): void
}

/** A platform as a black box, whatever processes it runs in. */
export interface BlackBox extends People {
  readonly origin: string
  readonly anonymous: TestClient
  /** The superuser, to look behind the doors; never what a test is about. */
  readonly sql: pg.Client
  stop(): Promise<void>
}

/** The whole platform in this process on a database of its own. */
export interface TestPlatform extends BlackBox {
  readonly clock: TestClock
  readonly spans: SpanRing
  /** On its way to be kept. */
  readonly telemetry: Collector
  /** What a service writes its log lines to. */
  logOf(service: string): Log
  /** Every log line so far. */
  readonly logLines: readonly string[]
  readonly notices: readonly string[]
  /** Runs a recurring job as if its time had come. */
  runJob(service: string, name: string): Promise<void>
  /** Where a public service listens. */
  originOf(service: string): string
  /** Where a browser finds a client: a tenant's, or the platform's own without a slug. */
  addressOf(client: WebClient, slug?: string | null): string
}

export interface TestPlatformOptions {
  readonly definitions?: readonly AnyDefinition[]
  /** Web clients that run as well; they must have been built. */
  readonly clients?: readonly ClientDefinition[]
  /** A server of its own, for what holds transactions open or kills connections. */
  readonly cluster?: TestCluster
  /** Keys of a service that differ from their defaults. */
  readonly configuration?: Readonly<Record<string, object>>
  /** What operators are shown as the configuration is read from these variables. */
  readonly environment?: Readonly<Record<string, string>>
}

/** Tests come from one address and are many; what limits do is tried by the gateway's own. */
const room = {
  defaultPerMinute: '1000000',
  credentialPerMinute: '1000000',
  bulkPerMinute: '1000000',
}
const roomForTests: Readonly<Record<string, object>> = {
  'admin-client': room,
  'auth-client': room,
  'storefront-client': room,
  'api-gateway': room,
  'event-streaming-service': room,
}

export async function startTestPlatform(options: TestPlatformOptions = {}): Promise<TestPlatform> {
  const cluster = options.cluster ?? inject('cluster')
  const definitions = [...(options.definitions ?? services), ...(options.clients ?? [])]
  const clientPorts = await portsOf(options.clients ?? [])
  const clientOrigins = { ...localClientOrigins }
  for (const [name, port] of clientPorts) clientOrigins[name] = `http://localhost:${port}`
  const database = await createTestDatabase(cluster)
  const settings = { ...cluster.admin, database: database.name }
  const clock = createTestClock()
  const spans = createSpanRing(5_000)
  const telemetry = createCollector()
  const logLines: string[] = []
  const files = await openTemporaryFolder()
  const logOf = (service: string) =>
    createLog({
      service,
      level: 'debug',
      destination: { write: (line) => logLines.push(line) },
      sink: telemetry,
    })
  const declared = declarations(definitions)
  const sources = loadSources({ directory: files.path, env: options.environment ?? {} })
  const { entries } = readAll(sources, declared)
  const platform = await startPlatform({
    definitions,
    configuration: new Map(
      definitions.map(({ name, config }) => [
        name,
        config.parse({ ...roomForTests[name], ...options.configuration?.[name] }),
      ]),
    ),
    connections: serviceConnections(settings, cluster.passwords),
    direct: roleConnections(settings, cluster.passwords),
    preparedStatements: true,
    filesDirectory: files.path,
    keyRing: createKeyRing([{ id: 'test', key: randomBytes(32) }]),
    log: logOf,
    spans: {
      accept(span) {
        spans.accept(span)
        telemetry.accept(span)
      },
    },
    telemetry,
    realTime: createRealTime(clock.nowMs),
    publicUrl: 'http://localhost:8000',
    clientOrigins,
    configurationKeys: () => keyStates(declared, entries),
    host: '127.0.0.1',
    port: ({ name }) => clientPorts.get(name as WebClient) ?? 0,
  })
  const originOf = (service: string): string => {
    const address = platform.addresses.get(service)
    if (!address) throw new Error(`${service} does not listen`)
    return `http://${address.host}:${address.port}`
  }
  const origin = originOf('api-gateway')
  const anonymous = createTestClient(origin)
  const sql = await connectDirectly(settings)
  return {
    ...createPeople(anonymous, sql, platform.notices),
    origin,
    originOf,
    addressOf: (client, slug = null) => originFor(clientOrigins, client, slug),
    anonymous,
    clock,
    spans,
    telemetry,
    logOf,
    logLines,
    notices: platform.notices,
    runJob: platform.runJob,
    sql,
    async stop() {
      await platform.stop()
      await files.remove()
      await sql.end()
      await database.drop()
    },
  }
}

async function portsOf(clients: readonly ClientDefinition[]): Promise<Map<WebClient, number>> {
  const ports = new Map<WebClient, number>()
  for (const { name } of clients) ports.set(name, await freePort())
  return ports
}

function createTestClock(): TestClock {
  let offsetMs = 0
  return {
    nowMs: () => Date.now() + offsetMs,
    advance(ms) {
      offsetMs += ms
    },
  }
}
