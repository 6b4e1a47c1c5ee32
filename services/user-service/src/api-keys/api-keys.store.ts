import type { Output } from '@prognetwork/contracts'
import type { userContract } from '@prognetwork/contracts/user'
import { command, statement } from '@prognetwork/shared-infrastructure'

type Operations = typeof userContract.operations
/** An API key in the form of its contract, without the key. */
export type ApiKey = Output<Operations['listApiKeys']>['items'][number]

const columns = `id, name, prefix, scopes, created_by as "createdBy", created_at as "createdAt",
  expires_at as "expiresAt", last_used_at as "lastUsedAt"`

export const insertApiKey = command<
  [
    id: string,
    name: string,
    prefix: string,
    hash: Buffer,
    scopes: readonly string[],
    createdBy: string,
    now: string,
    expiresAt: string | null,
  ]
>(
  'api_key.insert',
  `insert into api_key (id, name, prefix, hash, scopes, created_by, created_at, expires_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8)`,
)

export const listApiKeys = statement<ApiKey, [before: string | null, limit: number]>(
  'api_key.list',
  `select ${columns} from api_key where revoked_at is null and ($1::uuid is null or id < $1)
   order by id desc limit $2`,
)

export const lockApiKey = statement<ApiKey, [id: string]>(
  'api_key.lock',
  `select ${columns} from api_key where id = $1 and revoked_at is null for update`,
)

/** A second rotation within the overlap of the first ends the secret before. */
export const rotateApiKey = statement<
  ApiKey,
  [id: string, prefix: string, hash: Buffer, previousExpiresAt: string]
>(
  'api_key.rotate',
  `update api_key set prefix = $2, previous_hash = hash, previous_expires_at = $4, hash = $3
   where id = $1 returning ${columns}`,
)

export const revokeApiKey = statement<{ id: string }, [id: string, realNow: string]>(
  'api_key.revoke',
  'update api_key set revoked_at = $2 where id = $1 and revoked_at is null returning id',
)

export const findApiKey = statement<
  { id: string; tenantId: string; patterns: string[]; expiresAt: string | null },
  [hash: Buffer]
>(
  'api_key.find_by_hash',
  `select id, tenant_id as "tenantId", scopes as patterns, expires_at as "expiresAt"
   from find_api_key($1)`,
)

export const writeLastUses = command<
  [tenantIds: readonly string[], ids: readonly string[], times: readonly string[]]
>(
  'api_key.write_last_uses',
  `update api_key k set last_used_at = u.at
   from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) as u (tenant_id, id, at)
   where k.tenant_id = u.tenant_id and k.id = u.id
     and (k.last_used_at is null or k.last_used_at < u.at)`,
)

export const findKeyExpiry = statement<{ expiresAt: string | null }, [id: string]>(
  'api_key.find_expiry',
  'select expires_at as "expiresAt" from api_key where id = $1',
)
