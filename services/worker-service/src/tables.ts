// The data model in one read. The migrations make these tables; a test holds the two together.
import type { Principal, Trace } from '@prognetwork/contracts'
import {
  boolean,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core'

const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'string' })

/** A principal as JSON has it. */
export type StoredPrincipal = Omit<Principal, 'permissions'> & {
  readonly permissions: readonly string[]
}

export const jobs = pgTable(
  'job',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    service: text('service').notNull(),
    kind: text('kind').notNull(),
    state: text('state', {
      enum: ['queued', 'running', 'succeeded', 'failed', 'cancelled'],
    }).notNull(),
    priority: smallint('priority').notNull(),
    input: jsonb('input').$type<unknown>().notNull(),
    principal: jsonb('principal').$type<StoredPrincipal>().notNull(),
    requestedBy: text('requested_by').notNull(),
    trace: jsonb('trace').$type<Pick<Trace, 'traceId' | 'spanId' | 'sampled'>>().notNull(),
    progress: jsonb('progress').$type<{
      done: number
      total: number | null
      note: string | null
    }>(),
    result: jsonb('result').$type<Record<string, unknown>>(),
    error: jsonb('error').$type<{ code: string; detail: string }>(),
    attempts: smallint('attempts').notNull(),
    run: smallint('run').notNull(),
    maxAttempts: smallint('max_attempts').notNull(),
    abandoned: smallint('abandoned').notNull(),
    dueAt: time('due_at').notNull(),
    admittedAt: time('admitted_at'),
    isCancelled: boolean('is_cancelled').notNull(),
    lease: uuid('lease'),
    leaseUntil: time('lease_until'),
    createdAt: time('created_at').notNull(),
    startedAt: time('started_at'),
    endedAt: time('ended_at'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)
