import { randomBytes } from 'node:crypto'
import { createTestDatabase } from '@prognetwork/testing'
import type pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { bootstrapDatabase } from './bootstrap.ts'
import { type ConnectionSettings, connectDirectly } from './connections.ts'
import { type Migration, migrate, readMigrations } from './migrations.ts'
import { rolesOf } from './ownership.ts'

let settings: ConnectionSettings
let admin: pg.Client
let drop: () => Promise<void>
let kernel: Migration[]
let service: string

const table: Migration = {
  name: '0001_create_things.sql',
  sql: `create table thing (tenant_id uuid not null default current_tenant(), id int not null,
          primary key (tenant_id, id));
        select protect('thing');`,
}

beforeAll(async () => {
  const cluster = inject('cluster')
  const clone = await createTestDatabase(cluster)
  drop = clone.drop
  settings = { ...cluster.admin, database: clone.name }
  admin = await connectDirectly(settings)
  kernel = await readMigrations(undefined)
})
afterAll(async () => {
  await admin?.end()
  await drop?.()
})
beforeEach(async () => {
  service = `sample-${randomBytes(4).toString('hex')}-service`
  const { service: running, platform } = rolesOf(service)
  const { passwords } = inject('cluster')
  await bootstrapDatabase(admin, [service], {
    [running]: 'a',
    [platform]: 'b',
    event_writer: passwords.event_writer ?? '',
  })
})

const schema = () => rolesOf(service).service

test('starters that race apply every file once', async () => {
  const clients = await Promise.all([1, 2, 3, 4].map(() => connectDirectly(settings)))
  const outcomes = await Promise.all(
    clients.map((client) => migrate(client, service, [...kernel, table])),
  )
  await Promise.all(clients.map((client) => client.end()))
  const applied = outcomes.map((one) => one.applied.length).sort()
  expect(applied).toEqual([0, 0, 0, kernel.length + 1])
})

test('a file that was edited after it ran is refused', async () => {
  await migrate(admin, service, [...kernel, table])
  const edited = { ...table, sql: `${table.sql} -- and more` }
  await expect(migrate(admin, service, [...kernel, edited])).rejects.toThrow(
    '0001_create_things.sql was changed after it ran',
  )
})

test('a file that fails leaves nothing of itself and is tried again', async () => {
  const broken = { name: '0002_break.sql', sql: 'create table half (a int); select 1 / 0;' }
  await expect(migrate(admin, service, [...kernel, table, broken])).rejects.toThrow(
    '0002_break.sql failed: division by zero',
  )
  const mended = { ...broken, sql: 'create table half (a int);' }
  const { applied } = await migrate(admin, service, [...kernel, table, mended])
  expect(applied).toEqual(['0002_break.sql'])
})

test('older code does not start on what newer code changed in a breaking way', async () => {
  const later = { name: '0002_add.sql', sql: 'create table extra (a int);' }
  const breaking = { name: '0003_cut.sql', sql: '-- migration: breaking\ndrop table extra;' }
  await migrate(admin, service, [...kernel, table, later])
  await expect(migrate(admin, service, [...kernel, table])).resolves.toMatchObject({ applied: [] })
  await migrate(admin, service, [...kernel, table, later, breaking])
  await expect(migrate(admin, service, [...kernel, table])).rejects.toThrow('a newer version')
})

test('a backfill sees every tenant only under its marker, and forced security is back after it', async () => {
  await migrate(admin, service, [...kernel, table])
  await admin.query(
    `insert into ${schema()}.thing values (gen_random_uuid(), 1), (gen_random_uuid(), 1)`,
  )
  const count = () => admin.query(`select array_agg(id order by id) as ids from ${schema()}.thing`)
  const update = 'update thing set id = id + 1;'
  await migrate(admin, service, [...kernel, table, { name: '0002_blind.sql', sql: update }])
  expect((await count()).rows[0].ids).toEqual([1, 1])
  const seeing = { name: '0003_see.sql', sql: `-- migration: every-tenant\n${update}` }
  await migrate(admin, service, [...kernel, table, { name: '0002_blind.sql', sql: update }, seeing])
  expect((await count()).rows[0].ids).toEqual([2, 2])
  const { rows } = await admin.query(
    `select relforcerowsecurity from pg_class where oid = '${schema()}.thing'::regclass`,
  )
  expect(rows).toEqual([{ relforcerowsecurity: true }])
})

test('an index can be made concurrently', async () => {
  const concurrent = {
    name: '0002_index_things.sql',
    sql: '-- migration: no-transaction\ncreate index concurrently thing_id on thing (id)',
  }
  const { applied } = await migrate(admin, service, [...kernel, table, concurrent])
  expect(applied).toContain('0002_index_things.sql')
})
