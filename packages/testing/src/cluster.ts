import { randomBytes } from 'node:crypto'
import { environment } from '@prognetwork/environment-configuration'
import {
  type ConnectionSettings,
  connectDirectly,
  parseDatabaseUrl,
  passwordRoles,
  prepareDatabase,
  type RolePasswords,
  schemaOf,
} from '@prognetwork/shared-infrastructure/host'
import { startTemporaryPostgres } from '@prognetwork/shared-infrastructure/postgres'
import { services } from '../../../platform.ts'
import { startSystemPostgres } from './system-servers.ts'

/** Which PostgreSQL a test runs on: the one that comes along, or the system's. */
export type TestServer = 'embedded' | 'system'

/** A PostgreSQL server for tests, with a template database that holds every service's schema. */
export interface TestCluster {
  readonly server: TestServer
  /** A superuser of the server. */
  readonly admin: ConnectionSettings
  readonly passwords: RolePasswords
  readonly template: string
}

/**
 * Starts a server that forgets everything when it stops, and migrates the template once.
 * `TEST_DATABASE_URL` names a server to use instead, such as another version of PostgreSQL.
 */
export async function startCluster(
  kind: TestServer = 'embedded',
): Promise<{ cluster: TestCluster; stop(): Promise<void> }> {
  const given = kind === 'embedded' ? environment.TEST_DATABASE_URL : undefined
  const startServer = kind === 'system' ? startSystemPostgres : startTemporaryPostgres
  const server = given
    ? { connection: parseDatabaseUrl(given), stop: async () => {} }
    : await startServer()
  const admin = server.connection
  const template = `template_${randomBytes(6).toString('hex')}`
  const passwords = Object.fromEntries(
    passwordRoles(services).map((role) => [role, `test-${role}`]),
  )
  await execute(admin, `create database ${template}`)
  await prepareDatabase({ ...admin, database: template }, services, passwords)
  await execute({ ...admin, database: template }, everyEvent())
  return {
    cluster: { server: kind, admin, passwords, template },
    async stop() {
      if (given) await execute(admin, `drop database if exists ${template} with (force)`)
      await server.stop()
    },
  }
}

/** A database of its own for one test file: a copy of the template, dropped at the end. */
export async function createTestDatabase(
  cluster: TestCluster,
): Promise<{ name: string; drop(): Promise<void> }> {
  const name = `test_${randomBytes(6).toString('hex')}`
  // By way of the log of a server that writes nothing for good, a copy takes five times as long.
  const copy = `create database ${name} template ${cluster.template} strategy file_copy`
  await execute(cluster.admin, copy)
  return {
    name,
    drop: () => execute(cluster.admin, `drop database if exists ${name} with (force)`),
  }
}

/**
 * A view for tests: every event, in the log or still on its way there. The log's come first, then
 * those of each outbox in the order in which they were written.
 */
function everyEvent(): string {
  const columns = 'tenant_id, id, type, key, aggregate_version, data, traceparent'
  const outboxes = services
    .filter((one) => one.database)
    .map((one) => `select ${2 ** 52} + seq as seq, ${columns} from ${schemaOf(one.name)}.outbox`)
  const logs = ['domain_log', 'volatile_log'].map(
    (log) => `select position as seq, ${columns} from event_streaming_service.${log}`,
  )
  return `create view public.every_event as ${[...logs, ...outboxes].join(' union all ')}`
}

async function execute(settings: ConnectionSettings, text: string): Promise<void> {
  const client = await connectDirectly(settings)
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}
