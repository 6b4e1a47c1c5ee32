import type { Output } from '@prognetwork/contracts'
import type { userContract } from '@prognetwork/contracts/user'
import { command, statement } from '@prognetwork/shared-infrastructure'

type Operations = typeof userContract.operations
/** A membership in the form of its contract. */
export type Membership = Output<Operations['changeMemberRoles']>

/** The account itself is visible in the platform's own tenant only; elsewhere the copies serve. */
const columns = `m.account_id as "accountId",
  coalesce(a.display_name, m.display_name, '') as "displayName",
  coalesce(a.email, m.email, '') as email, m.roles, m.created_at as "createdAt"`
const tables = `membership m
  left join account a on a.tenant_id = m.tenant_id and a.id = m.account_id`

export const listMembers = statement<Membership, [after: string | null, limit: number]>(
  'membership.list',
  `select ${columns} from ${tables}
   where ($1::uuid is null or m.account_id > $1) order by m.account_id limit $2`,
)

export const findMember = statement<Membership, [accountId: string]>(
  'membership.find',
  `select ${columns} from ${tables} where m.account_id = $1`,
)

export const findMemberByEmail = statement<{ accountId: string }, [email: string]>(
  'membership.find_by_email',
  `select m.account_id as "accountId" from ${tables} where coalesce(a.email, m.email) = $1`,
)

/**
 * Everybody who holds the leading role, locked in one order. Whoever takes the role from somebody
 * does this first: the second of two waits here, and then sees what the first one left.
 */
export const lockLeaders = statement<{ accountId: string }, [leadingRole: string]>(
  'membership.lock_leaders',
  `select account_id as "accountId" from membership where $1 = any (roles)
   order by account_id for update`,
)

export const lockMember = statement<{ accountId: string; roles: string[] }, [accountId: string]>(
  'membership.lock',
  'select account_id as "accountId", roles from membership where account_id = $1 for update',
)

export const insertMember = statement<
  { version: number },
  [accountId: string, roles: readonly string[], displayName: string, email: string, now: string]
>(
  'membership.insert_member',
  `insert into membership (account_id, roles, display_name, email, created_at)
   values ($1, $2, $3, $4, $5) on conflict do nothing returning version`,
)

/** The first member of a tenant, and nobody when there is one. */
export const insertFirstMember = statement<
  { version: number },
  [accountId: string, roles: readonly string[], displayName: string, email: string, now: string]
>(
  'membership.insert_first',
  `insert into membership (account_id, roles, display_name, email, created_at)
   select $1::uuid, $2::text[], $3, $4, $5::timestamptz where not exists (select from membership)
   on conflict do nothing returning version`,
)

export const setRoles = statement<{ version: number }, [accountId: string, roles: string[]]>(
  'membership.set_roles',
  `update membership set roles = $2, version = version + 1 where account_id = $1
   returning version`,
)

export const deleteMember = statement<{ version: number }, [accountId: string]>(
  'membership.delete',
  'delete from membership where account_id = $1 returning version + 1 as version',
)

/** What somebody who leaves has given out and not seen accepted. */
export const deleteInvitationsBy = command<[accountId: string]>(
  'invitation.delete_by',
  'delete from invitation where invited_by = $1',
)

export const findMemberships = statement<
  { memberships: Output<Operations['listMyMemberships']>['items'] },
  [accountId: string]
>('membership.of_account', 'select memberships_of($1) as memberships')

export const findStaff = statement<{ email: string; displayName: string }, [accountId: string]>(
  'account.find_staff',
  'select email, display_name as "displayName" from find_staff($1)',
)
