// A platform of three services on a database of its own: one publishes, one consumes, and the
// event-streaming service is between them.
import { randomBytes, randomUUID } from 'node:crypto'
import {
  type CallInput,
  type Context,
  contract,
  type EventContract,
  event,
  id,
  type NamedOperation,
  type Output,
  personal,
} from '@prognetwork/contracts'
import {
  type Consumer,
  type TransportSettings,
  type Watch,
  watch,
} from '@prognetwork/event-based-service-client'
import { defineEdge, defineService, type Parts } from '@prognetwork/shared-infrastructure'
import {
  type AnyDefinition,
  type ConnectionSettings,
  connectDirectly,
  createKeyRing,
  createRealTime,
  localClientOrigins,
  openTemporaryFolder,
  type PlatformOptions,
  passwordRoles,
  prepareDatabase,
  roleConnections,
  serviceConnections,
  startPlatform,
} from '@prognetwork/shared-infrastructure/host'
import { createLog, createSpanRing } from '@prognetwork/shared-infrastructure/telemetry'
import { createTestDatabase, type TestCluster } from '@prognetwork/testing'
import { z } from 'zod'
import eventStreamingService from '../src/service.ts'

export const thingMade = event(
  'thing.made',
  1,
  z.object({ thingId: id('thing'), version: z.int() }),
  { key: 'thingId', example: { thingId: '01938d5e-7c1a-7b32-9f60-0c5b1a2d3e4f', version: 1 } },
)
export const thingGiven = event(
  'thing.given',
  1,
  z.object({
    thingId: id('thing'),
    ownerId: id('owner'),
    ownerName: personal(z.string(), 'ownerId'),
  }),
  {
    key: 'thingId',
    example: {
      thingId: '01938d5e-7c1a-7b32-9f60-0c5b1a2d3e4f',
      ownerId: '01938d5e-7c1a-7b32-9f60-0c5b1a2d3e50',
      ownerName: 'Ada',
    },
  },
)
export const thingNoted = event(
  'thing.noted',
  1,
  z.object({ thingId: id('thing'), text: z.string() }),
  { key: 'thingId', example: { thingId: '01938d5e-7c1a-7b32-9f60-0c5b1a2d3e4f', text: 'heavy' } },
)
/** What the taker publishes. */
export const thingShelved = event('thing.shelved', 1, z.object({ thingId: id('thing') }), {
  key: 'thingId',
  example: { thingId: '01938d5e-7c1a-7b32-9f60-0c5b1a2d3e4f' },
})
const thingLost = event('thing.lost', 1, z.object({ thingId: id('thing') }), {
  key: 'thingId',
  example: { thingId: '01938d5e-7c1a-7b32-9f60-0c5b1a2d3e4f' },
})

type Separation = NonNullable<PlatformOptions['separation']>
type AnyParts = Parts<Record<string, never>>

/** What a test puts into one process of the platform. */
export interface ProcessOptions {
  /** One of several processes: which services run in it, and where the others are. */
  readonly separation?: Separation
  readonly ports?: ReadonlyMap<string, number>
  readonly consumers?: (parts: AnyParts) => readonly Consumer[]
  readonly watches?: (parts: AnyParts) => readonly Watch[]
  /** What the maker publishes, when it is not the events above. */
  readonly publishes?: readonly EventContract[]
  /** What the taker consumes, when it is more than `thing.made`. */
  readonly consumes?: readonly EventContract[]
  /** Watches of a service without a database. */
  readonly farWatches?: (parts: AnyParts) => readonly Watch[]
  /** Keys of a service that differ from their defaults. */
  readonly configuration?: Readonly<Record<string, object>>
  /** False: this process moves nothing. */
  readonly writes?: boolean
  readonly transport?: TransportSettings
}

