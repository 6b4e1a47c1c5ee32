import type { Context, Log, Principal, Trace } from '@prognetwork/contracts'
import { platformTenantId } from '@prognetwork/contracts'
import {
  createPublisher,
  type Transport,
  type WrittenEvent,
} from '@prognetwork/event-based-service-client'
import type { FastifyInstance } from 'fastify'
import { createAudit } from '../database/audit.ts'
import { type ConnectionSettings, createConnections } from '../database/connections.ts'
import { createDatabase, type DatabaseInternals } from '../database/database.ts'
import { rolesOf } from '../database/ownership.ts'
import { createPlatformDoor, type PlatformDoor } from '../database/platform-door.ts'
import { createSubjectKeys } from '../database/subject-keys.ts'
import type { VerifiedWork } from '../door/principal-token.ts'
import { mountServiceDoor } from '../door/service-door.ts'
import type { Outgoing } from '../events/outgoing.ts'
import type { WakeUps } from '../events/wake-ups.ts'
import { createJobContext } from '../jobs/job-context.ts'
import { kernelJobs } from '../jobs/kernel-jobs.ts'
import { type JobRunner, runJobs } from '../jobs/recurring.ts'
import { checkWork, createJobDoor } from '../jobs/submission.ts'
import {
  type AnyDefinition,
  isEdge,
  type Parts,
  type Running,
  type RunningEdge,
} from '../service/definition.ts'
import { scopeOf } from '../service/scope.ts'
import type { Storage } from '../storage/storage.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import { createObserve } from '../telemetry/observe.ts'
import { createTracer, type Tracer } from '../telemetry/span.ts'
import { startTrace } from '../telemetry/trace.ts'
import { type CallTransport, createCall } from './call.ts'
import {
  type Consumption,
  checkConsumption,
  createHearing,
  logAccessFor,
  startConsumption,
} from './consumption.ts'
import type { Edge } from './edge.ts'
import { createEdgeApp } from './edge-app.ts'
import { createJobRuns, type JobRuns } from './job-runs.ts'
import { type RunnableOperation, runnable } from './operation.ts'
import { sendOutgoing } from './outgoing-events.ts'
import { parkedKeyOperations } from './parked-keys.ts'
import { subjectKeyOperation } from './personal-fields.ts'
import type { PlatformOptions } from './platform-options.ts'
import { replayOperations } from './replays.ts'
import { createServiceApp } from './service-app.ts'
import { createUpgrade, type Upgrade } from './web-socket.ts'

/** One service while it runs. */
export interface RunningService {
  readonly definition: AnyDefinition
  readonly running: Running
  readonly operations: ReadonlyMap<string, RunnableOperation>
  readonly tracer: Tracer
  /** Carries out what has passed a door. */
  readonly app: FastifyInstance
  /** What listens, where the service does: of a public one its front, else the same. */
  readonly listener: FastifyInstance
  readonly upgrade: Upgrade
  readonly databases: readonly DatabaseInternals[]
  /** Sends events to the log, where that is in another database. */
  readonly outgoing: Outgoing | undefined
  readonly jobs: JobRunner | undefined
  /** Tracked jobs that it carries out. */
  readonly jobRuns: JobRuns | undefined
  /** Tells the service the new values of its reloadable keys. */
  readonly reconfigure: (config: object) => void
  readonly hideFigures: () => void
  /** Starts hearing of events, once every service of the process has started. */
  readonly consume: () => Promise<Consumption>
}

const maxConnectionsPerRole = 6
const connectionWaitMs = 3_000

