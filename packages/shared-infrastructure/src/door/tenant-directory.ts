import type { IncomingHttpHeaders } from 'node:http'
import { common, type Output, platformTenantId } from '@prognetwork/contracts'
import type { tenantContract } from '@prognetwork/contracts/tenant'
import { createCache } from '../cache/cache.ts'
import { Problem } from '../service/failure.ts'

/** What a door knows of a tenant. */
export type TenantEntry = Output<typeof tenantContract.operations.findTenant>

/** Finds the tenant that a request is for, and whether it lets anybody in. */
export interface TenantDirectory {
  /** The tenant that host or `Prog-Tenant` name; undefined when neither names one. */
  named(headers: IncomingHttpHeaders): Promise<TenantEntry | undefined>
  byId(tenantId: string): Promise<TenantEntry>
}

const platform: TenantEntry = { id: platformTenantId, slug: 'platform', status: 'active' }
/** A suspension reaches every door within this time. */
const cacheMs = 2_000
const maxCached = 10_000

/**
 * `find` answers nothing for an unknown name, which is remembered too, so that made-up names cost
 * one look-up each two seconds. `publicUrl` is the platform's own host; `<slug>.` before it is a
 * tenant's.
 */
export function createTenantDirectory(options: {
  readonly find: (name: string) => Promise<TenantEntry | undefined>
  readonly publicUrl: string
}): TenantDirectory {
  const cache = createCache<string, TenantEntry | undefined>({
    name: 'tenant directory',
    max: maxCached,
    ttlMs: cacheMs,
  })
  const platformHost = new URL(options.publicUrl).hostname

  async function find(name: string): Promise<TenantEntry> {
    if (name === platformTenantId) return platform
    const entry = await cache.get(platformTenantId, name, () => options.find(name))
    if (!entry) throw new Problem(common.tenantMissing, 'The platform has no tenant of this name')
    return entry
  }

  return {
    async named(headers) {
      const byHost = slugOfHost(headers.host, platformHost)
      const byHeader = single(headers['prog-tenant'])
      if (byHost === undefined && byHeader === undefined) return undefined
      const host = byHost === undefined ? undefined : await find(byHost)
      const header = byHeader === undefined ? undefined : await find(byHeader)
      if (host && header && host.id !== header.id)
        throw new Problem(common.tenantMismatch, 'Host and Prog-Tenant name different tenants')
      return host ?? header
    },
    byId: find,
  }
}

/** `acme.localhost:8000` is the tenant `acme` of a platform at `localhost`. */
function slugOfHost(host: string | undefined, platformHost: string): string | undefined {
  const name = host?.replace(/:\d+$/, '').toLowerCase() ?? ''
  if (!name.endsWith(`.${platformHost}`)) return undefined
  const slug = name.slice(0, -platformHost.length - 1)
  return slug.includes('.') || slug === '' ? undefined : slug
}

function single(header: string | string[] | undefined): string | undefined {
  if (typeof header !== 'string' || header === '') return undefined
  return header.slice(0, 60).toLowerCase()
}
