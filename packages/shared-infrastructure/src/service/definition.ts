import type {
  Context,
  Contract,
  EventContract,
  EventData,
  Input,
  Log,
  NamedOperation,
  Output,
  Statement,
} from '@prognetwork/contracts'
import type { KeyState } from '@prognetwork/environment-configuration'
import type { Consumer, Publication, Watch } from '@prognetwork/event-based-service-client'
import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import type { ClientOrigins } from '../client/client-origins.ts'
import type { Audit } from '../database/audit.ts'
import type { ConnectionSettings } from '../database/connections.ts'
import type { Database } from '../database/database.ts'
import type { PlatformDoor } from '../database/platform-door.ts'
import type { LogAccess } from '../events/log-access.ts'
import type { Call } from '../host/call.ts'
import type { Hearing } from '../host/consumption.ts'
import type { Edge } from '../host/edge.ts'
import type { JobDoor, WorkDeclaration } from '../jobs/submission.ts'
import type { Work } from '../jobs/work.ts'
import type { KeyRing } from '../key-ring/key-ring.ts'
import type { Storage } from '../storage/storage.ts'
import type { TelemetryBatch } from '../telemetry/collector.ts'
import type { ServiceFigure } from '../telemetry/metrics.ts'
import type { Observe } from '../telemetry/observe.ts'
import type { RealTime } from './time.ts'

/** A context whose operation accepts an Idempotency-Key. */
export interface IdempotentContext<Answer> extends Context {
  /**
   * The answer as a statement, to be committed with the effect. Without an Idempotency-Key on the
   * request it writes nothing, so a handler need not ask.
   */
  answer(output: Answer): Statement
  /**
   * The same for every request under one Idempotency-Key, as a UUID: for an effect that another
   * service has. Without a key each request has another. A request that was answered before, or one
   * that differs from it, goes no further than to ask for it.
   */
  effectId(): Promise<string>
}

type ContextFor<O extends NamedOperation> = O['shape'] extends { readonly idempotent: true }
  ? IdempotentContext<Output<O>>
  : Context

export type Handler<O extends NamedOperation> = (
  ctx: ContextFor<O>,
  input: Input<O>,
) => Promise<Output<O>> | Output<O>

export type Handlers<C extends Contract> = {
  readonly [Name in keyof C['operations']]: Handler<C['operations'][Name]>
}

/** A recurring job of one service; see `every`. */
export interface RecurringJob {
  readonly intervalMs: number
  readonly name: string
  readonly run: (job: JobContext) => Promise<void>
}

/** A row of some tenant, as a platform door reads it. */
interface TenantRow {
  readonly tenantId: string
  /** Stands in the log when the work for the row failed. */
  readonly id?: string
}

export interface JobContext {
  /** The service itself in the platform's tenant. */
  readonly ctx: Context
  /** The same work for one tenant. */
  forTenant(tenantId: string): Context
  /** The work for rows of many tenants; one that fails is logged and holds up no other. */
  forEach<Row extends TenantRow>(
    rows: Iterable<Row>,
    work: (ctx: Context, row: Row) => Promise<void>,
  ): Promise<void>
  readonly log: Log
}

/**
 * A job that one process at a time runs, once per interval, on a lease row of its service.
 * `interval` is a number with a unit: `30s`, `1m`, `6h`.
 */
export function every(
  interval: `${number}${'s' | 'm' | 'h'}`,
  name: string,
  run: RecurringJob['run'],
): RecurringJob {
  const unitMs = { s: 1_000, m: 60_000, h: 3_600_000 }[interval.slice(-1) as 's' | 'm' | 'h']
  return { intervalMs: Number(interval.slice(0, -1)) * unitMs, name, run }
}

/** Writes events into the outbox, as statements of the business transaction. */
export interface EventPublisher {
  put<E extends EventContract>(
    ctx: Context,
    event: E,
    data: EventData<E>,
    options?: { readonly aggregateVersion?: number },
  ): Promise<Statement>
  /** Many events of one type in one statement, in the order of the list. */
  putAll<E extends EventContract>(
    ctx: Context,
    event: E,
    list: readonly { readonly data: EventData<E>; readonly aggregateVersion?: number }[],
  ): Promise<Statement>
  /** Events of one tenant, whatever they are, in one statement and in the order of the list. */
  putEach<const List extends readonly EventContract[]>(
    list: {
      readonly [At in keyof List]: Publication<List[At]>
    },
  ): Promise<Statement>
}

/** One column that holds personal data, or a statement that a table has none. */
export interface PersonalData {
  readonly table: string
  readonly columns: readonly string[] | 'none'
  /** The column with the person's id. */
  readonly subject?: string
  readonly rule?: 'erase' | 'anonymise' | { readonly keep: string }
}

/** What a service declares about its tables; the isolation proof knows exactly these exceptions. */
interface DatabaseDeclaration {
  readonly migrations: URL
  /** Roles of the server that the service logs in as besides its own, such as event_writer. */
  readonly extraRoles?: readonly string[]
  /**
   * A queue with a role and a schema of its own, both of this name, past any pooler. Its tables know
   * no tenants, so nothing of one may stand in them but ids.
   */
  readonly queue?: {
    readonly role: string
    /** Brings the schema up to date, as that role does with `run`; part of every migration. */
    install(settings: ConnectionSettings, run: (text: string) => Promise<unknown>): Promise<void>
  }
  /** Tables without a tenant. */
  readonly tenantless?: readonly string[]
  /** Tables whose primary key does not start with the tenant, because they are looked up without. */
  readonly otherKeys?: readonly string[]
  /** Policies that show one role every tenant's rows, each with its reason. */
  readonly everyTenant?: readonly {
    table: string
    role: 'lookup' | 'platform' | 'event_writer'
    reason: string
  }[]
  /** Definer functions that find one row before a tenant is known. */
  readonly lookups?: readonly string[]
  readonly personalData: readonly PersonalData[]
}