/** Opens what the service may use, starts it and binds its handlers; it does not listen yet. */
export async function startService(
  definition: AnyDefinition,
  options: PlatformOptions,
  connected: {
    readonly transport: CallTransport
    readonly edge: () => Edge
    readonly wakeUps: WakeUps
    readonly eventTransport: Transport
    readonly storage: Storage
    /** Lets other processes in, where the service listens for them. */
    readonly verifier: ((token: string) => VerifiedWork) | undefined
  },
): Promise<RunningService> {
  const log = options.log(definition.name)
  const metrics = createMetrics({ service: definition.name })
  const tracer = createTracer({ service: definition.name, sink: options.spans })
  const audit = createAudit(options.realTime)
  const { wakeUps, eventTransport } = connected
  const call = createCall(definition.name, connected.transport)
  const systemFor = (tenantId: string, trace?: Trace) =>
    systemContext(definition.name, tenantId, options, { log, trace })
  const outgoing = sendOutgoing(definition.name, options, { call, contextFor: systemFor, log })
  const lanes = openDatabases(definition, options, metrics, audit, (written) => {
    outgoing?.committed()
    wakeUps.committed(definition.name, written)
  })
  const configured: ((config: never) => void)[] = []
  const hearing = createHearing()
  const events = createPublisher({
    service: definition.name,
    publishes: definition.publishes,
    encryptPersonal: lanes
      ? createSubjectKeys(lanes.database, options.keyRing)
      : () => Promise.reject(new Error(`${definition.name} has no database`)),
  })
  const queue = definition.database?.queue
  const parts: Parts<never> = {
    config: (options.configuration.get(definition.name) ?? {}) as never,
    onReconfigured: (listener) => configured.push(listener),
    db: lanes?.database ?? absent(definition.name),
    platform: lanes?.platform ?? absent(definition.name),
    audit,
    events,
    call,
    jobs: createJobDoor(definition.name, definition.work, events),
    storage: connected.storage,
    hearing,
    keyRing: options.keyRing,
    publicUrl: options.publicUrl,
    clientOrigins: options.clientOrigins,
    configurationKeys: options.configurationKeys ?? (() => []),
    log,
    observe: createObserve(tracer),
    realTime: options.realTime,
    ...logAccessFor(definition, options, { wakeUps, transport: eventTransport }),
    ...(queue && { queue: options.direct(queue.role) }),
  }
  const running = isEdge(definition)
    ? await definition.start({ ...parts, edge: connected.edge() })
    : await definition.start(parts)
  checkConsumption(definition, running)
  const works = running.work ?? []
  const { name, work, publishes } = definition
  checkWork(
    ...([name, work, publishes] as const),
    works.map(({ kind }) => kind),
  )
  const host = { database: lanes?.database, now: () => options.realTime.now(), log }
  const operations = new Map(bindHandlers(definition, running, host))
  let consumption: Consumption | undefined
  const forConsumers = [
    ...parkedKeyOperations(definition, lanes?.database, host, () => consumption?.retryParked()),
    ...replayOperations(definition, running, lanes?.database, host, () =>
      consumption?.lookForReplays(),
    ),
  ]
  const jobRuns = createJobRuns(name, works, host, tracer)
  for (const one of [...forConsumers, ...(jobRuns?.operations ?? [])])
    operations.set(one.operation.name, one)
  const own = { database: lanes?.database, keyRing: options.keyRing }
  const subjectKeys = subjectKeyOperation(definition, options.definitions, own, host)
  if (subjectKeys) operations.set(subjectKeys.operation.name, subjectKeys)
  const app = createServiceApp({ operations: [...operations.values()], metrics, tracer, log })
  if (connected.verifier) mountServiceDoor(app, connected.verifier)
  await app.ready()
  const upgrade = createUpgrade(operations.values(), tracer)
  const listener = isRunningEdge(running)
    ? createEdgeApp({
        ...{ mount: (one) => running.mount(one), log },
        ...(connected.verifier && { platform: { app, upgrade, verify: connected.verifier } }),
      })
    : app
  await listener.ready()
  return {
    ...{ listener, upgrade },
    hideFigures: metrics.figures(running.figures ?? []),
    definition,
    running,
    operations,
    tracer,
    app,
    ...{ outgoing, jobRuns },
    databases: lanes ? [lanes.database, lanes.platformDatabase] : [],
    jobs:
      options.recurringJobs === false
        ? undefined
        : startJobs(definition, running, lanes, options, { log, tracer }),
    reconfigure(config) {
      for (const listener of configured) listener(config as never)
    },
    async consume() {
      consumption = await startConsumption({
        ...{ definition, running, wakeUps, call, hearing, metrics, tracer, log },
        ...{ definitions: options.definitions, transport: eventTransport },
        database: lanes?.database,
        contextFor: systemFor,
        ownDatabase: outgoing && options.direct(rolesOf(definition.name).service),
      })
      return consumption
    },
  }
}

function isRunningEdge(running: Running): running is RunningEdge {
  return 'mount' in running
}

/** The ways of one service to its tables. */
interface Lanes {
  readonly database: DatabaseInternals
  readonly platformDatabase: DatabaseInternals
  readonly platform: PlatformDoor
}

function openDatabases(
  definition: AnyDefinition,
  options: PlatformOptions,
  metrics: ReturnType<typeof createMetrics>,
  audit: ReturnType<typeof createAudit>,
  onCommit: (written: readonly WrittenEvent[]) => void,
): Lanes | undefined {
  if (!definition.database) return undefined
  const settings = options.connections(definition.name)
  const open = (connection: ConnectionSettings) => {
    const meters = { read: metrics.statement('read'), write: metrics.statement('write') }
    const counts = { read: metrics.statements('read'), write: metrics.statements('write') }
    return createDatabase({
      service: definition.name,
      onCommit,
      named: options.preparedStatements,
      connections: createConnections(connection, {
        max: maxConnectionsPerRole,
        waitMs: connectionWaitMs,
      }),
      onStatements(lane, count, durationMs, outcome) {
        meters[lane].observe(outcome, durationMs / 1000)
        counts[lane].inc(count)
      },
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
      systemContext: (tenantId) => systemContext(definition.name, tenantId, options),
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

function startJobs(
  definition: AnyDefinition,
  running: Running,
  lanes: Lanes | undefined,
  options: PlatformOptions,
  { log, tracer }: { readonly log: Log; readonly tracer: Tracer },
): JobRunner | undefined {
  const own = running.jobs ?? []
  if (!lanes) {
    if (own.length === 0) return undefined
    throw new Error(`${definition.name} has jobs but no database for their leases`)
  }
  const { database, platform } = lanes
  const jobs = [...own, ...kernelJobs(platform)]
  const forTenant = (tenantId: string) => systemContext(definition.name, tenantId, options)
  const context = (name: string) =>
    createJobContext(forTenant(platformTenantId), forTenant, log.child({ job: name }))
  return runJobs({ jobs, database, context, tracer, log })
}

/** The service itself at work: no person, no permissions of one. */
export function systemContext(
  service: string,
  tenantId: string,
  options: Pick<PlatformOptions, 'log' | 'realTime'>,
  of: { readonly log?: Log; readonly trace?: Trace | undefined } = {},
): Context {
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
    trace: of.trace ?? startTrace(),
    log: of.log ?? options.log(service),
  }
}

export async function stopService(service: RunningService): Promise<void> {
  service.hideFigures()
  await Promise.all([service.jobs?.stop(), service.jobRuns?.stop()])
  await service.running.close?.()
  await service.outgoing?.close()
  await service.app.close()
  await service.listener.close()
  await Promise.all(service.databases.map((database) => database.close()))
}