export interface EventProcess {
  readonly maker: AnyParts
  readonly taker: AnyParts
  /** The service without a database, where one was asked for. */
  readonly far: AnyParts | undefined
  readonly logLines: readonly string[]
  /** What somebody in a tenant asks for who has these permissions. */
  ask<O extends NamedOperation>(
    who: {
      readonly tenantId: string
      readonly permissions: readonly string[]
      /** The service that calls, when it is not the gateway. */
      readonly caller?: string
    },
    operation: O,
    input: CallInput<O>,
  ): Promise<Output<O>>
  /** The service itself in one tenant. */
  context(tenantId: string): Context
  /** One event of one thing, in a transaction of its own. */
  make(tenantId: string, thingId: string, version: number): Promise<void>
  stop(): Promise<void>
}

/** Processes on a database that is prepared for them. */
export interface EventProcesses {
  readonly settings: ConnectionSettings
  readonly definitions: readonly AnyDefinition[]
  readonly passwords: Readonly<Record<string, string>>
  readonly as: (role: string) => ConnectionSettings
  start(options?: ProcessOptions): Promise<EventProcess>
  stop(): Promise<void>
}

export interface EventPlatform extends EventProcesses {
  readonly sql: Awaited<ReturnType<typeof connectDirectly>>
}

function definitionsOf(options: ProcessOptions, captured: Map<string, AnyParts>): AnyDefinition[] {
  const sample = {
    port: 0,
    summary: 'A service of a test',
    config: z.object({}),
    needs: [],
  }
  const maker = defineService({
    ...sample,
    name: 'maker-service',
    contract: contract('maker-service', {}),
    publishes: options.publishes ?? [thingMade, thingGiven, thingNoted, thingLost],
    consumes: [],
    database: {
      migrations: new URL('./maker-migrations/', import.meta.url),
      personalData: [{ table: 'thing', columns: 'none' }],
    },
    start(parts) {
      captured.set('maker', parts)
      return { handlers: {} }
    },
  })
  const isIdle = !options.consumers && !options.watches
  const taker = defineService({
    ...sample,
    name: 'taker-service',
    contract: contract('taker-service', {}),
    publishes: [thingShelved],
    consumes: options.consumes ?? [thingMade],
    database: {
      migrations: new URL('./taker-migrations/', import.meta.url),
      personalData: ['taking', 'shelf', 'letter'].map((table) => ({ table, columns: 'none' })),
    },
    start(parts) {
      captured.set('taker', parts)
      const nothing = [watch(thingMade, () => {}, { snapshot: () => {} })]
      return {
        handlers: {},
        consumers: options.consumers?.(parts) ?? [],
        watches: options.watches?.(parts) ?? (isIdle ? nothing : []),
      }
    },
  })
  const far = defineEdge({
    ...sample,
    // Who may follow from afar is listed by name.
    name: 'api-gateway',
    zone: 'public',
    contract: contract('api-gateway', {}),
    publishes: [],
    consumes: [thingMade],
    start(parts) {
      captured.set('far', parts)
      const nothing = [watch(thingMade, () => {}, { snapshot: () => {} })]
      return { handlers: {}, watches: options.farWatches?.(parts) ?? nothing, mount: () => {} }
    },
  })
  return [
    ...(options.writes === false ? [] : [eventStreamingService]),
    ...[maker, taker],
    ...(options.farWatches ? [far] : []),
  ]
}

