// The data model in one read. The migrations make these tables; a test holds the two together.
import {
  customType,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'

const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' })
const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'string' })
const tenantId = () => uuid('tenant_id').notNull()

export const accounts = pgTable(
  'account',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull(),
    email: text('email').notNull(),
    displayName: text('display_name').notNull(),
    locale: text('locale').notNull(),
    timezone: text('timezone').notNull(),
    status: text('status', { enum: ['active', 'disabled'] }).notNull(),
    emailVerifiedAt: time('email_verified_at'),
    version: integer('version').notNull(),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.id] }),
    unique().on(table.tenantId, table.email),
  ],
)

export const credentials = pgTable(
  'credential',
  {
    tenantId: tenantId(),
    accountId: uuid('account_id').notNull(),
    passwordHash: text('password_hash').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.accountId] })],
)

export const oneTimeTokens = pgTable(
  'one_time_token',
  {
    tenantId: tenantId(),
    hash: bytea('hash').notNull(),
    purpose: text('purpose', {
      enum: ['verify_email', 'reset_password', 'set_up_platform'],
    }).notNull(),
    accountId: uuid('account_id'),
    passwordHash: text('password_hash'),
    displayName: text('display_name'),
    locale: text('locale'),
    expiresAt: time('expires_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.hash] })],
)

export const memberships = pgTable(
  'membership',
  {
    tenantId: tenantId(),
    accountId: uuid('account_id').notNull(),
    roles: text('roles').array().notNull(),
    createdAt: time('created_at').notNull(),
    displayName: text('display_name'),
    email: text('email'),
    version: integer('version').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.accountId] })],
)

export const roles = pgTable(
  'role',
  {
    tenantId: tenantId(),
    name: text('name').notNull(),
    patterns: text('patterns').array().notNull(),
    version: integer('version').notNull(),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.name] })],
)

export const authorityChanges = pgTable(
  'authority_change',
  {
    tenantId: tenantId(),
    subject: text('subject').notNull(),
    changedAt: time('changed_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.subject] })],
)

export const invitations = pgTable(
  'invitation',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull(),
    email: text('email').notNull(),
    roles: text('roles').array().notNull(),
    hash: bytea('hash').notNull(),
    invitedBy: text('invited_by').notNull(),
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.id] }),
    unique().on(table.tenantId, table.email),
  ],
)

export const actingSessions = pgTable(
  'acting_session',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull(),
    accountId: uuid('account_id').notNull(),
    parentId: uuid('parent_id').notNull(),
    standing: text('standing', { enum: ['member', 'operator'] }).notNull(),
    reason: text('reason'),
    displayName: text('display_name').notNull(),
    email: text('email').notNull(),
    address: text('address'),
    userAgent: text('user_agent'),
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    endedAt: time('ended_at'),
    client: text('client'),
    credentialHash: bytea('credential_hash'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const apiKeys = pgTable(
  'api_key',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull(),
    name: text('name').notNull(),
    prefix: text('prefix').notNull(),
    hash: bytea('hash').notNull(),
    previousHash: bytea('previous_hash'),
    previousExpiresAt: time('previous_expires_at'),
    scopes: text('scopes').array().notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at'),
    lastUsedAt: time('last_used_at'),
    revokedAt: time('revoked_at'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const capturedMails = pgTable(
  'captured_mail',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull(),
    recipient: text('recipient').notNull(),
    subject: text('subject').notNull(),
    body: text('body').notNull(),
    at: time('at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const sessions = pgTable(
  'session',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull(),
    accountId: uuid('account_id').notNull(),
    methods: text('methods').array().notNull(),
    address: text('address'),
    userAgent: text('user_agent'),
    createdAt: time('created_at').notNull(),
    lastUsedAt: time('last_used_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    revokedAt: time('revoked_at'),
    revokeReason: text('revoke_reason'),
    client: text('client'),
    credentialHash: bytea('credential_hash'),
    renewableUntil: time('renewable_until'),
    authenticatedAt: time('authenticated_at'),
    followsSessionId: uuid('follows_session_id'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const signInCodes = pgTable(
  'sign_in_code',
  {
    tenantId: tenantId(),
    hash: bytea('hash').notNull(),
    sessionId: uuid('session_id').notNull(),
    client: text('client').notNull(),
    returnOrigin: text('return_origin').notNull(),
    challenge: bytea('challenge').notNull(),
    expiresAt: time('expires_at').notNull(),
    usedAt: time('used_at'),
    openedSessionId: uuid('opened_session_id'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.hash] })],
)

export const refreshTokens = pgTable(
  'refresh_token',
  {
    tenantId: tenantId(),
    hash: bytea('hash').notNull(),
    sessionId: uuid('session_id').notNull(),
    usedAt: time('used_at'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.hash] })],
)

export const signInLimits = pgTable(
  'sign_in_limit',
  {
    tenantId: tenantId(),
    key: text('key').notNull(),
    failures: integer('failures').notNull(),
    lastFailureAt: time('last_failure_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.key] })],
)

export const knownPlaces = pgTable(
  'known_place',
  {
    tenantId: tenantId(),
    accountId: uuid('account_id').notNull(),
    place: text('place').notNull(),
    lastUsedAt: time('last_used_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.accountId, table.place] })],
)

export const signingKeys = pgTable('signing_key', {
  kid: text('kid').primaryKey(),
  state: text('state', { enum: ['next', 'active', 'retired'] }).notNull(),
  publicKey: jsonb('public_key').notNull(),
  privateKeySealed: bytea('private_key_sealed').notNull(),
  createdAt: time('created_at').notNull(),
  activatedAt: time('activated_at'),
  retiredAt: time('retired_at'),
})
