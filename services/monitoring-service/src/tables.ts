// The data model in one read. The migrations make these tables; a test holds the two together. Each
// is cut into days.
import {
  bigint,
  date,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core'

export const spans = pgTable(
  'span',
  {
    tenantId: uuid('tenant_id').notNull(),
    traceId: uuid('trace_id').notNull(),
    at: timestamp('at', { withTimezone: true, mode: 'string' }).notNull(),
    spanId: text('span_id').notNull(),
    parentSpanId: text('parent_span_id'),
    service: text('service').notNull(),
    name: text('name').notNull(),
    kind: text('kind', {
      enum: ['server', 'client', 'producer', 'consumer', 'internal'],
    }).notNull(),
    status: text('status', { enum: ['ok', 'problem', 'error'] }).notNull(),
    durationUs: bigint('duration_us', { mode: 'number' }).notNull(),
    attributes: jsonb('attributes').$type<Record<string, unknown>>().notNull(),
    objects: text('objects').array().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.at, table.spanId] })],
)

export const logLines = pgTable(
  'log_line',
  {
    tenantId: uuid('tenant_id').notNull(),
    at: timestamp('at', { withTimezone: true, precision: 3, mode: 'string' }).notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    traceId: uuid('trace_id'),
    service: text('service').notNull(),
    level: smallint('level').notNull(),
    sentence: text('sentence').notNull(),
    fields: jsonb('fields').$type<Record<string, unknown>>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.at, table.seq] })],
)

export const touchedObjects = pgTable(
  'touched_object',
  {
    tenantId: uuid('tenant_id').notNull(),
    objectType: text('object_type').notNull(),
    objectId: text('object_id').notNull(),
    traceId: uuid('trace_id').notNull(),
    day: date('day').notNull(),
  },
  (table) => [
    primaryKey({
      columns: [table.tenantId, table.objectType, table.objectId, table.traceId, table.day],
    }),
  ],
)
