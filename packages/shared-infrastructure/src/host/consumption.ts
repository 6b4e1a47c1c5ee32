import {
  type Context,
  type Log,
  type LogName,
  logNames,
  platformTenantId,
  type Trace,
} from '@prognetwork/contracts'
import {
  type BeginEvent,
  type ConsumerRunner,
  type ConsumerRunnerOptions,
  createDatabaseFeed,
  createDatabaseLogSource,
  createPostgresTransport,
  type FailureKind,
  type LogFeed,
  type LogSource,
  openTransport,
  runConsumers,
  runWatches,
  type Transport,
  TransportUnavailable,
  type Watcher,
} from '@prognetwork/event-based-service-client'
import type { ConnectionSettings } from '../database/connections.ts'
import type { DatabaseInternals } from '../database/database.ts'
import { logOwner, rolesOf } from '../database/ownership.ts'
import { createLogAccess, type LogAccess } from '../events/log-access.ts'
import { createPeers } from '../events/peers.ts'
import { createWakeUps, type WakeUps } from '../events/wake-ups.ts'
import { type AnyDefinition, isEdge, type Running } from '../service/definition.ts'
import { Problem, Unavailable } from '../service/failure.ts'
import { logOfWork } from '../telemetry/log.ts'
import type { Metrics, ServiceFigure } from '../telemetry/metrics.ts'
import type { Tracer } from '../telemetry/span.ts'
import { parseTraceparent } from '../telemetry/trace.ts'
import type { Call } from './call.ts'
import { followRemotely } from './following.ts'
import { createPersonalFields } from './personal-fields.ts'
import type { PlatformOptions } from './platform-options.ts'
import { createRemoteLogSource, followMoves, type RemoteMoves } from './remote-log.ts'
import { resourceOfKey } from './touched-objects.ts'

/** What hears of events in one service, while it runs. */
export interface Consumption {
  /** Parked keys may be due before their time: somebody said so. */
  retryParked(): void
  /** A replay may be to be worked on: somebody said so. */
  lookForReplays(): void
  stop(): Promise<void>
}

export interface ConsumptionOptions {
  readonly definition: AnyDefinition
  /** Every service of the platform. */
  readonly definitions: readonly AnyDefinition[]
  readonly running: Running
  readonly database: DatabaseInternals | undefined
  readonly wakeUps: WakeUps
  readonly transport: Transport
  /** The service's own database, past any pooler, where the log is in another one. */
  readonly ownDatabase: ConnectionSettings | undefined
  readonly call: Call
  readonly hearing: HearingInternals
  readonly metrics: Metrics
  readonly tracer: Tracer
  /** The service itself in one tenant. */
  readonly contextFor: (tenantId: string, trace?: Trace) => Context
  readonly log: Log
}

/** What the watches of a service know of themselves. */
export interface Hearing {
  /**
   * Whether they have heard everything that was committed, in this process to the last event. While
   * it is false (before the first snapshot, while the log cannot be reached, for the moments that an
   * event needs) whatever they keep may be old: ask the service that owns it.
   */
  isCurrent(): boolean
}

interface HearingInternals extends Hearing {
  watcher: Watcher | undefined
}

export function createHearing(): HearingInternals {
  return {
    watcher: undefined,
    isCurrent() {
      return this.watcher?.isCurrent() ?? false
    },
  }
}

/** Wake-ups of this process, under the role of any service of it that has a database. */
export function createProcessWakeUps(
  options: PlatformOptions,
  runsHere: (service: string) => boolean,
): WakeUps {
  const first = options.definitions.find(
    (one) => one.database && !options.apart?.has(one.name) && runsHere(one.name),
  )
  return createWakeUps({
    settings: first && options.direct(rolesOf(first.name).service),
    log: options.log(first?.name ?? 'host'),
  })
}

/** How the consumers of this process receive events. */
export function openProcessTransport(
  options: PlatformOptions,
  wakeUps: WakeUps,
): Promise<Transport> {
  const publishing = options.definitions.filter((one) => one.publishes.length > 0)
  const topics = publishing.map((one) => one.name)
  return openTransport(options.transport ?? { kind: 'postgres' }, { wakeUps, topics })
}

/** The way to the log, for the service that owns it and for no other. */
export function logAccessFor(
  definition: AnyDefinition,
  options: PlatformOptions,
  ways: { readonly wakeUps: WakeUps; readonly transport: Transport },
): { logAccess?: LogAccess } {
  if (definition.name !== logOwner) return {}
  const { definitions, direct, apart } = options
  const log = options.log(definition.name)
  return { logAccess: createLogAccess({ definitions, direct, ...ways, log, apart }) }
}

