import { command, statement } from '@prognetwork/shared-infrastructure'

export const insertCode = command<
  [
    hash: Buffer,
    sessionId: string,
    client: string,
    returnOrigin: string,
    challenge: Buffer,
    expiresAt: string,
  ]
>(
  'sign_in_code.insert',
  `insert into sign_in_code (hash, session_id, client, return_origin, challenge, expires_at)
   values ($1, $2, $3, $4, $5, $6)`,
)

export interface Code {
  readonly sessionId: string
  readonly client: string
  readonly returnOrigin: string
  readonly challenge: Buffer
  readonly expired: boolean
  readonly used: boolean
  /** What it gave, once it was redeemed; null for one that was spoilt. */
  readonly openedSessionId: string | null
  readonly accountId: string
  readonly methods: string[]
  readonly authenticatedAt: string
  readonly endsAt: string
  /** The sign-in that the code stands for still holds. */
  readonly open: boolean
}

/** The row lock makes parallel redemptions of one code follow each other. */
export const lockCode = statement<Code, [hash: Buffer, realNow: string]>(
  'sign_in_code.lock',
  `select c.session_id as "sessionId", c.client, c.return_origin as "returnOrigin", c.challenge, c.expires_at <= $2 as expired,
     c.used_at is not null as used, c.opened_session_id as "openedSessionId",
     s.account_id as "accountId", s.methods,
     coalesce(s.authenticated_at, s.created_at) as "authenticatedAt",
     coalesce(s.renewable_until, s.expires_at) as "endsAt",
     s.revoked_at is null and s.expires_at > $2 and a.status = 'active' as open
   from sign_in_code c
   join session s on s.id = c.session_id and s.tenant_id = c.tenant_id
   join account a on a.id = s.account_id and a.tenant_id = s.tenant_id
   where c.hash = $1
   for update of c`,
)

export const useCode = command<[hash: Buffer, realNow: string, openedSessionId: string | null]>(
  'sign_in_code.use',
  'update sign_in_code set used_at = $2, opened_session_id = $3 where hash = $1',
)

export const deleteOldCodes = command<[before: string]>(
  'sign_in_code.delete_old',
  'delete from sign_in_code where expires_at < $1',
)
