import { command, statement } from '@prognetwork/shared-infrastructure'
import type { accounts } from '../tables.ts'

type AccountRow = typeof accounts.$inferSelect

/** An account in the form of its contract. */
export interface Account
  extends Pick<
    AccountRow,
    'id' | 'email' | 'displayName' | 'locale' | 'timezone' | 'status' | 'createdAt' | 'updatedAt'
  > {
  readonly emailVerified: boolean
}

const columns = `id, email, email_verified_at is not null as "emailVerified",
  display_name as "displayName", locale, timezone, status,
  created_at as "createdAt", updated_at as "updatedAt"`

export const findAccountByEmail = statement<Account, [email: string]>(
  'account.find_by_email',
  `select ${columns} from account where email = $1`,
)

export const findAccount = statement<Account, [id: string]>(
  'account.find',
  `select ${columns} from account where id = $1`,
)

/** It is not erased before the transaction ends. */
export const holdAccount = statement<{ id: string }, [id: string]>(
  'account.hold',
  'select id from account where id = $1 for key share',
)

export const listAccounts = statement<
  Account,
  [email: string | null, before: string | null, limit: number, words: string | null]
>(
  'account.list',
  `select ${columns} from account
   where ($1::text is null or email = $1) and ($2::uuid is null or id < $2)
     and ($4::text is null or strpos(lower(display_name), lower($4)) > 0
       or strpos(email, lower($4)) > 0)
   order by id desc limit $3`,
)

export const insertAccount = command<
  [
    id: string,
    email: string,
    displayName: string,
    locale: string,
    verifiedAt: string | null,
    now: string,
  ]
>(
  'account.insert',
  `insert into account (id, email, display_name, locale, email_verified_at, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $6)`,
)

/** The one time at which an account is opened by its first verification. */
export const openAccount = statement<
  Account & { version: number },
  [id: string, now: string, displayName: string | null, locale: string | null]
>(
  'account.open',
  `update account set email_verified_at = $2, updated_at = $2, version = version + 1,
     display_name = coalesce($3, display_name), locale = coalesce($4, locale)
   where id = $1 and email_verified_at is null returning ${columns}, version`,
)

export const markVerified = statement<Account & { version: number }, [id: string, now: string]>(
  'account.mark_verified',
  `update account set email_verified_at = coalesce(email_verified_at, $2), updated_at = $2,
     version = version + 1
   where id = $1 returning ${columns}, version`,
)

export const updateAccount = statement<
  Account & { version: number },
  [
    id: string,
    displayName: string | null,
    locale: string | null,
    timezone: string | null,
    now: string,
  ]
>(
  'account.update',
  `update account set display_name = coalesce($2, display_name), locale = coalesce($3, locale),
     timezone = coalesce($4, timezone), updated_at = $5, version = version + 1
   where id = $1 returning ${columns}, version`,
)

export const setPassword = command<[accountId: string, passwordHash: string, now: string]>(
  'credential.set',
  `insert into credential (account_id, password_hash, updated_at) values ($1, $2, $3)
   on conflict (tenant_id, account_id)
   do update set password_hash = excluded.password_hash, updated_at = excluded.updated_at`,
)
