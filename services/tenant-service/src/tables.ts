// The data model in one read. The migrations make these tables; a test holds the two together.
import {
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'

const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'string' })

export const tenants = pgTable('tenant', {
  tenantId: uuid('tenant_id').primaryKey(),
  name: text('name').notNull(),
  slug: text('slug').notNull(),
  status: text('status', { enum: ['provisioning', 'active', 'suspended'] }).notNull(),
  ownerId: uuid('owner_id').notNull(),
  version: integer('version').notNull(),
  createdAt: time('created_at').notNull(),
  updatedAt: time('updated_at').notNull(),
})

export const provisioningSteps = pgTable(
  'provisioning_step',
  {
    tenantId: uuid('tenant_id').notNull(),
    name: text('name').notNull(),
    position: smallint('position').notNull(),
    state: text('state', { enum: ['waiting', 'done'] }).notNull(),
    attempts: integer('attempts').notNull(),
    lastError: text('last_error'),
    finishedAt: time('finished_at'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.name] })],
)

export const domains = pgTable(
  'domain',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    name: text('name').notNull(),
    state: text('state', { enum: ['pending', 'verified', 'lapsed'] }).notNull(),
    token: text('token').notNull(),
    lastFinding: text('last_finding', {
      enum: ['record_found', 'record_missing', 'value_wrong', 'unreachable', 'taken'],
    }),
    checkedAt: time('checked_at'),
    verifiedAt: time('verified_at'),
    failingSince: time('failing_since'),
    nextCheckAt: time('next_check_at'),
    createdAt: time('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.id] }),
    unique().on(table.tenantId, table.name),
  ],
)

export const settingsVersions = pgTable(
  'settings_version',
  {
    tenantId: uuid('tenant_id').notNull(),
    version: integer('version').notNull(),
    settings: jsonb('settings').notNull(),
    changedBy: text('changed_by').notNull(),
    validFrom: time('valid_from').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.version] })],
)
