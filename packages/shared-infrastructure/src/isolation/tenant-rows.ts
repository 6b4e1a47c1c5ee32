// The rows of one tenant as they are, over all schemas, and what in them nobody else may see.
import { platformTenantId } from '@prognetwork/contracts'
import type pg from 'pg'
import { schemaOf } from '../database/ownership.ts'
import type { AnyDefinition } from '../service/definition.ts'

/** Rows as text, with the table in front: `user_service.account (...)`. */
export interface TenantRows {
  /** Of the tenant itself. */
  readonly own: ReadonlySet<string>
  /** Of the platform's tenant, about the tenant's people: their accounts and sessions. */
  readonly ofPeople: ReadonlySet<string>
}

export interface RowReader {
  /** The rows of a tenant whose ids in the platform's tenant are `people`. */
  read(tenantId: string, people: readonly string[]): Promise<TenantRows>
  /** Waits until every event has left its outbox and a tenant's rows stay as they are. */
  settle(tenantId: string, people: readonly string[]): Promise<TenantRows>
}

const settleMs = 20_000
const pauseMs = 100
const quietReadings = 3

/** `admin` must see the rows of every tenant: a superuser, under forced row-level security. */
export async function createRowReader(
  admin: pg.ClientBase,
  definitions: readonly AnyDefinition[],
): Promise<RowReader> {
  const schemas = definitions.flatMap((one) => (one.database ? [schemaOf(one.name)] : []))
  const { rows: tables } = await admin.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c
     join pg_namespace n on n.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
     where n.nspname = any ($1) and c.relkind in ('r', 'p') and not c.relispartition
     order by 1`,
    [schemas],
  )
  const everyRow = tables
    .map(({ name }) => `select '${name} ' || t::text as row, tenant_id from ${name} t`)
    .join(' union all ')
  const outboxes = schemas.map((schema) => `select 1 from ${schema}.outbox`).join(' union all ')

  async function read(tenantId: string, people: readonly string[]): Promise<TenantRows> {
    const { rows } = await admin.query<{ row: string; tenant_id: string }>(
      `select row, tenant_id from (${everyRow}) r
       where tenant_id = $1 or (tenant_id = $2 and row like any ($3))`,
      [tenantId, platformTenantId, people.map((id) => `%${id}%`)],
    )
    const own = rows.filter((one) => one.tenant_id === tenantId)
    const ofPeople = rows.filter((one) => one.tenant_id !== tenantId)
    return {
      own: new Set(own.map((one) => one.row)),
      ofPeople: new Set(ofPeople.map((one) => one.row)),
    }
  }

  return {
    read,
    async settle(tenantId, people) {
      const deadline = performance.now() + settleMs
      let last = await read(tenantId, people)
      for (let quiet = 0; quiet < quietReadings; ) {
        if (performance.now() > deadline)
          throw new Error(`the rows of a tenant nobody uses keep changing after ${settleMs} ms`)
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
        const { rowCount } = await admin.query(`select from (${outboxes}) o limit 1`)
        const now = await read(tenantId, people)
        quiet = rowCount === 0 && changedTables(last, now).length === 0 ? quiet + 1 : 0
        last = now
      }
      return last
    },
  }
}

/**
 * Tables in which a tenant's rows are not what they were. Rows about its people may come to be in
 * the platform's tenant, such as an audit row about a refusal, but none may change or go.
 */
export function changedTables(before: TenantRows, after: TenantRows): string[] {
  const changed = [
    ...without(before.own, after.own),
    ...without(after.own, before.own),
    ...without(before.ofPeople, after.ofPeople),
  ]
  return [...new Set(changed.map((row) => row.slice(0, row.indexOf(' '))))].sort()
}

const identifying =
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g

/** Ids and addresses that stand in the rows of one tenant and in none of another's. */
export function identifiersOf(theirs: TenantRows, mine: TenantRows): Set<string> {
  const found = (rows: Iterable<string>) =>
    new Set([...rows].flatMap((row) => row.match(identifying) ?? []))
  const shared = found([...mine.own, ...mine.ofPeople]).add(platformTenantId)
  return new Set(without(found(theirs.own), shared))
}

function without(some: ReadonlySet<string>, others: ReadonlySet<string>): string[] {
  return [...some].filter((one) => !others.has(one))
}