/** The services that publish any of these events. */
function topicsOf(
  consumed: readonly { readonly type: string }[],
  definitions: readonly AnyDefinition[],
): string[] {
  const types = new Set(consumed.map((one) => one.type))
  return definitions
    .filter((one) => one.publishes.some(({ type }) => types.has(type)))
    .map((one) => one.name)
}

/** Every consumed event has its consumer or watch and the other way round, or nothing starts. */
export function checkConsumption(definition: AnyDefinition, running: Running): void {
  const declared = new Set(definition.consumes.map((one) => one.type))
  const handled = new Set(
    [...(running.consumers ?? []), ...(running.watches ?? [])].map((one) => one.event.type),
  )
  const missing = [...declared].filter((type) => !handled.has(type))
  const undeclared = [...handled].filter((type) => !declared.has(type))
  const unwatchable = (running.watches ?? []).filter((one) => one.event.log !== 'domain')
  if (missing.length + undeclared.length + unwatchable.length === 0) return
  throw new Error(
    `${definition.name}: ${[
      ...missing.map((type) => `nothing handles ${type}, which it consumes`),
      ...undeclared.map((type) => `${type} is handled and not listed under consumes`),
      ...unwatchable.map(({ event }) => `${event.type} is in the ${event.log} log and watched`),
    ].join('; ')}`,
  )
}

/**
 * Starts watches and consumers; resolves when the snapshots are loaded. A public service begins
 * before that, whatever is up by then, and asks its `hearing`.
 */
export async function startConsumption(options: ConsumptionOptions): Promise<Consumption> {
  const { definition, running, database, wakeUps, contextFor, log } = options
  const { consumers = [], watches = [] } = running
  if (consumers.length > 0 && !database)
    throw new Error(`${definition.name} consumes events and has no database`)
  const common = {
    ...{ service: definition.name, classify, log },
    begin: createBegin(options),
    decryptPersonal: createPersonalFields(options.call),
  }
  const context = () => contextFor(platformTenantId)
  const watcher =
    watches.length > 0
      ? runWatches({ ...common, watches, context, written: wakeUps, feed: feedFor(options) })
      : undefined
  options.hearing.watcher = watcher
  try {
    if (!isEdge(definition)) await watcher?.loaded
  } catch (error) {
    await watcher?.stop()
    throw error
  }
  const { runners, close } = database ? startRunners(options, common, database) : nothingRuns
  const hide = options.metrics.figures(figuresOf(watcher, runners))
  return {
    retryParked() {
      for (const runner of runners) runner.retryParked()
    },
    lookForReplays() {
      for (const runner of runners) runner.lookForReplays()
    },
    async stop() {
      hide()
      await Promise.all([watcher?.stop(), ...runners.map((runner) => runner.stop())])
      await close()
    },
  }
}

const nothingRuns = { runners: [] as readonly ConsumerRunner[], close: async () => {} }

/** One for each log that something is consumed of; brokers have copies of the domain log alone. */
function startRunners(
  options: ConsumptionOptions,
  common: Pick<ConsumerRunnerOptions, 'service' | 'classify' | 'log' | 'begin' | 'decryptPersonal'>,
  { consuming: database }: DatabaseInternals,
): typeof nothingRuns {
  const { running, contextFor, definitions } = options
  const ways = waysToLog(options)
  const { ownDatabase: settings } = options
  const hasConsumers = (running.consumers ?? []).length > 0
  const ownPeers = settings && hasConsumers ? createPeers({ ...options, settings }) : undefined
  const runners = logNames.flatMap((reads) => {
    const consumers = (running.consumers ?? []).filter((one) => one.event.log === reads)
    if (consumers.length === 0) return []
    const consumed = consumers.map((one) => one.event)
    const reading = { reads, consumers, topics: topicsOf(consumed, definitions) }
    const { transport, ...source } = ways.way(reads)
    const peers = ownPeers ?? options.wakeUps
    return [
      runConsumers({
        ...common,
        ...reading,
        contextFor,
        database,
        transport,
        ...source,
        peers,
      }),
    ]
  })
  return {
    runners,
    async close() {
      await Promise.all([ways.close(), ownPeers?.close()])
    },
  }
}

