import { randomBytes, randomUUID } from 'node:crypto'
import { createTestDatabase } from '@prognetwork/testing'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { contextOf } from '../../test/context.ts'
import { bootstrapDatabase } from './bootstrap.ts'
import { type ConnectionSettings, connectDirectly, createConnections } from './connections.ts'
import { createDatabase, type DatabaseInternals } from './database.ts'
import { migrate, readMigrations } from './migrations.ts'
import { rolesOf } from './ownership.ts'
import { command, statement } from './statement.ts'

const service = `sample-${randomBytes(4).toString('hex')}-service`
const roles = rolesOf(service)
const tenants = Array.from({ length: 50 }, () => randomUUID())
let admin: pg.Client
let database: DatabaseInternals
let drop: () => Promise<void>
let settings: ConnectionSettings

const insert = command<[id: number, body: string]>(
  'note.insert',
  'insert into note (id, body) values ($1, $2)',
)
const insertFor = command<[tenantId: string, id: number]>(
  'note.insert_for',
  "insert into note (tenant_id, id, body) values ($1, $2, 'foreign')",
)
const list = statement<{ tenantId: string; id: number }>(
  'note.list',
  'select tenant_id as "tenantId", id from note order by id',
)
const scope = statement<{ tenantId: string }>(
  'scope.read',
  `select current_setting('app.tenant_id', true) as "tenantId"`,
)
const divide = statement<{ result: number }, [by: number]>('divide', 'select 1 / $1::int as result')
const append = command<[id: number]>(
  'note.append',
  "update note set body = body || 'x' where id = $1",
)

beforeAll(async () => {
  const cluster = inject('cluster')
  const clone = await createTestDatabase(cluster)
  drop = clone.drop
  settings = { ...cluster.admin, database: clone.name }
  admin = await connectDirectly(settings)
  const passwords = {
    [roles.service]: 'a',
    [roles.platform]: 'b',
    event_writer: cluster.passwords.event_writer ?? '',
  }
  await bootstrapDatabase(admin, [service], passwords)
  await migrate(admin, service, [
    ...(await readMigrations(undefined)),
    {
      name: '0001_create_notes.sql',
      sql: `create table note (tenant_id uuid not null default current_tenant(), id bigint not null,
              body text not null, primary key (tenant_id, id));
            select protect('note');`,
    },
  ])
  database = createDatabase({
    service,
    named: true,
    connections: createConnections(
      { ...settings, user: roles.service, password: 'a' },
      { max: 4, waitMs: 2_000 },
    ),
  })
})
afterAll(async () => {
  await database?.close()
  await admin?.end()
  await drop?.()
})

describe('a batch', () => {
  test('sees and writes the rows of its tenant only, however many share a connection', async () => {
    await Promise.all(
      tenants.map((tenantId) =>
        database.batch(contextOf(tenantId), [insert(1, 'one'), insert(2, 'two')]),
      ),
    )
    const rounds = Array.from(
      { length: 1_000 },
      (_, index) => tenants[index % tenants.length] ?? '',
    )
    const results = await Promise.all(
      rounds.map(async (tenantId) => {
        const [rows, [setting]] = await database.readAll(contextOf(tenantId), [list(), scope()])
        return { tenantId, rows, setting: setting?.tenantId }
      }),
    )
    for (const { tenantId, rows, setting } of results) {
      expect(rows.map((row) => row.tenantId)).toEqual([tenantId, tenantId])
      expect(setting).toBe(tenantId)
    }
  })

  test('commits all of its statements or none', async () => {
    const ctx = contextOf(randomUUID())
    await expect(database.batch(ctx, [insert(1, 'a'), divide(0), insert(2, 'b')])).rejects.toThrow(
      'division by zero',
    )
    expect(await database.read(ctx, list())).toEqual([])
    await database.batch(ctx, [insert(1, 'a'), divide(1), insert(2, 'b')])
    expect(await database.read(ctx, list())).toHaveLength(2)
  })

  test("cannot write into another tenant's rows", async () => {
    const [mine, theirs] = [randomUUID(), randomUUID()]
    await expect(database.batch(contextOf(mine), [insertFor(theirs, 7)])).rejects.toThrow(
      'row-level security',
    )
    expect(await database.read(contextOf(theirs), list())).toEqual([])
  })

  test('that fails does not disturb those sent right behind it on the same connection', async () => {
    const ctx = contextOf(randomUUID())
    await database.batch(ctx, [insert(1, 'a')])
    const mixed = await Promise.allSettled(
      Array.from({ length: 600 }, (_, index) =>
        index % 3 === 0
          ? database.readAll(ctx, [divide(0), statement<object>(`once.${index}`, 'select 1')()])
          : database.readAll(ctx, [
              list(),
              statement<object>(`once.${index - (index % 3)}`, 'select 1')(),
            ]),
      ),
    )
    mixed.forEach((result, index) => {
      expect(result.status).toBe(index % 3 === 0 ? 'rejected' : 'fulfilled')
    })
  })

  test('with a value that cannot be written leaves nothing and a usable connection', async () => {
    const ctx = contextOf(randomUUID())
    const circular: { self?: unknown } = {}
    circular.self = circular
    await expect(
      database.batch(ctx, [insert(1, 'a'), insert(2, circular as never)]),
    ).rejects.toThrow()
    expect(await database.read(ctx, list())).toEqual([])
  })

  test('refuses two statements that share a name', async () => {
    const ctx = contextOf(randomUUID())
    const other = statement<object>('note.list', 'select 2')
    await expect(database.readAll(ctx, [list(), other()])).rejects.toThrow(
      'share the name note.list',
    )
  })
})

