import { command, statement } from '@prognetwork/shared-infrastructure'
import type { stripeAccounts } from '../tables.ts'

export type StripeAccount = Omit<typeof stripeAccounts.$inferSelect, 'tenantId' | 'lookAt'>

const columns = `secret_key as "secretKey", secret_key_hint as "secretKeyHint",
  signing_secret as "signingSecret", signing_secret_hint as "signingSecretHint", endpoint,
  set_at as "setAt", told_until as "toldUntil"`

export const findAccount = statement<StripeAccount>(
  'stripe_account.find',
  `select ${columns} from stripe_account`,
)

/** Its webhooks are heard at the same place for as long as there is an account. */
export const setAccount = statement<
  StripeAccount,
  [
    secretKey: Uint8Array,
    secretKeyHint: string,
    signingSecret: Uint8Array | null,
    signingSecretHint: string | null,
    endpoint: Uint8Array,
    now: string,
    toldUntil: number,
    lookAt: string,
  ]
>(
  'stripe_account.set',
  `insert into stripe_account (secret_key, secret_key_hint, signing_secret, signing_secret_hint,
     endpoint, set_at, told_until, look_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8)
   on conflict (tenant_id) do update set secret_key = $1, secret_key_hint = $2,
     signing_secret = $3, signing_secret_hint = $4, set_at = $6
   returning ${columns}`,
)

export const deleteAccount = statement<{ setAt: string }>(
  'stripe_account.delete',
  'delete from stripe_account returning set_at as "setAt"',
)

export const listAccountsDue = statement<{ tenantId: string }, [now: string, limit: number]>(
  'stripe_account.list_due',
  `select tenant_id as "tenantId" from stripe_account
   where look_at <= $1 order by look_at limit $2`,
)

export const lookLater = command<[lookAt: string]>(
  'stripe_account.look_later',
  'update stripe_account set look_at = $1',
)

export const setToldUntil = command<[toldUntil: number]>(
  'stripe_account.set_told_until',
  'update stripe_account set told_until = $1',
)
