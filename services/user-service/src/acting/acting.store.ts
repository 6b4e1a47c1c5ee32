import type { Output } from '@prognetwork/contracts'
import type { userContract } from '@prognetwork/contracts/user'
import { command, statement } from '@prognetwork/shared-infrastructure'

type ActingSession = Output<typeof userContract.operations.listActingSessions>['items'][number]
export type Standing = ActingSession['standing']

export const findStanding = statement<
  { roles: string[] | null; tenantExists: boolean },
  [tenantId: string, accountId: string]
>('acting.standing', 'select roles, tenant_exists as "tenantExists" from standing_in($1, $2)')

export const insertActing = command<
  [
    id: string,
    accountId: string,
    parentId: string,
    standing: Standing,
    reason: string | null,
    displayName: string,
    email: string,
    address: string | null,
    userAgent: string | null,
    realNow: string,
    expiresAt: string,
    client: string | null,
    credentialHash: Buffer | null,
  ]
>(
  'acting_session.insert',
  `insert into acting_session (id, account_id, parent_id, standing, reason, display_name, email,
     address, user_agent, created_at, expires_at, client, credential_hash)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
)

/** A member's name is as the account had it when they last came. */
export const renameMember = command<[accountId: string, displayName: string, email: string]>(
  'membership.rename',
  `update membership set display_name = $2, email = $3
   where account_id = $1 and (display_name, email) is distinct from ($2, $3)`,
)

export interface ActingState {
  readonly accountId: string
  readonly parentId: string
  readonly standing: Standing
  readonly reason: string | null
  readonly open: boolean
  /** Null for who is no member. */
  readonly roles: string[] | null
  readonly customPatterns: string[]
}

export const readActingState = statement<ActingState, [id: string, realNow: string]>(
  'acting_session.state',
  `select s.account_id as "accountId", s.parent_id as "parentId", s.standing, s.reason,
     s.ended_at is null and s.expires_at > $2 as open, m.roles,
     array(select unnest(r.patterns) from role r
           where r.tenant_id = s.tenant_id and r.name = any (m.roles)) as "customPatterns"
   from acting_session s
   left join membership m on m.account_id = s.account_id and m.tenant_id = s.tenant_id
   where s.id = $1`,
)

export const listActing = statement<
  ActingSession,
  [before: string | null, limit: number, since: string]
>(
  'acting_session.list',
  `select id, account_id as "accountId", display_name as "displayName", standing, reason,
     created_at as "createdAt", expires_at as "expiresAt", ended_at as "endedAt"
   from acting_session where ($1::uuid is null or id < $1) and created_at > $3
   order by id desc limit $2`,
)

export const endActing = statement<{ accountId: string }, [id: string, realNow: string]>(
  'acting_session.end',
  `update acting_session set ended_at = $2
   where id = $1 and ended_at is null and expires_at > $2 returning account_id as "accountId"`,
)

export const endActingOf = command<[accountId: string, realNow: string]>(
  'acting_session.end_of',
  `update acting_session set ended_at = $2
   where account_id = $1 and ended_at is null and standing <> 'operator'`,
)

export const deleteEndedActing = command<[before: string]>(
  'acting_session.delete_ended',
  'delete from acting_session where expires_at < $1',
)
