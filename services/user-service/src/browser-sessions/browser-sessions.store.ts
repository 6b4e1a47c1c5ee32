import { command, statement } from '@prognetwork/shared-infrastructure'

/** A cookie as it arrives: its hash, and the client whose server presents it. */
export type Presented = [hash: Buffer, client: string, realNow: string]

export interface BrowserSession {
  readonly id: string
  readonly accountId: string
  readonly methods: string[]
  readonly authenticatedAt: string
  readonly lastUsedAt: string
  readonly expiresAt: string
  readonly renewableUntil: string
}

export const findBrowserSession = statement<BrowserSession, Presented>(
  'session.find_by_credential',
  `select id, account_id as "accountId", methods,
     coalesce(authenticated_at, created_at) as "authenticatedAt", last_used_at as "lastUsedAt",
     expires_at as "expiresAt", renewable_until as "renewableUntil"
   from session
   where credential_hash = $1 and client = $2 and revoked_at is null and expires_at > $3`,
)

export interface BrowserActing {
  readonly id: string
  readonly accountId: string
  readonly expiresAt: string
}

export const findBrowserActing = statement<BrowserActing, Presented>(
  'acting_session.find_by_credential',
  `select id, account_id as "accountId", expires_at as "expiresAt" from acting_session
   where credential_hash = $1 and client = $2 and ended_at is null and expires_at > $3`,
)

/** A session that was ended meanwhile is not brought back. */
export const touchBrowserSession = command<
  [id: string, realNow: string, expiresAt: string, address: string | null]
>(
  'session.touch_browser',
  `update session set last_used_at = $2, expires_at = $3, address = coalesce($4, address)
   where id = $1 and revoked_at is null and expires_at > $2`,
)

export const extendActing = command<[id: string, realNow: string, expiresAt: string]>(
  'acting_session.extend',
  `update acting_session set expires_at = $3
   where id = $1 and ended_at is null and expires_at > $2 and standing <> 'operator'`,
)
