import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import { rolesOf, schemaOf } from './ownership.ts'

/** One plain SQL file; append-only once it has run anywhere. */
export interface Migration {
  /** `0001_create_accounts.sql`; those of the kernel are `kernel/0001_...`. */
  readonly name: string
  readonly sql: string
}

export interface AppliedMigrations {
  readonly service: string
  readonly applied: readonly string[]
}

const kernelDirectory = join(import.meta.dirname, 'kernel')
const fileName = /^\d{4}_[a-z0-9]+(_[a-z0-9]+)*\.sql$/

/** The kernel's migrations and the service's own, in the order in which they run. */
export async function readMigrations(directory: string | undefined): Promise<Migration[]> {
  const own = directory === undefined ? [] : await readDirectory(directory, '')
  return [...(await readDirectory(kernelDirectory, 'kernel/')), ...own]
}

async function readDirectory(directory: string, prefix: string): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name) => {
      if (!fileName.test(name))
        throw new Error(`${join(directory, name)}: a migration is named NNNN_verb_noun.sql`)
      return { name: prefix + name, sql: await readFile(join(directory, name), 'utf8') }
    }),
  )
}

/**
 * Brings one service's schema up to date: each file in a transaction of its own, as the schema's
 * owner, under an advisory lock, so that racing starters apply each file once. Refuses a file that
 * was edited after it ran, and a database that a newer version changed in a breaking way.
 *
 * Markers, each a line of its own in the file:
 * `-- migration: breaking` older code must not start on this schema;
 * `-- migration: no-transaction` for CREATE INDEX CONCURRENTLY;
 * `-- migration: every-tenant` lets the owner see all rows for the length of this file (under
 * forced row-level security a backfill would otherwise touch none, silently).
 */
export async function migrate(
  admin: pg.ClientBase,
  service: string,
  migrations: readonly Migration[],
): Promise<AppliedMigrations> {
  const schema = schemaOf(service)
  const lock = `migrate:${schema}`
  await admin.query('select pg_advisory_lock(hashtextextended($1, 0))', [lock])
  try {
    await admin.query(`set search_path to ${schema}`)
    await admin.query(`set lock_timeout to '10s'`)
    const done = await readDone(admin, service)
    refuseUnknown(service, migrations, done)
    const applied: string[] = []
    for (const one of migrations) {
      const before = done.get(one.name)
      if (before === undefined) {
        await apply(admin, service, one)
        applied.push(one.name)
      } else if (before.sha256 !== digest(one.sql)) {
        throw changed(service, one)
      }
    }
    return { service, applied }
  } finally {
    await admin.query('reset role').catch(() => {})
    await admin.query('reset search_path').catch(() => {})
    await admin.query('select pg_advisory_unlock(hashtextextended($1, 0))', [lock])
  }
}

/**
 * The names of migrations that have not run in this database, in their order. Throws for one that
 * was changed after it ran.
 */
export async function pendingMigrations(
  admin: pg.ClientBase,
  service: string,
  migrations: readonly Migration[],
): Promise<string[]> {
  const table = `${schemaOf(service)}.migration`
  const exists = await admin.query('select to_regclass($1) is not null as yes', [table])
  const { rows } = exists.rows[0]?.yes
    ? await admin.query<{ name: string; sha256: string }>(`select name, sha256 from ${table}`)
    : { rows: [] }
  const done = new Map(rows.map((row) => [row.name, row.sha256]))
  for (const one of migrations)
    if (done.has(one.name) && done.get(one.name) !== digest(one.sql)) throw changed(service, one)
  return migrations.flatMap((one) => (done.has(one.name) ? [] : [one.name]))
}

function changed(service: string, { name }: Migration): Error {
  return new Error(
    `${service}: migration ${name} was changed after it ran; write a new one instead`,
  )
}

interface Done {
  readonly sha256: string
  readonly breaking: boolean
}

async function readDone(admin: pg.ClientBase, service: string): Promise<Map<string, Done>> {
  const { owner } = rolesOf(service)
  await admin.query(`set role ${owner}`)
  await admin.query(`create table if not exists migration (
    name text primary key,
    sha256 text not null,
    breaking boolean not null,
    applied_at timestamptz(3) not null default now(),
    duration_ms integer not null
  )`)
  const { rows } = await admin.query('select name, sha256, breaking from migration')
  await admin.query('reset role')
  return new Map(rows.map((row) => [row.name, { sha256: row.sha256, breaking: row.breaking }]))
}

function refuseUnknown(
  service: string,
  migrations: readonly Migration[],
  done: ReadonlyMap<string, Done>,
): void {
  const known = new Set(migrations.map((one) => one.name))
  const newer = [...done].filter(([name, { breaking }]) => !known.has(name) && breaking)
  if (newer.length > 0)
    throw new Error(
      `${service}: the database was migrated by a newer version (${newer[0]?.[0]}); start that version`,
    )
}

async function apply(admin: pg.ClientBase, service: string, one: Migration): Promise<void> {
  const { owner } = rolesOf(service)
  const started = performance.now()
  const inTransaction = !hasMarker(one, 'no-transaction')
  const everyTenant = hasMarker(one, 'every-tenant')
  try {
    if (inTransaction) await admin.query('begin')
    await admin.query(`set ${inTransaction ? 'local ' : ''}role ${owner}`)
    if (everyTenant) await setForce(admin, service, 'no force')
    await admin.query(one.sql)
    if (everyTenant) await setForce(admin, service, 'force')
    await admin.query(
      'insert into migration (name, sha256, breaking, duration_ms) values ($1, $2, $3, $4)',
      [
        one.name,
        digest(one.sql),
        hasMarker(one, 'breaking'),
        Math.round(performance.now() - started),
      ],
    )
    await admin.query(inTransaction ? 'commit' : 'reset role')
  } catch (error) {
    await admin.query(inTransaction ? 'rollback' : 'reset role').catch(() => {})
    throw new Error(
      `${service}: migration ${one.name} failed: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    )
  }
}

/** In one transaction with the backfill, so nobody else ever sees a table without FORCE. */
export async function setForce(admin: pg.ClientBase, service: string, mode: 'force' | 'no force') {
  const { rows } = await admin.query(
    'select c.oid::regclass::text as name from pg_class c where c.relnamespace = $1::regnamespace and c.relrowsecurity',
    [schemaOf(service)],
  )
  for (const { name } of rows) await admin.query(`alter table ${name} ${mode} row level security`)
}

function hasMarker(one: Migration, marker: string): boolean {
  return one.sql.split('\n').some((line) => line.trim() === `-- migration: ${marker}`)
}

function digest(sql: string): string {
  return createHash('sha256').update(sql).digest('hex')
}
