/** What the kernel's own tables are allowed that others are not, each with its reason. */
export const kernelDeclaration = {
  tenantless: [
    ...['migration', 'lease', 'replay', 'outgoing_head'],
    ...['consumer_position', 'consumer_member', 'consumer_lease'],
  ],
  /** Primary keys that do not start with the tenant. */
  otherKeys: ['outbox', 'outgoing'],
  everyTenant: [
    { table: 'outbox', role: 'event_writer', reason: 'events are moved to the log' },
    { table: 'outbox', role: 'platform', reason: 'events are sent to a log elsewhere' },
    { table: 'outgoing', role: 'platform', reason: 'events are sent to a log elsewhere' },
    { table: 'idempotency', role: 'platform', reason: 'answers are kept for a day' },
    { table: 'audit', role: 'platform', reason: 'rows are chained by the sealer' },
    { table: 'audit_seal', role: 'platform', reason: 'rows are chained by the sealer' },
    { table: 'parked_key', role: 'lookup', reason: 'parked keys are tried again, whosever' },
  ],
  /** Functions that run as the look-up role. */
  lookups: [
    'parked_keys(text, text, smallint)',
    'next_parked_keys(text, text, smallint[], integer)',
    'count_parked_keys(text, text, smallint[])',
  ],
} as const
