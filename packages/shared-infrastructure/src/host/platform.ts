import type { AddressInfo } from 'node:net'
import {
  type Context,
  type Log,
  type NamedOperation,
  type Principal,
  platformTenantId,
} from '@prognetwork/contracts'
import { createPublisher } from '@prognetwork/event-based-service-client'
import type { FastifyInstance } from 'fastify'
import { createAudit } from '../database/audit.ts'
import { type ConnectionSettings, createConnections } from '../database/connections.ts'
import { createDatabase, type DatabaseInternals } from '../database/database.ts'
import { createPlatformDoor, type PlatformDoor } from '../database/platform-door.ts'
import { createSubjectKeys } from '../database/subject-keys.ts'
import { type JobRunner, runJobs } from '../jobs/recurring.ts'
import type { KeyRing } from '../key-ring/key-ring.ts'
import {
  type AnyDefinition,
  isEdge,
  type JobContext,
  type Parts,
  type Running,
  type RunningEdge,
} from '../service/definition.ts'
import { scopeOf } from '../service/scope.ts'
import type { RealTime } from '../service/time.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import { createTracer, type SpanSink } from '../telemetry/span.ts'
import { startTrace } from '../telemetry/trace.ts'
import { createCall, inProcess } from './call.ts'
import type { Edge, Upstream } from './edge.ts'
import { closeGracefully, createEdgeApp } from './edge-app.ts'
import { type RunnableOperation, runnable } from './operation.ts'
import { createServiceApp } from './service-app.ts'
import { inStartOrder } from './start-order.ts'

/** What a process of the platform is given; the host reads no environment. */
export interface PlatformOptions {
  readonly definitions: readonly AnyDefinition[]
  /** Parsed configuration by service name. */
  readonly configuration: ReadonlyMap<string, object>
  /** How the service's roles connect. */
  readonly connections: (service: string) => {
    readonly service: ConnectionSettings
    readonly platform: ConnectionSettings
  }
  /** False behind a pooler without prepared statements. */
  readonly preparedStatements: boolean
  readonly keyRing: KeyRing
  /** The log of one service. */
  readonly log: (service: string) => Log
  readonly spans: SpanSink
  readonly realTime: RealTime
  /** Where people reach the platform, without a slash at the end. */
  readonly publicUrl: string
  /** Address the public zone listens on. */
  readonly host: string
  /** Port of a public service; 0 chooses a free one. */
  readonly port: (definition: AnyDefinition) => number
}

export interface RunningPlatform {
  /** Where each public service listens. */
  readonly addresses: ReadonlyMap<string, { host: string; port: number }>
  /** What the operator must read. */
  readonly notices: readonly string[]
  /** Drains, then stops everything in the reverse order of its start. */
  stop(): Promise<void>
}

/** One service while it runs. */
interface RunningService {
  readonly definition: AnyDefinition
  readonly running: Running
  readonly operations: ReadonlyMap<string, RunnableOperation>
  readonly app: FastifyInstance
  readonly databases: readonly DatabaseInternals[]
  readonly jobs: JobRunner | undefined
}

const maxConnectionsPerRole = 6
const connectionWaitMs = 3_000

