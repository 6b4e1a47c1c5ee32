import { command, statement } from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import type { provisioningSteps, tenants } from '../tables.ts'

type TenantRow = typeof tenants.$inferSelect
type StepRow = typeof provisioningSteps.$inferSelect

/** A tenant in the form of its contract. */
export interface Tenant
  extends Pick<TenantRow, 'name' | 'slug' | 'status' | 'createdAt' | 'updatedAt'> {
  readonly id: string
}
export type VersionedTenant = Tenant & Pick<TenantRow, 'version'>

const columns = `tenant_id as id, name, slug, status, created_at as "createdAt",
  updated_at as "updatedAt"`

export const insertTenant = command<[name: string, slug: string, ownerId: string, now: string]>(
  'tenant.insert',
  `insert into tenant (name, slug, status, owner_id, created_at, updated_at)
   values ($1, $2, 'provisioning', $3, $4, $4)`,
)

export const findTenantRow = statement<Tenant>('tenant.find', `select ${columns} from tenant`)

export const findOwned = statement<Tenant & { firstOwnerId: string }, [id: string]>(
  'tenant.find_owned',
  `select ${columns}, owner_id as "firstOwnerId" from tenant where tenant_id = $1`,
)

export const updateTenant = statement<
  VersionedTenant,
  [name: string | null, slug: string | null, now: string]
>(
  'tenant.update',
  `update tenant set name = coalesce($1, name), slug = coalesce($2, slug), updated_at = $3,
     version = version + 1
   returning ${columns}, version`,
)

/** Compare and set: of two at once, one changes the state. */
export const moveTenant = statement<
  VersionedTenant,
  [from: TenantRow['status'], to: TenantRow['status'], now: string]
>(
  'tenant.move',
  `update tenant set status = $2, updated_at = $3, version = version + 1
   where status = $1 and tenant_id = current_tenant() returning ${columns}, version`,
)

export const listEveryTenant = statement<
  Tenant,
  [status: string | null, before: string | null, limit: number, words: string | null]
>(
  'tenant.list',
  `select ${columns} from tenant
   where ($1::text is null or status = $1) and ($2::uuid is null or tenant_id < $2)
     and ($4::text is null or strpos(lower(name), lower($4)) > 0 or strpos(slug, lower($4)) > 0)
   order by tenant_id desc limit $3`,
)

export const listUnfinished = statement<{ id: string; ownerId: string }>(
  'tenant.list_unfinished',
  `select tenant_id as id, owner_id as "ownerId" from tenant where status = 'provisioning'
   order by tenant_id limit 100`,
)

export const insertStep = command<[name: string, position: number]>(
  'provisioning_step.insert',
  'insert into provisioning_step (name, position) values ($1, $2)',
)

export const listSteps = statement<
  Pick<StepRow, 'name' | 'state' | 'attempts' | 'lastError' | 'finishedAt'>
>(
  'provisioning_step.list',
  `select name, state, attempts, last_error as "lastError", finished_at as "finishedAt"
   from provisioning_step order by position`,
)

export const finishStep = command<[name: string, now: string]>(
  'provisioning_step.finish',
  `update provisioning_step set state = 'done', attempts = attempts + 1, last_error = null,
     finished_at = $2
   where name = $1 and state = 'waiting'`,
)

export const failStep = command<[name: string, error: string]>(
  'provisioning_step.fail',
  `update provisioning_step set attempts = attempts + 1, last_error = $2
   where name = $1 and state = 'waiting'`,
)

export interface DirectoryEntry {
  readonly id: string
  readonly slug: string
  readonly status: TenantRow['status']
}

const findBySlug = statement<DirectoryEntry, [slug: string]>(
  'tenant.find_by_slug',
  'select id, slug, status from find_tenant_by_slug($1)',
)
const findById = statement<DirectoryEntry, [id: string]>(
  'tenant.find_by_id',
  'select id, slug, status from find_tenant_by_id($1)',
)

const findByDomain = statement<DirectoryEntry, [domain: string]>(
  'tenant.find_by_domain',
  'select id, slug, status from find_tenant_by_domain($1)',
)

/** By id, by slug or by a verified domain; no two of them look alike. */
export function findInDirectory(name: string) {
  if (name.includes('.')) return findByDomain(name)
  return z.uuid().safeParse(name).success ? findById(name) : findBySlug(name)
}
