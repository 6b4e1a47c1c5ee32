import type { Output } from '@prognetwork/contracts'
import type { userContract } from '@prognetwork/contracts/user'
import { command, statement } from '@prognetwork/shared-infrastructure'

/** An invitation in the form of its contract. */
export type Invitation = Output<typeof userContract.operations.inviteMember>

const columns = `id, email, roles, invited_by as "invitedBy", created_at as "createdAt",
  expires_at as "expiresAt"`

/** An open invitation to the address stands in the way, one that has expired is replaced. */
export const insertInvitation = statement<
  Invitation,
  [
    id: string,
    email: string,
    roles: readonly string[],
    hash: Buffer,
    invitedBy: string,
    now: string,
    expiresAt: string,
    realNow: string,
  ]
>(
  'invitation.insert',
  `insert into invitation (id, email, roles, hash, invited_by, created_at, expires_at)
   values ($1, $2, $3, $4, $5, $6, $7)
   on conflict (tenant_id, email) do update set id = excluded.id, roles = excluded.roles,
     hash = excluded.hash, invited_by = excluded.invited_by, created_at = excluded.created_at,
     expires_at = excluded.expires_at
     where invitation.expires_at <= $8
   returning ${columns}`,
)

export const listInvitations = statement<Invitation, [before: string | null, limit: number]>(
  'invitation.list',
  `select ${columns} from invitation where ($1::uuid is null or id < $1) order by id desc limit $2`,
)

export const renewInvitation = statement<Invitation, [id: string, hash: Buffer, expiresAt: string]>(
  'invitation.renew',
  `update invitation set hash = $2, expires_at = $3 where id = $1 returning ${columns}`,
)

export const deleteInvitation = statement<{ id: string }, [id: string]>(
  'invitation.delete',
  'delete from invitation where id = $1 returning id',
)

/** Deleting is using: of twenty at once, one gets the row. */
export const takeInvitation = statement<
  { id: string; roles: string[] },
  [hash: Buffer, email: string, realNow: string]
>(
  'invitation.take',
  `delete from invitation where hash = $1 and email = $2 and expires_at > $3
   returning id, roles`,
)

export const findInvitation = statement<
  { tenantId: string; email: string; expiresAt: string },
  [hash: Buffer]
>(
  'invitation.find_by_hash',
  `select tenant_id as "tenantId", email, expires_at as "expiresAt" from find_invitation($1)`,
)

export const deleteExpiredInvitations = command<[before: string]>(
  'invitation.delete_expired',
  'delete from invitation where expires_at < $1',
)
