import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { connectDirectly, schemaOf } from '@prognetwork/shared-infrastructure/host'
import { createTestDatabase } from '@prognetwork/testing'
import { is } from 'drizzle-orm'
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { services } from '../../../platform.ts'

// `tables.ts` is what a reader learns the data model from, and the migrations are what runs: for
// every service with tables of its own the two must say the same.

let admin: pg.Client
let drop: () => Promise<void>
const root = join(import.meta.dirname, '../../..')

beforeAll(async () => {
  const cluster = inject('cluster')
  // The template itself may not be connected to while others clone it.
  const database = await createTestDatabase(cluster)
  drop = database.drop
  admin = await connectDirectly({ ...cluster.admin, database: database.name })
})
afterAll(async () => {
  await admin?.end()
  await drop?.()
})

const modelled = services.flatMap(({ name, database }) => {
  const path = join(root, 'services', name, 'src/tables.ts')
  return database && existsSync(path) ? [[name, path] as const] : []
})

const kernelTables = new Set([
  ...['migration', 'outbox', 'idempotency', 'audit', 'audit_seal', 'subject_key', 'lease'],
  ...['replay'],
  ...['consumer_position', 'consumer_member', 'consumer_lease', 'parked_key', 'parked_event'],
  ...['outgoing_head', 'outgoing'],
])

async function migratedColumns(schema: string): Promise<Map<string, string[]>> {
  const { rows } = await admin.query<{ table: string; column: string }>(
    `select c.relname as table,
       a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
         || case when a.attnotnull then ' not null' else '' end as column
     from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p')
       and not c.relispartition and a.attnum > 0 and not a.attisdropped
     order by 1, 2`,
    [schema],
  )
  const tables = new Map<string, string[]>()
  for (const { table, column } of rows)
    if (!kernelTables.has(table)) tables.set(table, [...(tables.get(table) ?? []), column])
  return tables
}

describe.each(modelled)('%s', (name, path) => {
  test('has the tables that tables.ts describes, column by column', async () => {
    const described = new Map<string, string[]>()
    for (const value of Object.values(await import(path))) {
      if (!is(value, PgTable)) continue
      const { name: table, columns } = getTableConfig(value)
      described.set(
        table,
        columns
          .map((one) => {
            const type = one
              .getSQLType()
              .replace('timestamp (3) with time zone', 'timestamp(3) with time zone')
            return `${one.name} ${type}${one.notNull || one.primary ? ' not null' : ''}`
          })
          .sort(),
      )
    }
    const migrated = await migratedColumns(schemaOf(name))
    for (const columns of migrated.values()) columns.sort()
    expect(Object.fromEntries(described)).toEqual(Object.fromEntries(migrated))
  })

  test('says what personal data each of its tables holds', async () => {
    const declared = services.find((one) => one.name === name)?.database?.personalData ?? []
    const migrated = await migratedColumns(schemaOf(name))
    expect(declared.map((one) => one.table).sort()).toEqual([...migrated.keys()].sort())
    for (const { table, columns } of declared)
      for (const column of columns === 'none' ? [] : columns)
        expect(migrated.get(table)?.map((one) => one.split(' ')[0])).toContain(column)
  })
})

test('some service was looked at', () => {
  expect(modelled.length).toBeGreaterThan(0)
})

test('numbers of transactions stand where a restore renews them, and nowhere else', async () => {
  const { rows } = await admin.query<{ place: string }>(
    `select distinct c.relname || '.' || a.attname as place from pg_attribute a
     join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p')
     where a.atttypid = 'xid8'::regtype and c.relnamespace::regnamespace::text like '%\\_service'
     order by 1`,
  )
  expect(rows.map((one) => one.place)).toEqual(['audit.xid', 'incoming.xid', 'outbox.xid'])
})
