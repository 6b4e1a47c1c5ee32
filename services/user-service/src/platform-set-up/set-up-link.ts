import type { Context } from '@prognetwork/contracts'
import { type Database, type RealTime, statement } from '@prognetwork/shared-infrastructure'
import { accountLink } from '../accounts/account-links.ts'
import { forgetTokens, newToken } from '../one-time-tokens/one-time-tokens.ts'

const findOperator = statement<{ accountId: string }>(
  'membership.find_operator',
  `select account_id as "accountId" from membership where 'operator' = any (roles) limit 1`,
)

/**
 * The link that makes the first operator, or nothing when there is an operator already. An earlier
 * link ends: only its hash was kept, so it cannot be shown again.
 */
export async function newSetUpLink(
  ctx: Context,
  parts: { readonly db: Database; readonly staffPages: string; readonly realTime: RealTime },
): Promise<string | undefined> {
  const { db, staffPages, realTime } = parts
  const operators = await db.read(ctx, findOperator())
  if (operators.length > 0) return undefined
  const { token, insert } = newToken('set_up_platform', { accountId: null, realTime })
  await db.batch(ctx, [forgetTokens(null, 'set_up_platform'), insert])
  return accountLink(staffPages, 'set-up', token)
}
