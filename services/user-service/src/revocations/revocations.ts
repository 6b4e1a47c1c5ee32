import { type Context, type Input, type Output, platformTenantId } from '@prognetwork/contracts'
import type { userContract } from '@prognetwork/contracts/user'
import {
  command,
  type Database,
  type PlatformDoor,
  statement,
} from '@prognetwork/shared-infrastructure'

type Read = typeof userContract.operations.readRevocations
type Revocations = Output<Read>

/**
 * Goes into the transaction that changes what an account may do in the tenant in scope, or, without
 * an account, what a role of it comes to.
 */
export function noteAuthorityChange(realNow: string, accountId?: string) {
  return insertChange(accountId ?? everybody, realNow)
}

const everybody = '*'

const insertChange = command<[subject: string, realNow: string]>(
  'authority_change.note',
  `insert into authority_change as c (subject, changed_at) values ($1, $2)
   on conflict (tenant_id, subject)
   do update set changed_at = greatest(c.changed_at, excluded.changed_at)`,
)

const readEnded = statement<Revocations['sessions'][number], [since: string]>(
  'session.ended_since',
  `select id as "sessionId", revoked_at as at from session where revoked_at > $1
   union all select id, ended_at from acting_session where ended_at > $1`,
)

const readChanges = statement<Revocations['authority'][number], [since: string]>(
  'authority_change.since',
  `select tenant_id as "tenantId", nullif(subject, '${everybody}')::uuid as "accountId",
     changed_at as at
   from authority_change where changed_at > $1`,
)

export const deleteOldChanges = command<[before: string]>(
  'authority_change.delete_old',
  'delete from authority_change where changed_at < $1',
)

/**
 * What doors load before they believe tokens by their signature. Whoever asks in a tenant is told
 * of that tenant alone.
 */
export function createRevocations({
  db,
  platform,
}: {
  readonly db: Database
  readonly platform: PlatformDoor
}) {
  return {
    async read(ctx: Context, { query }: Input<Read>): Promise<Revocations> {
      const [ended, changes] = [readEnded(query.since), readChanges(query.since)]
      if (ctx.scope.tenantId !== platformTenantId) {
        const [sessions, authority] = await db.readAll(ctx, [ended, changes])
        return { sessions, authority }
      }
      const reason = 'a door loads what was revoked'
      const [sessions, authority] = await Promise.all([
        platform.read(ctx, reason, ended),
        platform.read(ctx, reason, changes),
      ])
      return { sessions, authority }
    },
  }
}
