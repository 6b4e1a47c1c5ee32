import { createHash, randomBytes } from 'node:crypto'
import type { Statement } from '@prognetwork/contracts'
import { tokenInvalid } from '@prognetwork/contracts/user'
import { command, Problem, type RealTime, statement } from '@prognetwork/shared-infrastructure'

export type Purpose = 'verify_email' | 'reset_password' | 'set_up_platform'

const prefixes: Readonly<Record<Purpose, string>> = {
  verify_email: 'vt_',
  reset_password: 'pr_',
  set_up_platform: 'su_',
}
const lifetimeMs: Readonly<Record<Purpose, number>> = {
  verify_email: 24 * 3_600_000,
  reset_password: 30 * 60_000,
  set_up_platform: 3_600_000,
}

/** A token for a link, shown once, and the statement that keeps its hash. */
export interface NewToken {
  readonly token: string
  readonly insert: Statement
}

const insertToken = command<unknown[]>(
  'one_time_token.insert',
  `insert into one_time_token
     (hash, purpose, account_id, password_hash, display_name, locale, expires_at)
   values ($1, $2, $3, $4, $5, $6, $7)`,
)

interface Token {
  readonly accountId: string | null
  readonly passwordHash: string | null
  readonly displayName: string | null
  readonly locale: string | null
}
type Find = [hash: Buffer, purpose: Purpose, realNow: string]

const columns = `account_id as "accountId", password_hash as "passwordHash",
  display_name as "displayName", locale`

export const findToken = statement<Token, Find>(
  'one_time_token.find',
  `select ${columns} from one_time_token where hash = $1 and purpose = $2 and expires_at > $3`,
)

/** Deleting is using: of two at once, one gets the row. */
export const takeToken = statement<Token, Find>(
  'one_time_token.take',
  `delete from one_time_token where hash = $1 and purpose = $2 and expires_at > $3
   returning ${columns}`,
)

export const forgetTokens = command<[accountId: string | null, purpose: Purpose]>(
  'one_time_token.forget',
  'delete from one_time_token where account_id is not distinct from $1 and purpose = $2',
)

export function newToken(
  purpose: Purpose,
  options: {
    accountId: string | null
    /** What takes effect when the token is used. */
    chosen?: { passwordHash: string; displayName: string; locale: string }
    realTime: RealTime
  },
): NewToken {
  const token = prefixes[purpose] + randomBytes(32).toString('base64url')
  const expiresAt = options.realTime.now(lifetimeMs[purpose])
  return {
    token,
    insert: insertToken(
      tokenHash(token),
      purpose,
      options.accountId,
      options.chosen?.passwordHash ?? null,
      options.chosen?.displayName ?? null,
      options.chosen?.locale ?? null,
      expiresAt,
    ),
  }
}

/** The token has 256 random bits, so one round of SHA-256 keeps it. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

export function invalidToken(): Problem {
  return new Problem(tokenInvalid, 'Ask for a new link', {
    errors: [
      { pointer: '/body/token', expected: 'the token of the latest mail', detail: 'No such token' },
    ],
  })
}
