import type { DomainFinding } from '@prognetwork/contracts/tenant'
import { command, statement } from '@prognetwork/shared-infrastructure'
import type { domains } from '../tables.ts'

type DomainRow = typeof domains.$inferSelect

/** A domain without what only its life needs. */
export type Domain = Pick<
  DomainRow,
  'id' | 'name' | 'state' | 'token' | 'lastFinding' | 'checkedAt' | 'verifiedAt' | 'createdAt'
>

const columns = `id, name, state, token, last_finding as "lastFinding",
  checked_at as "checkedAt", verified_at as "verifiedAt", created_at as "createdAt"`

/** Two who add domains to one tenant at once follow each other; no row: the platform itself. */
export const lockTenant = statement<{ status: string }>(
  'tenant.lock',
  'select status from tenant for update',
)

export const insertDomain = command<
  [id: string, name: string, token: string, nextCheckAt: string, now: string]
>(
  'domain.insert',
  `insert into domain (id, name, token, next_check_at, created_at) values ($1, $2, $3, $4, $5)`,
)

export const listDomains = statement<Domain>(
  'domain.list',
  `select ${columns} from domain order by name`,
)

export const findDomain = statement<Domain, [id: string]>(
  'domain.find',
  `select ${columns} from domain where id = $1`,
)

export const lockDomain = statement<
  Pick<DomainRow, 'name' | 'state' | 'createdAt' | 'failingSince'>,
  [id: string]
>(
  'domain.lock',
  `select name, state, created_at as "createdAt", failing_since as "failingSince"
   from domain where id = $1 for update`,
)

export const setChecked = statement<
  Domain,
  [
    id: string,
    state: DomainRow['state'],
    finding: DomainFinding,
    realNow: string,
    failingSince: string | null,
    nextCheckAt: string | null,
  ]
>(
  'domain.set_checked',
  `update domain set state = $2, last_finding = $3, checked_at = $4, failing_since = $5,
     next_check_at = $6,
     verified_at = case when $2 = 'verified' and state <> 'verified' then $4 else verified_at end
   where id = $1 returning ${columns}`,
)

export const deleteDomain = statement<{ name: string }, [id: string]>(
  'domain.delete',
  'delete from domain where id = $1 returning name',
)

export const listDue = statement<
  { tenantId: string; id: string; name: string; token: string },
  [realNow: string, limit: number]
>(
  'domain.list_due',
  `select tenant_id as "tenantId", id, name, token from domain
   where next_check_at <= $1 order by next_check_at limit $2`,
)
