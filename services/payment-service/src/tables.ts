// The data model in one read. The migrations make these tables; a test holds the two together.
import {
  bigint,
  boolean,
  customType,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core'

const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'string' })
const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' })
const minor = (name: string) => bigint(name, { mode: 'number' })
const states = [
  'processing',
  'requires_action',
  'authorized',
  'captured',
  'failed',
  'voided',
] as const
const failures = [
  'card_declined',
  'insufficient_funds',
  'expired_card',
  'authentication_failed',
  'processing_error',
] as const

const disputeStates = [
  'inquiry',
  'needs_response',
  'under_review',
  'won',
  'lost',
  'closed',
] as const
const transferKinds = [
  'capture',
  'refund',
  'refund_reversal',
  'dispute',
  'dispute_reversal',
  'fee',
  'fee_reversal',
] as const

export const payments = pgTable(
  'payment',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    orderId: uuid('order_id').notNull(),
    gateway: text('gateway').notNull(),
    reference: text('reference').notNull(),
    state: text('state', { enum: states }).notNull(),
    amountMinor: minor('amount_minor').notNull(),
    currency: text('currency').notNull(),
    capturedMinor: minor('captured_minor').notNull(),
    refundedMinor: minor('refunded_minor').notNull(),
    cardBrand: text('card_brand'),
    cardLast4: text('card_last4'),
    failureCode: text('failure_code', { enum: failures }),
    actionUrl: text('action_url'),
    disputeState: text('dispute_state', { enum: ['open', 'lost'] }),
    version: integer('version').notNull(),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const refunds = pgTable(
  'refund',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    paymentId: uuid('payment_id').notNull(),
    amountMinor: minor('amount_minor').notNull(),
    reason: text('reason'),
    madeBy: text('made_by').notNull(),
    state: text('state', { enum: ['asked', 'refused', 'succeeded', 'failed'] }).notNull(),
    attempt: integer('attempt').notNull(),
    reference: text('reference'),
    failure: text('failure'),
    createdAt: time('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const disputes = pgTable(
  'dispute',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    paymentId: uuid('payment_id').notNull(),
    reference: text('reference').notNull(),
    state: text('state', { enum: disputeStates }).notNull(),
    amountMinor: minor('amount_minor').notNull(),
    reason: text('reason').notNull(),
    evidenceDueAt: time('evidence_due_at'),
    withdrawnMinor: minor('withdrawn_minor').notNull(),
    reinstatedMinor: minor('reinstated_minor').notNull(),
    feeMinor: minor('fee_minor').notNull(),
    feeCurrency: text('fee_currency').notNull(),
    openedAt: time('opened_at').notNull(),
    closedAt: time('closed_at'),
    updatedAt: time('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const ledgerTransfers = pgTable(
  'ledger_transfer',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    kind: text('kind', { enum: transferKinds }).notNull(),
    debit: text('debit').notNull(),
    credit: text('credit').notNull(),
    amountMinor: minor('amount_minor').notNull(),
    currency: text('currency').notNull(),
    paymentId: uuid('payment_id').notNull(),
    at: time('at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const sandboxCharges = pgTable(
  'sandbox_charge',
  {
    tenantId: uuid('tenant_id').notNull(),
    reference: text('reference').notNull(),
    state: text('state', { enum: states }).notNull(),
    amountMinor: minor('amount_minor').notNull(),
    capturedMinor: minor('captured_minor').notNull(),
    refundedMinor: minor('refunded_minor').notNull(),
    takes: boolean('takes').notNull(),
    failureCode: text('failure_code', { enum: failures }),
    challenge: text('challenge'),
    settlesAt: time('settles_at'),
    succeeds: boolean('succeeds').notNull(),
    disputeState: text('dispute_state', { enum: ['pending', 'needs_response', 'won', 'lost'] }),
    disputeMinor: minor('dispute_minor'),
    disputeAt: time('dispute_at'),
    disputeOpenedAt: time('dispute_opened_at'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.reference] })],
)

export const stripeAccounts = pgTable(
  'stripe_account',
  {
    tenantId: uuid('tenant_id').notNull(),
    secretKey: bytes('secret_key').notNull(),
    secretKeyHint: text('secret_key_hint').notNull(),
    signingSecret: bytes('signing_secret'),
    signingSecretHint: text('signing_secret_hint'),
    endpoint: bytes('endpoint').notNull(),
    setAt: time('set_at').notNull(),
    toldUntil: minor('told_until').notNull(),
    lookAt: time('look_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId] })],
)

export const sandboxEvents = pgTable(
  'sandbox_event',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: text('id').notNull(),
    type: text('type').notNull(),
    reference: text('reference').notNull(),
    dueAt: time('due_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const gatewayEvents = pgTable(
  'gateway_event',
  {
    tenantId: uuid('tenant_id').notNull(),
    gateway: text('gateway').notNull(),
    id: text('id').notNull(),
    type: text('type').notNull(),
    reference: text('reference').notNull(),
    receivedAt: time('received_at').notNull(),
    handledAt: time('handled_at'),
    dueAt: time('due_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.gateway, table.id] })],
)
