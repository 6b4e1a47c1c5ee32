import { randomUUID } from 'node:crypto'
import { connectDirectly, serviceConnections } from '@prognetwork/shared-infrastructure/host'
import { proveRows, proveSchemas } from '@prognetwork/shared-infrastructure/isolation'
import { createTestDatabase, startCluster, type TestCluster } from '@prognetwork/testing'
import type pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { services } from '../../../platform.ts'

// A role that bypasses security is planted here, and roles belong to a whole server: so this file
// has a server of its own.
let cluster: TestCluster
let stopCluster: () => Promise<void>
let admin: pg.Client
let drop: () => Promise<void>
let connect: (service: string) => Promise<pg.Client>

beforeAll(async () => {
  const started = await startCluster()
  cluster = started.cluster
  stopCluster = started.stop
})
afterAll(() => stopCluster?.())

beforeEach(async () => {
  const database = await createTestDatabase(cluster)
  const settings = { ...cluster.admin, database: database.name }
  admin = await connectDirectly(settings)
  drop = database.drop
  const connections = serviceConnections(settings, cluster.passwords)
  connect = (service) => connectDirectly(connections(service).service)
})
afterEach(async () => {
  await admin.end()
  await drop()
})

const leaksOf = async () => (await proveSchemas(admin, services)).leaks

describe('the laws of the schema', () => {
  test('hold for every table of every service', async () => {
    const { leaks, tables } = await proveSchemas(admin, services)
    expect(leaks).toEqual([])
    expect(tables).toBeGreaterThan(20)
  })

  const planted: readonly [string, string, string][] = [
    [
      'a table without a policy',
      'create table user_service.leak (tenant_id uuid not null, id int, primary key (tenant_id, id)); alter table user_service.leak enable row level security; alter table user_service.leak force row level security',
      'has no policy for its tenant with USING and WITH CHECK',
    ],
    [
      'a table without row-level security',
      'create table user_service.leak (tenant_id uuid not null, id int, primary key (tenant_id, id))',
      'has row-level security switched off',
    ],
    [
      'a policy without FORCE',
      'alter table user_service.account no force row level security',
      'does not force row-level security on its owner',
    ],
    [
      'a policy without WITH CHECK on the tenant',
      'drop policy tenant on user_service.account; create policy tenant on user_service.account using (true)',
      'has no policy for its tenant with USING and WITH CHECK',
    ],
    [
      'an undeclared using (true)',
      'create policy everything on user_service.account for select to user_service using (true)',
      "policy everything shows every tenant's rows to user_service, which is not declared",
    ],
    [
      'a grant on a partition',
      `create table user_service.split (tenant_id uuid not null, id int, primary key (tenant_id, id)) partition by list (tenant_id);
       create table user_service.split_default partition of user_service.split default;
       grant select on user_service.split_default to user_service`,
      'is a partition that user_service can read directly',
    ],
    [
      'a table open to everybody',
      'grant select on user_service.account to public',
      'is open to public',
    ],
    [
      "a table open to another service's role",
      'grant select on user_service.account to tenant_service',
      'is open to tenant_service',
    ],
    [
      'a function that runs as its owner and is not declared',
      "create function user_service.peek() returns bigint language sql security definer set search_path = user_service as 'select count(*) from account'",
      'runs as its owner and is not declared',
    ],
    [
      'a tenant id that may be null',
      'create table user_service.leak (tenant_id uuid, id int primary key)',
      'has no tenant_id that is a non-null uuid',
    ],
  ]
  test.each(planted)('find %s', async (_, plant, found) => {
    await admin.query(plant)
    expect((await leaksOf()).map((leak) => leak.what)).toContain(found)
  })

  test('find a role that bypasses row-level security', async () => {
    await admin.query('alter role user_service bypassrls')
    try {
      expect(await leaksOf()).toContainEqual({
        where: 'role user_service',
        what: 'bypasses row-level security',
      })
    } finally {
      await admin.query('alter role user_service nobypassrls')
    }
  })

  test('find a role that may become another', async () => {
    await admin.query('grant user_service_platform to user_service')
    try {
      expect((await leaksOf()).map((leak) => leak.what)).toContain(
        'may become user_service_platform',
      )
    } finally {
      await admin.query('revoke user_service_platform from user_service')
    }
  })
})

describe('crossing from one tenant to another', () => {
  const tenants = { mine: randomUUID(), theirs: randomUUID() }
  const plantRow = () =>
    admin.query(
      `insert into user_service.account (tenant_id, id, email, display_name, locale, created_at, updated_at)
       values ($1, $2, 'a@example.com', 'A', 'en', now(), now())`,
      [tenants.theirs, randomUUID()],
    )

  test('reaches no row by reading, changing, deleting or taking over', async () => {
    await plantRow()
    const proof = await proveRows(admin, services, tenants, connect)
    expect(proof.leaks).toEqual([])
    expect(proof.tried).toContain('user_service.account')
  })

  test('is found where a policy lets it through', async () => {
    await plantRow()
    await admin.query(
      'create policy open on user_service.account for select to user_service using (true)',
    )
    const { leaks } = await proveRows(admin, services, tenants, connect)
    expect(leaks).toContainEqual({
      where: 'user_service.account',
      what: 'can be read under another tenant',
    })
  })
})
