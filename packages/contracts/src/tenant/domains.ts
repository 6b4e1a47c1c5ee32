import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { id, nothing, timestamp } from '../shapes.ts'
import { tenantMissing } from './tenants.ts'

/**
 * `pending` until the record is seen; `lapsed` when it was missing for days afterwards. The name
 * leads to the tenant while it is `verified`, and then to this tenant alone.
 */
export const domainState = z.enum(['pending', 'verified', 'lapsed'])

/** What the last look at the record found. */
export const domainFinding = z.enum([
  'record_found',
  'record_missing',
  'value_wrong',
  'unreachable',
  'taken',
])
export type DomainFinding = z.output<typeof domainFinding>

const domain = z.object({
  id: id('domain'),
  /** In lower case and ASCII (RFC 5891). */
  name: z.string(),
  state: domainState,
  /** What the owner of the domain sets in its zone to show that it is theirs. */
  record: z.object({ type: z.literal('TXT'), name: z.string(), value: z.string() }),
  lastFinding: domainFinding.nullable(),
  checkedAt: timestamp.nullable(),
  verifiedAt: timestamp.nullable(),
  createdAt: timestamp,
})
const exampleDomain = {
  id: examples.id(6),
  name: 'shop.example.com',
  state: 'pending',
  record: {
    type: 'TXT',
    name: '_prognetwork.shop.example.com',
    value: 'prognetwork-verification=8xLOxBtZp8q1VvA0o0xLtG',
  },
  lastFinding: null,
  checkedAt: null,
  verifiedAt: null,
  createdAt: examples.time,
} as const
const byId = z.strictObject({ domainId: id('domain') })
const exampleParams = { domainId: examples.id(6) }

export const domainUnfit = problem(
  'unprocessable',
  'tenant.domain_unfit',
  'A tenant cannot be reached under this name',
)
export const domainExists = problem(
  'conflict',
  'tenant.domain_exists',
  'The tenant has this domain already',
)
export const domainsTooMany = problem(
  'conflict',
  'tenant.domains_too_many',
  'The tenant has as many domains as it can have',
)
export const domainMissing = problem(
  'missing',
  'tenant.domain_missing',
  'The tenant has no such domain',
)
export const domainTaken = problem(
  'conflict',
  'tenant.domain_taken',
  'Another tenant has shown that the domain is theirs',
)
export const domainRecordMissing = problem(
  'conflict',
  'tenant.domain_record_missing',
  'The zone of the domain does not hold the record',
)
export const domainRecordWrong = problem(
  'conflict',
  'tenant.domain_record_wrong',
  'The record of the domain holds another value',
)

export const addDomain = operation('POST', '/v1/tenant/domains', {
  summary: 'Name a domain of the tenant; the answer says which record shows that it is theirs',
  auth: { permission: 'tenant:domain:create' },
  idempotent: true,
  /** As a person writes it, `Bücher.example`; without scheme, port or path. */
  body: z.strictObject({ name: z.string().trim().min(1).max(300) }),
  reply: { 201: domain },
  problems: [domainUnfit, domainExists, domainsTooMany, tenantMissing],
  example: { body: { name: 'shop.example.com' }, reply: exampleDomain },
})

export const listDomains = operation('GET', '/v1/tenant/domains', {
  summary: 'The domains of the tenant, by name',
  auth: { permission: 'tenant:domain:read' },
  reply: { 200: z.object({ items: z.array(domain) }) },
  example: { reply: { items: [exampleDomain] } },
})

export const verifyDomain = operation('POST', '/v1/tenant/domains/{domainId}/verification', {
  summary: 'Look at the record now; it is looked at now and then anyway',
  auth: { permission: 'tenant:domain:update' },
  rate: 'bulk',
  params: byId,
  reply: { 200: domain },
  problems: [domainMissing, domainTaken, domainRecordMissing, domainRecordWrong],
  example: {
    params: exampleParams,
    reply: {
      ...exampleDomain,
      state: 'verified',
      lastFinding: 'record_found',
      checkedAt: examples.time,
      verifiedAt: examples.time,
    },
  },
})

export const removeDomain = operation('DELETE', '/v1/tenant/domains/{domainId}', {
  summary: 'Let a domain go; it stops leading to the tenant as soon as doors hear of it',
  auth: { permission: 'tenant:domain:delete' },
  params: byId,
  reply: { 204: nothing },
  problems: [domainMissing],
  example: { params: exampleParams },
})
