import { command } from '@prognetwork/shared-infrastructure'

/**
 * Of two transactions that make one more of something of which a tenant may have so many, the second
 * waits, and counts what the first made.
 */
export const lockNumber = command<
  [of: 'attribute' | 'collection' | 'customer_group' | 'price_list' | 'synonym']
>(
  'tenant.lock_number',
  `select pg_advisory_xact_lock(hashtextextended($1 || ' ' || current_tenant()::text, 0))`,
)