/** Starts all services of a process in the order of their needs: mode *all*. */
export async function startPlatform(options: PlatformOptions): Promise<RunningPlatform> {
  const services = new Map<string, RunningService>()
  const edges: FastifyInstance[] = []
  const addresses = new Map<string, { host: string; port: number }>()
  let draining = false
  const stop = async (): Promise<void> => {
    draining = true
    await Promise.all(edges.map((edge) => closeGracefully(edge)))
    for (const service of [...services.values()].reverse()) await stopService(service)
  }
  try {
    const operationOf = (operation: NamedOperation) =>
      services.get(operation.service)?.operations.get(operation.name)
    for (const definition of inStartOrder(options.definitions)) {
      const service = await startService(definition, options, inProcess(operationOf), () => ({
        contracts: options.definitions.map((one) => one.contract),
        upstreams: upstreamsOf(options.definitions, (name) => services.get(name)?.app),
        health: () => healthOf(services, draining),
        newTrace: startTrace,
        contextFor: (tenantId, trace) => ({
          ...systemContext(definition.name, tenantId, options),
          trace,
        }),
      }))
      services.set(definition.name, service)
    }
    const notices: string[] = []
    for (const { definition, running } of services.values()) {
      const ctx = systemContext(definition.name, platformTenantId, options)
      notices.push(...((await running.ready?.(ctx)) ?? []))
    }
    for (const { definition, app } of services.values()) {
      if (!isEdge(definition)) continue
      await app.listen({ host: options.host, port: options.port(definition) })
      edges.push(app)
      const { port } = app.server.address() as AddressInfo
      addresses.set(definition.name, { host: options.host, port })
    }
    return { addresses, notices, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function startService(
  definition: AnyDefinition,
  options: PlatformOptions,
  transport: Parameters<typeof createCall>[1],
  edge: () => Edge,
): Promise<RunningService> {
  const log = options.log(definition.name)
  const metrics = createMetrics({ service: definition.name })
  const tracer = createTracer({ service: definition.name, sink: options.spans })
  const audit = createAudit(options.realTime)
  const lanes = openDatabases(definition, options, metrics, audit)
  const parts: Parts<never> = {
    config: (options.configuration.get(definition.name) ?? {}) as never,
    db: lanes?.database ?? absent(definition.name),
    platform: lanes?.platform ?? absent(definition.name),
    audit,
    events: createPublisher({
      service: definition.name,
      publishes: definition.publishes,
      encryptPersonal: lanes
        ? createSubjectKeys(lanes.database, options.keyRing)
        : () => Promise.reject(new Error(`${definition.name} has no database`)),
    }),
    call: createCall(definition.name, transport),
    keyRing: options.keyRing,
    publicUrl: options.publicUrl,
    log,
    realTime: options.realTime,
  }
  const running = isEdge(definition)
    ? await definition.start({ ...parts, edge: edge() })
    : await definition.start(parts)
  const operations = bindHandlers(definition, running, {
    database: lanes?.database,
    now: () => options.realTime.now(),
    log,
  })
  const app = isRunningEdge(running)
    ? createEdgeApp({ mount: (one) => running.mount(one), log })
    : createServiceApp({ operations: [...operations.values()], metrics, tracer, log })
  await app.ready()
  return {
    definition,
    running,
    operations,
    app,
    databases: lanes ? [lanes.database, lanes.platformDatabase] : [],
    jobs: startJobs(definition, running, lanes?.database, options, log),
  }
}

function isRunningEdge(running: Running): running is RunningEdge {
  return 'mount' in running
}

function openDatabases(
  definition: AnyDefinition,
  options: PlatformOptions,
  metrics: ReturnType<typeof createMetrics>,
  audit: ReturnType<typeof createAudit>,
):
  | { database: DatabaseInternals; platformDatabase: DatabaseInternals; platform: PlatformDoor }
  | undefined {
  if (!definition.database) return undefined
  const settings = options.connections(definition.name)
  const open = (connection: ConnectionSettings) => {
    const meters = { read: metrics.statement('read'), write: metrics.statement('write') }
    return createDatabase({
      service: definition.name,
      named: options.preparedStatements,
      connections: createConnections(connection, {
        max: maxConnectionsPerRole,
        waitMs: connectionWaitMs,
      }),
      onStatements: (lane, _count, durationMs, outcome) =>
        meters[lane].observe(outcome, durationMs / 1000),
    })
  }
  const platformDatabase = open(settings.platform)
  const uses = metrics.call('platform door')
  return {
    database: open(settings.service),
    platformDatabase,
    platform: createPlatformDoor({
      database: platformDatabase,
      audit,
      onUse: () => uses.observe('ok', 0),
    }),
  }
}

/** A service without tables asks for one by mistake only. */
function absent<T extends object>(service: string): T {
  const refuse = () => {
    throw new Error(`${service} declares no database`)
  }
  return new Proxy({} as T, { get: () => refuse })
}

/** Every operation has its handler and every handler its operation, or nothing starts. */
function bindHandlers(
  definition: AnyDefinition,
  running: Running,
  host: Parameters<typeof runnable>[2],
): ReadonlyMap<string, RunnableOperation> {
  const declared = Object.values(definition.contract.operations)
  const handlers: Record<string, unknown> = { ...running.handlers }
  const missing = declared.filter((one) => typeof handlers[one.name] !== 'function')
  const unknown = Object.keys(handlers).filter((name) => !(name in definition.contract.operations))
  if (missing.length > 0 || unknown.length > 0)
    throw new Error(
      `${definition.name}: ${[
        ...missing.map((one) => `operation ${one.name} has no handler`),
        ...unknown.map((name) => `handler ${name} has no operation`),
      ].join('; ')}`,
    )
  return new Map(
    declared.map((one) => [one.name, runnable(one, handlers[one.name] as never, host)]),
  )
}

function upstreamsOf(
  definitions: readonly AnyDefinition[],
  app: (service: string) => FastifyInstance | undefined,
): Upstream[] {
  return definitions.flatMap((definition) =>
    Object.values(definition.contract.operations)
      .filter((operation) => !('service' in operation.shape.auth))
      .map((operation) => ({
        operation,
        forward(request, response) {
          const target = app(definition.name)
          if (!target) throw new Error(`${definition.name} has not started`)
          target.routing(request, response)
        },
      })),
  )
}

function healthOf(services: ReadonlyMap<string, RunningService>, draining: boolean) {
  const states = [...services.keys()].map((name) => [name, true] as const)
  return { ready: !draining, services: Object.fromEntries(states) }
}

function startJobs(
  definition: AnyDefinition,
  running: Running,
  database: DatabaseInternals | undefined,
  options: PlatformOptions,
  log: Log,
): JobRunner | undefined {
  const jobs = running.jobs ?? []
  if (jobs.length === 0) return undefined
  if (!database) throw new Error(`${definition.name} has jobs but no database for their leases`)
  const context = (name: string): JobContext => {
    const ctx = systemContext(definition.name, platformTenantId, options)
    return {
      ctx,
      forTenant: (tenantId) => systemContext(definition.name, tenantId, options),
      log: log.child({ job: name }),
    }
  }
  return runJobs({ jobs, database, context, log })
}

/** The service itself at work: no person, no permissions of one. */
function systemContext(service: string, tenantId: string, options: PlatformOptions): Context {
  const principal: Principal = {
    kind: 'service',
    subject: service,
    tenantId,
    permissions: new Set(),
    roles: [],
  }
  return {
    principal: Object.freeze(principal),
    scope: scopeOf(tenantId),
    now: options.realTime.now(),
    trace: startTrace(),
    log: options.log(service),
  }
}

async function stopService(service: RunningService): Promise<void> {
  await service.jobs?.stop()
  await service.running.close?.()
  await service.app.close()
  await Promise.all(service.databases.map((database) => database.close()))
}
