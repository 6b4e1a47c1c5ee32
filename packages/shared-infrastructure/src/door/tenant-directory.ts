import type { IncomingHttpHeaders } from 'node:http'
import { common, type Output, platformTenantId } from '@prognetwork/contracts'
import type { tenantContract } from '@prognetwork/contracts/tenant'
import type { Hearing } from '../host/consumption.ts'
import { Problem } from '../service/failure.ts'
import { createKeptAnswers } from './kept-answers.ts'

/** What a door knows of a tenant. */
export type TenantEntry = Output<typeof tenantContract.operations.findTenant>

/** Finds the tenant that a request is for, and whether it lets anybody in. */
export interface TenantDirectory {
  /** The tenant that host or `Prog-Tenant` name; undefined when neither names one. */
  named(headers: IncomingHttpHeaders): Promise<TenantEntry | undefined>
  byId(tenantId: string): TenantEntry | Promise<TenantEntry>
  /**
   * A tenant has changed or is new, and what this slug or domain leads to has; without an id, any
   * may have changed.
   */
  forget(tenantId?: string, name?: string): void
}

interface Known {
  readonly entry: TenantEntry | undefined
}

const platform: TenantEntry = { id: platformTenantId, slug: 'platform', status: 'active' }
const maxAgeMs = 5 * 60_000
const maxKept = 10_000
const maxDomainLength = 253

/**
 * `find` answers nothing for an unknown name, which is remembered too, so that made-up names cost
 * one look-up each. `reachedAt` is an address of the platform's own; `<slug>.` before its host is a
 * tenant's.
 */
export function createTenantDirectory(options: {
  readonly find: (name: string) => Promise<TenantEntry | undefined>
  readonly reachedAt: string
  readonly hearing: Hearing
}): TenantDirectory {
  const { hearing } = options
  const answers = createKeptAnswers<Known>({
    hearing,
    max: maxKept,
    maxAgeMs,
  })
  const platformHost = new URL(options.reachedAt).hostname

  /** What is known of a name, nothing included. */
  function known(name: string): Known | Promise<Known> {
    return answers.get(name, async () => ({ entry: await options.find(name) }))
  }

  function find(name: string): TenantEntry | Promise<TenantEntry> {
    if (name === platformTenantId) return platform
    const answer = known(name)
    return 'then' in answer ? answer.then(found) : found(answer)
  }

  /** The platform may be reached by names that it does not know; those name no tenant. */
  async function ofHost(header: string | undefined): Promise<TenantEntry | undefined> {
    const host = hostName(header)
    const slug = slugOfHost(host, platformHost)
    if (slug !== undefined) return find(slug)
    return isDomain(host) && host !== platformHost ? (await known(host)).entry : undefined
  }

  return {
    async named(headers) {
      const host = await ofHost(headers.host)
      const byHeader = single(headers['prog-tenant'])
      const header = byHeader === undefined ? undefined : await find(byHeader)
      if (host && header && host.id !== header.id)
        throw new Problem(common.tenantMismatch, 'Host and Prog-Tenant name different tenants')
      return host ?? header
    },
    byId: find,
    forget: (tenantId, changed) =>
      answers.forget(
        (name, { entry }) =>
          tenantId === undefined || entry?.id === tenantId || name === tenantId || name === changed,
      ),
  }
}

function found({ entry }: Known): TenantEntry {
  if (!entry) throw new Problem(common.tenantMissing, 'The platform has no tenant of this name')
  return entry
}

/** A Host header without its port, and without the dot that a full name may end with. */
function hostName(header: string | undefined): string {
  const name = header?.replace(/:\d+$/, '').toLowerCase() ?? ''
  return name.endsWith('.') ? name.slice(0, -1) : name
}

/** A name of several labels, and no address: its last label is not a number. */
function isDomain(host: string): boolean {
  return host.length <= maxDomainLength && /^(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*$/.test(host)
}

/** `acme.localhost` is the tenant `acme` of a platform at `localhost`. */
function slugOfHost(host: string, platformHost: string): string | undefined {
  if (!host.endsWith(`.${platformHost}`)) return undefined
  const slug = host.slice(0, -platformHost.length - 1)
  return slug.includes('.') || slug === '' ? undefined : slug
}

function single(header: string | string[] | undefined): string | undefined {
  if (typeof header !== 'string' || header === '') return undefined
  return header.slice(0, 60).toLowerCase()
}