/** Ids by the resource they are ids of, the word in `id('product')`. */
type Resources = Readonly<Record<string, string | readonly string[]>>

/** The tenant's owner at work in the tenant; fits every handler, idempotent ones too. */
export interface FixtureContext extends IdempotentContext<unknown> {}

/** What a fixture makes its resources of. */
export interface Seed {
  /**
   * Unlike every other text of the platform: a letter, then at most 19 lower-case letters, digits
   * and hyphens. It goes into every free text, so that it is recognised where it should not be.
   */
  readonly marker: string
  /** What there is for the tenant by now: its own ids, and what services made that are needed. */
  readonly made: Readonly<Record<string, readonly string[]>>
}

/**
 * Makes one of each resource whose id the contract takes, for one tenant and by the service's own
 * rules, and answers their ids. The isolation proof aims them at the service for another tenant.
 */
export type Fixture = (ctx: FixtureContext, seed: Seed) => Promise<Resources>

/** Everything a service may use; nothing else is reachable. */
export interface Parts<Config> {
  /** As it was at the start; keys marked reloadable may change later. */
  readonly config: Config
  /** Told the whole configuration, validated, whenever reloadable keys of it took new values. */
  onReconfigured(listener: (config: Config) => void): void
  readonly db: Database
  /** Cross-tenant work; each use by a person is audited with its reason. */
  readonly platform: PlatformDoor
  readonly events: EventPublisher
  readonly audit: Audit
  readonly call: Call
  /** Tracked jobs of the service's own. */
  readonly jobs: JobDoor
  /** Files of tenants. */
  readonly storage: Storage
  /** Whether what the watches keep can be believed. */
  readonly hearing: Hearing
  readonly keyRing: KeyRing
  /** Where people reach the platform; links in mails start with it. No slash at the end. */
  readonly publicUrl: string
  /** Where people reach each web client. */
  readonly clientOrigins: ClientOrigins
  /** Every key of the configuration that this process has read, as it is now; no secrets. */
  readonly configurationKeys: () => readonly KeyState[]
  readonly log: Log
  readonly observe: Observe
  readonly realTime: RealTime
  /** For the service that owns the log of events; absent for every other. */
  readonly logAccess?: LogAccess
  /** How the role of the queue connects, for the service that declares one. */
  readonly queue?: ConnectionSettings
}

export interface Running<C extends Contract = Contract> {
  readonly handlers: Handlers<C>
  /** Together with `watches` exactly what the definition lists under `consumes`. */
  readonly consumers?: readonly Consumer[]
  readonly watches?: readonly Watch[]
  readonly jobs?: readonly RecurringJob[]
  /** Exactly the kinds that the definition lists under `work`. */
  readonly work?: readonly Work[]
  /** Figures of the moment, read when metrics are. */
  readonly figures?: readonly ServiceFigure[]
  /** For the service that keeps telemetry: takes what this process collected, without a call. */
  keepTelemetry?(ctx: Context, batch: TelemetryBatch): Promise<void>
  /** Runs once everything listens; answers sentences that the operator must read. */
  ready?(ctx: Context): Promise<readonly string[]>
  /** Needed as soon as an operation takes a typed id; the isolation proof fails without. */
  readonly fixture?: Fixture
  /** Runs when the process begins to stop: whatever it holds open must end, or stopping waits. */
  drain?(): void
  close?(): Promise<void>
}

/**
 * A service as a value. The static half is readable without starting anything: routes, OpenAPI,
 * the configuration reference and the README's tables are derived from it.
 */
export interface ServiceDefinition<
  C extends Contract = Contract,
  Config extends z.ZodObject = z.ZodObject,
> {
  readonly name: string
  readonly port: number
  readonly summary: string
  readonly config: Config
  readonly contract: C
  readonly publishes: readonly EventContract[]
  readonly consumes: readonly EventContract[]
  readonly work?: WorkDeclaration
  /** Start order in mode all; never a condition of readiness. */
  readonly needs: readonly string[]
  readonly database?: DatabaseDeclaration
  start(parts: Parts<z.output<Config>>): Running<C> | Promise<Running<C>>
}

/** A service of the public zone: it listens in every mode and may mount routes of its own. */
export interface EdgeDefinition<
  C extends Contract = Contract,
  Config extends z.ZodObject = z.ZodObject,
> extends Omit<ServiceDefinition<C, Config>, 'start'> {
  readonly zone: 'public'
  start(
    parts: Parts<z.output<Config>> & { readonly edge: Edge },
  ): RunningEdge<C> | Promise<RunningEdge<C>>
}

export interface RunningEdge<C extends Contract = Contract> extends Running<C> {
  mount(app: FastifyInstance): void
}

export type AnyDefinition = ServiceDefinition | EdgeDefinition

export function isEdge(definition: AnyDefinition): definition is EdgeDefinition {
  return 'zone' in definition
}

export function defineService<C extends Contract, Config extends z.ZodObject>(
  definition: ServiceDefinition<C, Config>,
): ServiceDefinition {
  return Object.freeze(definition) as unknown as ServiceDefinition
}

export function defineEdge<C extends Contract, Config extends z.ZodObject>(
  definition: EdgeDefinition<C, Config>,
): EdgeDefinition {
  return Object.freeze(definition) as unknown as EdgeDefinition
}