/** Also for a process beside the one that prepared the database. */
export function eventProcesses(
  settings: ConnectionSettings,
  passwords: Readonly<Record<string, string>>,
  keyRing = createKeyRing([{ id: 'test', key: randomBytes(32) }]),
): EventProcesses {
  const as = roleConnections(settings, passwords)
  const processes = new Set<EventProcess>()

  return {
    settings,
    as,
    passwords,
    definitions: definitionsOf({}, new Map()),
    async start(options = {}) {
      const captured = new Map<string, AnyParts>()
      const logLines: string[] = []
      const definitions = definitionsOf(options, captured)
      const files = await openTemporaryFolder()
      const platform = await startPlatform({
        definitions,
        ...(options.separation && { separation: options.separation }),
        configuration: new Map(
          definitions.map(({ name, config }) => [
            name,
            config.parse(options.configuration?.[name] ?? {}),
          ]),
        ),
        ...(options.transport && { transport: options.transport }),
        connections: serviceConnections(settings, passwords),
        direct: as,
        preparedStatements: true,
        filesDirectory: files.path,
        keyRing,
        log: (service) =>
          createLog({
            service,
            level: 'debug',
            destination: { write: (line) => logLines.push(line) },
          }),
        spans: createSpanRing(100),
        realTime: createRealTime(() => Date.now()),
        clientOrigins: localClientOrigins,
        publicUrl: 'http://localhost:8000',
        host: '127.0.0.1',
        port: ({ name }) => options.ports?.get(name) ?? 0,
      })
      const present = (name: string): AnyParts => {
        const parts = captured.get(name)
        if (!parts) throw new Error(`the ${name} does not run in this process`)
        return parts
      }
      const [any] = captured.values()
      if (!any) throw new Error('the services have not started')
      const context = contextOf(any)
      const one: EventProcess = {
        get maker() {
          return present('maker')
        },
        get taker() {
          return present('taker')
        },
        ...{ logLines, context },
        far: captured.get('far'),
        async ask({ tenantId, permissions, caller = 'api-gateway' }, operation, input) {
          const principal = {
            ...({ kind: 'user', subject: 'somebody', roles: [], tenantId } as const),
            permissions: new Set(permissions),
          }
          const { callAs } = platform.backstage
          return (await callAs(caller, principal, operation, input)) as never
        },
        async make(tenantId, thingId, version) {
          const ctx = context(tenantId)
          const data = { thingId, version }
          const options = { aggregateVersion: version }
          const { db, events } = present('maker')
          await db.batch(ctx, [await events.put(ctx, thingMade, data, options)])
        },
        async stop() {
          processes.delete(one)
          await platform.stop()
          await files.remove()
        },
      }
      processes.add(one)
      return one
    },
    async stop() {
      await Promise.all([...processes].map((one) => one.stop()))
    },
  }
}

/** The services of these tests, and a password for each of their roles. */
export function eventServices(): {
  readonly definitions: readonly AnyDefinition[]
  readonly passwords: Readonly<Record<string, string>>
} {
  const definitions = definitionsOf({}, new Map())
  const roles = passwordRoles(definitions)
  return { definitions, passwords: Object.fromEntries(roles.map((role) => [role, `t-${role}`])) }
}

export async function startEventPlatform(cluster: TestCluster): Promise<EventPlatform> {
  const database = await createTestDatabase(cluster)
  const settings = { ...cluster.admin, database: database.name }
  const { definitions: all, ...own } = eventServices()
  const passwords = { ...own.passwords, ...cluster.passwords }
  await prepareDatabase(settings, all, passwords)
  const sql = await connectDirectly(settings)
  const processes = eventProcesses(settings, passwords)
  return {
    ...processes,
    sql,
    async stop() {
      await processes.stop()
      await sql.end()
      await database.drop()
    },
  }
}

/** Contexts are the host's to make; the platform door hands one out per tenant. */
function contextOf(parts: AnyParts): (tenantId: string) => Context {
  return (tenantId) =>
    ({
      principal: {
        kind: 'service',
        subject: 'maker-service',
        tenantId,
        permissions: new Set(),
        roles: [],
      },
      scope: { tenantId },
      now: parts.realTime.now(),
      trace: {
        traceId: randomBytes(16).toString('hex'),
        spanId: randomBytes(8).toString('hex'),
        sampled: true,
      },
      log: parts.log,
    }) as unknown as Context
}

/** Resolves when `check` answers something true; throws with its last answer after a while. */
export async function eventually<T>(
  check: () => Promise<T> | T,
  timeoutMs = 10_000,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const answer = await check()
    if (answer) return answer
    if (performance.now() > deadline) throw new Error('it did not happen in time')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

export const newTenant = (): string => randomUUID()
