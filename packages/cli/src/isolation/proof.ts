// The whole proof, on a database that is thrown away: laws of the schema, rows, routes.
import { randomBytes } from 'node:crypto'
import {
  type AnyDefinition,
  type ConnectionSettings,
  connectDirectly,
  createKeyRing,
  createRealTime,
  localClientOrigins,
  openTemporaryFolder,
  prepareDatabase,
  type RolePasswords,
  type RunningPlatform,
  roleConnections,
  serviceConnections,
  startPlatform,
} from '@prognetwork/shared-infrastructure/host'
import {
  createRowReader,
  declaredExceptions,
  type Leak,
  proveRoutes,
  proveRows,
  proveSchemas,
  type RouteProof,
  type TriedTenant,
} from '@prognetwork/shared-infrastructure/isolation'
import { createLog, createSpanRing } from '@prognetwork/shared-infrastructure/telemetry'
import type pg from 'pg'
import { createPeople } from './people.ts'
import { openTenant } from './tenants.ts'

/** A database without content, and the superuser of its server. */
export interface ScratchDatabase {
  readonly settings: ConnectionSettings
  readonly passwords: RolePasswords
}

export interface IsolationProof {
  /** Nothing was found. */
  readonly holds: boolean
  readonly findings: readonly Leak[]
  readonly schema: { readonly tables: number; readonly policies: number }
  readonly rows: {
    /** Tables in which a tenant had rows that the other tried to reach. */
    readonly tried: readonly string[]
    /** Tables that stayed empty: the laws of the schema alone speak for them. */
    readonly empty: readonly string[]
  }
  readonly routes: Omit<RouteProof, 'leaks'>
  /** What definitions allow on purpose: a role that sees every tenant's rows of one table. */
  readonly exceptions: ReturnType<typeof declaredExceptions>
  /** Log lines about bugs that the attempts came upon. */
  readonly bugs: readonly string[]
}

/** No limits in the way, and nothing asked of anybody outside: nobody answers at that port. */
const configuration: Readonly<Record<string, object>> = {
  'api-gateway': {
    defaultPerMinute: '1000000',
    credentialPerMinute: '1000000',
    bulkPerMinute: '1000000',
  },
  'tenant-service': { dnsServers: '127.0.0.1:1' },
}

/** `definitions` include the gateway, user-service and tenant-service: tenants come from them. */
export async function proveIsolation(
  definitions: readonly AnyDefinition[],
  scratch: ScratchDatabase,
): Promise<IsolationProof> {
  await prepareDatabase(scratch.settings, definitions, scratch.passwords)
  const bugs: string[] = []
  const files = await openTemporaryFolder()
  const platform = await startScratchPlatform(definitions, scratch, files.path, bugs)
  const admin = await connectDirectly(scratch.settings)
  try {
    const { mine, theirs } = await openTenants(platform)
    const reader = await createRowReader(admin, definitions)
    for (const one of [mine, theirs]) await reader.settle(one.tenantId, [])

    const schema = await proveSchemas(admin, definitions)
    const rows = await proveRowsBothWays(admin, definitions, scratch, [mine, theirs])
    const { leaks, ...routes } = await proveRoutes({ admin, definitions, mine, theirs })
    const findings = [...schema.leaks, ...rows.leaks, ...leaks]
    return {
      holds: findings.length === 0,
      findings,
      schema: { tables: schema.tables, policies: schema.policies },
      rows: { tried: rows.tried, empty: rows.empty },
      routes,
      exceptions: declaredExceptions(definitions),
      bugs,
    }
  } finally {
    await admin.end()
    await platform.stop()
    await files.remove()
  }
}

function startScratchPlatform(
  definitions: readonly AnyDefinition[],
  { settings, passwords }: ScratchDatabase,
  filesDirectory: string,
  bugs: string[],
): Promise<RunningPlatform> {
  return startPlatform({
    definitions,
    configuration: new Map(
      definitions.map(({ name, config }) => [name, config.parse(configuration[name] ?? {})]),
    ),
    connections: serviceConnections(settings, passwords),
    direct: roleConnections(settings, passwords),
    preparedStatements: true,
    filesDirectory,
    keyRing: createKeyRing([{ id: 'proof', key: randomBytes(32) }]),
    log: (service) =>
      createLog({ service, level: 'error', destination: { write: (line) => bugs.push(line) } }),
    spans: createSpanRing(100),
    realTime: createRealTime(() => Date.now()),
    recurringJobs: false,
    publicUrl: 'http://localhost:8000',
    clientOrigins: localClientOrigins,
    host: '127.0.0.1',
    port: () => 0,
  })
}

async function openTenants(
  platform: RunningPlatform,
): Promise<{ mine: TriedTenant; theirs: TriedTenant }> {
  const address = platform.addresses.get('api-gateway')
  if (!address) throw new Error('the gateway does not listen')
  const origin = `http://${address.host}:${address.port}`
  const people = await createPeople(origin, platform.notices)
  const parts = { people, origin, backstage: platform.backstage }
  const theirs = await openTenant(parts)
  return { theirs, mine: await openTenant(parts, theirs.tenantId) }
}

async function proveRowsBothWays(
  admin: pg.ClientBase,
  definitions: readonly AnyDefinition[],
  { settings, passwords }: ScratchDatabase,
  [one, other]: readonly [TriedTenant, TriedTenant],
) {
  const connections = serviceConnections(settings, passwords)
  const connect = (service: string) => connectDirectly(connections(service).service)
  const ways = [
    { mine: one.tenantId, theirs: other.tenantId },
    { mine: other.tenantId, theirs: one.tenantId },
  ]
  const proofs = []
  for (const way of ways) proofs.push(await proveRows(admin, definitions, way, connect))
  const tried = new Set(proofs.flatMap((proof) => proof.tried))
  const empty = new Set(proofs.flatMap((proof) => proof.empty))
  return {
    leaks: proofs.flatMap((proof) => proof.leaks),
    tried: [...tried],
    empty: [...empty].filter((table) => !tried.has(table)),
  }
}