describe('a transaction', () => {
  test('rolls back when its work throws, and leaves no tenant behind on the connection', async () => {
    const ctx = contextOf(randomUUID())
    const failing = database.transaction(ctx, async (tx) => {
      await tx.run(insert(1, 'a'))
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    expect(await database.read(ctx, list())).toEqual([])
    expect(await database.lookup(scope())).toEqual({ tenantId: '' })
  })

  test('whose work swallowed a failed statement is not told that it was committed', async () => {
    const ctx = contextOf(randomUUID())
    const swallowing = database.transaction(ctx, async (tx) => {
      await tx.run(insert(1, 'a'))
      await tx.run(divide(0)).catch(() => {})
    })
    await expect(swallowing).rejects.toThrow('a statement failed unnoticed')
    expect(await database.read(ctx, list())).toEqual([])
  })

  test('is done again after a deadlock', async () => {
    const ctx = contextOf(randomUUID())
    await database.batch(ctx, [insert(1, ''), insert(2, '')])
    const gate = Promise.withResolvers<void>()
    let locked = 0
    const crossing = (first: number, second: number) =>
      database.transaction(ctx, async (tx) => {
        await tx.run(append(first))
        locked++
        if (locked === 2) gate.resolve()
        await gate.promise
        await tx.run(append(second))
      })
    await Promise.all([crossing(1, 2), crossing(2, 1)])
    const { rows } = await admin.query(
      `select body from ${roles.service}.note where tenant_id = $1 order by id`,
      [ctx.scope.tenantId],
    )
    expect(rows).toEqual([{ body: 'xx' }, { body: 'xx' }])
  })
})

describe('a number', () => {
  test('beyond a safe integer is an error, never rounded', async () => {
    const ctx = contextOf(randomUUID())
    const big = statement<{ id: number }, [id: string]>('big.read', 'select $1::bigint as id')
    expect(await database.read(ctx, big('9007199254740991'))).toEqual([{ id: 9007199254740991 }])
    await expect(database.read(ctx, big('9007199254740993'))).rejects.toThrow('safe integer')
  })
})

describe('the role a service runs as', () => {
  test('is neither superuser nor owner, and bypasses nothing', async () => {
    const { rows } = await admin.query(
      'select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = any ($1)',
      [Object.values(roles)],
    )
    expect(rows).toHaveLength(4)
    for (const row of rows)
      expect(row).toEqual({
        rolsuper: false,
        rolbypassrls: false,
        rolcreaterole: false,
        rolcreatedb: false,
      })
  })

  test('cannot change the schema, read migrations, or change what was audited', async () => {
    const client = await connectDirectly({ ...settings, user: roles.service, password: 'a' })
    try {
      for (const forbidden of [
        'create table mine (a int)',
        'alter table note no force row level security',
        'select * from migration',
        "update audit set action = 'x'",
        'delete from audit',
        'delete from outbox',
        'select * from user_service.account',
        `set role ${roles.owner}`,
        `set role ${roles.platform}`,
      ])
        await expect(client.query(forbidden), forbidden).rejects.toThrow(
          /permission denied|must be owner|not permitted/,
        )
    } finally {
      await client.end()
    }
  })
})
