// The data model in one read. The migrations make these tables; a test holds the two together.
import type { MessageState, NoteKind } from '@prognetwork/contracts/email'
import {
  boolean,
  customType,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core'

const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'string' })
const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' })

/** Where in a trace the cause of a mail stands. */
export interface CauseTrace {
  readonly traceId: string
  readonly spanId: string
  readonly sampled: boolean
}
/** Values that a template is filled in with. */
export type Values = Readonly<Record<string, unknown>>

export const messages = pgTable(
  'message',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    state: text('state').$type<MessageState>().notNull(),
    recipient: text('recipient'),
    fromName: text('from_name'),
    fromAddress: text('from_address'),
    replyTo: text('reply_to'),
    subject: text('subject'),
    body: text('body'),
    html: text('html'),
    links: text('links').array().notNull(),
    tracked: boolean('tracked').notNull(),
    template: text('template'),
    templateVersion: integer('template_version'),
    eventId: uuid('event_id'),
    orderId: uuid('order_id'),
    orderVersion: integer('order_version'),
    returnId: uuid('return_id'),
    accountId: uuid('account_id'),
    trace: jsonb('trace').$type<CauseTrace>().notNull(),
    opens: integer('opens').notNull(),
    clicks: integer('clicks').notNull(),
    error: text('error'),
    providerId: text('provider_id'),
    attempts: integer('attempts').notNull(),
    lease: uuid('lease'),
    dueAt: time('due_at'),
    createdAt: time('created_at').notNull(),
    sentAt: time('sent_at'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const attachments = pgTable(
  'attachment',
  {
    tenantId: uuid('tenant_id').notNull(),
    messageId: uuid('message_id').notNull(),
    place: smallint('place').notNull(),
    filename: text('filename').notNull(),
    mediaType: text('media_type').notNull(),
    content: bytes('content').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.messageId, table.place] })],
)

export const messageNotes = pgTable(
  'message_note',
  {
    tenantId: uuid('tenant_id').notNull(),
    messageId: uuid('message_id').notNull(),
    id: uuid('id').notNull(),
    kind: text('kind').$type<NoteKind>().notNull(),
    at: time('at').notNull(),
    detail: text('detail'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.messageId, table.id] })],
)

export const templateVersions = pgTable(
  'template_version',
  {
    tenantId: uuid('tenant_id').notNull(),
    name: text('name').notNull(),
    version: integer('version').notNull(),
    state: text('state', { enum: ['draft', 'published', 'kept'] }).notNull(),
    subject: text('subject').notNull(),
    mjml: text('mjml').notNull(),
    body: text('body').notNull(),
    html: text('html').notNull(),
    sample: jsonb('sample').$type<Values>().notNull(),
    madeBy: text('made_by').notNull(),
    createdAt: time('created_at').notNull(),
    publishedAt: time('published_at'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.name, table.version] })],
)

export const senders = pgTable(
  'sender',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    name: text('name').notNull(),
    address: text('address'),
    replyTo: text('reply_to'),
    isDefault: boolean('is_default').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const suppressions = pgTable(
  'suppression',
  {
    tenantId: uuid('tenant_id').notNull(),
    address: text('address').notNull(),
    reason: text('reason', { enum: ['bounced', 'complained', 'asked'] }).notNull(),
    since: time('since').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.address] })],
)
