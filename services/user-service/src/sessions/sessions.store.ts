import { command, statement } from '@prognetwork/shared-infrastructure'

export const insertSession = command<
  [
    id: string,
    accountId: string,
    methods: readonly string[],
    address: string | null,
    userAgent: string | null,
    realNow: string,
    expiresAt: string,
    client: string | null,
    credentialHash: Buffer | null,
    renewableUntil: string | null,
    authenticatedAt: string | null,
    followsSessionId: string | null,
  ]
>(
  'session.insert',
  `insert into session (id, account_id, methods, address, user_agent, created_at, last_used_at,
     expires_at, client, credential_hash, renewable_until, authenticated_at, follows_session_id)
   values ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10, $11, $12)`,
)

export const insertRefreshToken = command<[hash: Buffer, sessionId: string]>(
  'refresh_token.insert',
  'insert into refresh_token (hash, session_id) values ($1, $2)',
)

/** The row lock makes parallel refreshes of one token follow each other. */
export const lockRefreshToken = statement<
  {
    sessionId: string
    accountId: string
    usedAt: string | null
    methods: string[]
    createdAt: string
    expiresAt: string
    roles: string[] | null
    expired: boolean
    status: string
  },
  [hash: Buffer, realNow: string]
>(
  'refresh_token.lock',
  `select s.id as "sessionId", s.account_id as "accountId", r.used_at as "usedAt", s.methods,
     s.created_at as "createdAt", s.expires_at as "expiresAt", m.roles, a.status,
     s.revoked_at is not null or s.expires_at <= $2 as expired
   from refresh_token r
   join session s on s.id = r.session_id and s.tenant_id = r.tenant_id
   join account a on a.id = s.account_id and a.tenant_id = s.tenant_id
   left join membership m on m.account_id = s.account_id and m.tenant_id = s.tenant_id
   where r.hash = $1
   for update of r`,
)

export const isUnused = statement<{ hash: Buffer }, [hash: Buffer]>(
  'refresh_token.is_unused',
  'select hash from refresh_token where hash = $1 and used_at is null',
)

export const useRefreshToken = command<[hash: Buffer, realNow: string]>(
  'refresh_token.use',
  'update refresh_token set used_at = $2 where hash = $1',
)

export const touchSession = command<[id: string, realNow: string, address: string | null]>(
  'session.touch',
  'update session set last_used_at = $2, address = coalesce($3, address) where id = $1',
)

export const revokeOne = statement<
  { id: string; accountId: string },
  [id: string, accountId: string, realNow: string, reason: string]
>(
  'session.revoke',
  `update session set revoked_at = $3, revoke_reason = $4
   where id = $1 and account_id = $2 and revoked_at is null and expires_at > $3
   returning id, account_id as "accountId"`,
)

/** The same, and the session that it was opened from. */
export const revokeWithOrigin = statement<
  { id: string; accountId: string },
  [id: string, accountId: string, realNow: string, reason: string]
>(
  'session.revoke_with_origin',
  `update session set revoked_at = $3, revoke_reason = $4
   where account_id = $2 and revoked_at is null and expires_at > $3
     and (id = $1 or id = (select follows_session_id from session where id = $1))
   returning id, account_id as "accountId"`,
)

export const revokeAll = statement<
  { id: string; accountId: string },
  [accountId: string, realNow: string, reason: string]
>(
  'session.revoke_all',
  `update session set revoked_at = $2, revoke_reason = $3
   where account_id = $1 and revoked_at is null and expires_at > $2
   returning id, account_id as "accountId"`,
)

export const listActive = statement<
  {
    id: string
    client: string | null
    methods: string[]
    address: string | null
    userAgent: string | null
    createdAt: string
    lastUsedAt: string
    expiresAt: string
  },
  [accountId: string, realNow: string]
>(
  'session.list_active',
  `select id, client, methods, address, user_agent as "userAgent", created_at as "createdAt",
     last_used_at as "lastUsedAt", expires_at as "expiresAt"
   from session where account_id = $1 and revoked_at is null and expires_at > $2
   order by last_used_at desc limit 200`,
)

export const readState = statement<
  { active: boolean; roles: string[]; customPatterns: string[] },
  [id: string, realNow: string]
>(
  'session.state',
  `select s.revoked_at is null and s.expires_at > $2 and a.status = 'active' as active,
     coalesce(m.roles, '{}') as roles,
     array(select unnest(r.patterns) from role r
           where r.tenant_id = s.tenant_id and r.name = any (m.roles)) as "customPatterns"
   from session s
   join account a on a.id = s.account_id and a.tenant_id = s.tenant_id
   left join membership m on m.account_id = s.account_id and m.tenant_id = s.tenant_id
   where s.id = $1`,
)

export const findSession = statement<
  { methods: string[]; authenticatedAt: string; expiresAt: string },
  [id: string]
>(
  'session.find',
  `select methods, coalesce(authenticated_at, created_at) as "authenticatedAt",
     expires_at as "expiresAt"
   from session where id = $1`,
)

export const deleteEnded = command<[before: string]>(
  'session.delete_ended',
  'delete from session where expires_at < $1',
)