/** How this service reads a log: beside its tables, from a broker, or through event-streaming-service. */
function waysToLog({ call, contextFor, transport, wakeUps, ownDatabase }: ConsumptionOptions) {
  const way = { call, context: () => contextFor(platformTenantId) }
  const opened: RemoteMoves[] = []
  const moves = (reads: LogName) => {
    if (!ownDatabase) return wakeUps
    const remote = followMoves(way, reads)
    opened.push(remote)
    return remote
  }
  return {
    way(reads: LogName): { readonly transport: Transport; readonly source?: LogSource } {
      const isCopied = reads === 'domain' && transport.openWriter !== undefined
      return {
        transport: isCopied ? transport : createPostgresTransport(moves(reads), reads),
        ...(ownDatabase && { source: createRemoteLogSource(way) }),
      }
    },
    async close() {
      await Promise.all(opened.map((one) => one.close()))
    },
  }
}

function figuresOf(
  watcher: Watcher | undefined,
  runners: readonly ConsumerRunner[],
): ServiceFigure[] {
  const figures: ServiceFigure[] = []
  if (watcher)
    figures.push({
      name: 'event_watch_current',
      unit: 'ratio',
      help: 'Whether the watches of the service have heard everything; 0 means that it asks',
      read: () => (watcher.isCurrent() ? 1 : 0),
    })
  if (runners.length > 0) figures.push(...consumerFigures(runners))
  return figures
}

function consumerFigures(runners: readonly ConsumerRunner[]): ServiceFigure[] {
  const most = (of: (runner: ConsumerRunner) => number) => Math.max(...runners.map(of))
  const sum = (of: (runner: ConsumerRunner) => number) =>
    runners.reduce((total, runner) => total + of(runner), 0)
  return [
    {
      name: 'event_consumer_behind',
      unit: 'positions',
      help: 'Positions between what can be read of the log and the slowest partition held by this process',
      read: () => most((runner) => runner.behind()),
    },
    {
      name: 'event_consumer_behind',
      unit: 'seconds',
      help: 'For how long the slowest partition held by this process has not reached the end of the log',
      read: () => most((runner) => runner.behindSeconds()),
    },
    {
      name: 'event_consumer_handled',
      unit: 'events',
      help: 'Events handled by this process since its start',
      read: () => sum((runner) => runner.handled()),
    },
    {
      name: 'event_consumer_parked',
      unit: 'keys',
      help: 'Keys whose first event failed, in the partitions held by this process',
      read: () => sum((runner) => runner.parked()),
    },
  ]
}

function feedFor(options: ConsumptionOptions): LogFeed {
  const { database, ownDatabase, wakeUps, call, contextFor, running } = options
  const types = (running.watches ?? []).map((one) => one.event.type)
  return database && !ownDatabase
    ? createDatabaseFeed({ source: createDatabaseLogSource(database.consuming), wakeUps, types })
    : followRemotely({ call, context: () => contextFor(platformTenantId), types })
}

/** The context of one event: its tenant's scope, its trace continued, its causes named. */
function createBegin({ definition, tracer, contextFor, log }: ConsumptionOptions): BeginEvent {
  const resources = new Map(definition.consumes.map((one) => [one.type, resourceOfKey(one)]))
  return (event) => {
    const parent = parseTraceparent(event.traceparent ?? undefined)
    const span = tracer.start(`${definition.name} ${event.type}`, 'consumer', parent, {
      'messaging.message.id': event.id,
    })
    span.belongTo(event.tenantId)
    const resource = resources.get(event.type)
    if (resource !== undefined) span.touch(resource, event.key)
    return {
      ctx: {
        ...contextFor(event.tenantId, span.trace),
        log: logOfWork(log, span.trace.traceId, event.tenantId),
        causationId: event.id,
        ...(event.correlationId !== null && { correlationId: event.correlationId }),
        replaying: event.replaying,
      },
      end: (outcome) => span.end(outcome === 'ok' || outcome === 'problem' ? outcome : 'error'),
    }
  }
}

const statementTimedOut = '57014'

/** A slow statement is the handler's own doing; a lock or a lost connection is not. */
function classify(error: unknown): FailureKind {
  if (error instanceof Problem) return 'problem'
  if (error instanceof TransportUnavailable) return 'unavailable'
  if (!(error instanceof Unavailable)) return 'error'
  const { cause } = error
  const isSlow = cause instanceof Error && 'code' in cause && cause.code === statementTimedOut
  return isSlow ? 'error' : 'unavailable'
}
