import type { PublicKey } from '@prognetwork/contracts/user'
import { command, statement } from '@prognetwork/shared-infrastructure'

export interface SigningKeyRow {
  readonly kid: string
  readonly state: 'next' | 'active' | 'retired'
  readonly publicKey: PublicKey
  readonly privateKeySealed: Buffer
  readonly createdAt: string
  readonly activatedAt: string | null
}

export const listKeys = statement<SigningKeyRow>(
  'signing_key.list',
  `select kid, state, public_key as "publicKey", private_key_sealed as "privateKeySealed",
     created_at as "createdAt", activated_at as "activatedAt" from signing_key`,
)

/** Of several processes that make a key for one state, the first one's stays. */
export const insertKey = command<
  [
    kid: string,
    state: 'next' | 'active',
    publicKey: string,
    sealed: Uint8Array,
    realNow: string,
    activatedAt: string | null,
  ]
>(
  'signing_key.insert',
  `insert into signing_key (kid, state, public_key, private_key_sealed, created_at, activated_at)
   values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
)

/** Compare and set: two processes that rotate at once retire one key, once. */
export const retireActive = statement<{ kid: string }, [kid: string, realNow: string]>(
  'signing_key.retire',
  `update signing_key set state = 'retired', retired_at = $2
   where kid = $1 and state = 'active' returning kid`,
)

export const activateNext = statement<{ kid: string }, [kid: string, realNow: string]>(
  'signing_key.activate',
  `update signing_key set state = 'active', activated_at = $2
   where kid = $1 and state = 'next' returning kid`,
)

export const deleteRetired = command<[retiredBefore: string]>(
  'signing_key.delete_retired',
  "delete from signing_key where state = 'retired' and retired_at < $1",
)
