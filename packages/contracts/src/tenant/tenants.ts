import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { currency, email, id, locale, page, pageQuery, text, timestamp } from '../shapes.ts'
import { doors } from '../web-clients.ts'

/**
 * A name that can stand in a host (RFC 1123 label), at least three characters. It never looks like
 * an id, because a tenant is named by either.
 */
export const slug = z.string().regex(/^(?![0-9a-f]{8}-)[a-z0-9](?:[a-z0-9-]{1,38})[a-z0-9]$/)

export const tenantStatus = z.enum(['provisioning', 'active', 'suspended'])

const provisioningStep = z.object({
  name: z.string(),
  state: z.enum(['waiting', 'done']),
  attempts: z.int(),
  lastError: z.string().nullable(),
  finishedAt: timestamp.nullable(),
})

export const tenant = z.object({
  id: id('tenant'),
  name: z.string(),
  slug,
  status: tenantStatus,
  createdAt: timestamp,
  updatedAt: timestamp,
})
const exampleTenant = {
  id: examples.id(2),
  name: 'Lovelace Looms',
  slug: 'lovelace-looms',
  status: 'active',
  createdAt: examples.time,
  updatedAt: examples.time,
} as const

const provisionedTenant = tenant.extend({ provisioning: z.array(provisioningStep) })
const exampleProvisioned = {
  ...exampleTenant,
  provisioning: [
    {
      name: 'user-service',
      state: 'done',
      attempts: 1,
      lastError: null,
      finishedAt: examples.time,
    },
  ],
} as const

export const slugTaken = problem('conflict', 'tenant.slug_taken', 'Another tenant has this slug')
export const slugReserved = problem(
  'unprocessable',
  'tenant.slug_reserved',
  'This slug is kept for the platform',
)
export const tenantMissing = problem('missing', 'tenant.tenant_missing', 'There is no such tenant')
export const stateUnfit = problem(
  'conflict',
  'tenant.state_unfit',
  'The tenant is not in a state for this',
)
export const platformAccountNeeded = problem(
  'forbidden',
  'tenant.platform_account_needed',
  'Only accounts of the platform own tenants',
)

export const ownerMissing = problem(
  'unprocessable',
  'tenant.owner_missing',
  'Nobody of the platform has this address',
)

const newTenant = z.strictObject({
  name: text(1, 100),
  slug,
  locale: locale.default('en'),
  currency: currency.default('EUR'),
  timezone: z.string().min(1).max(60).default('UTC'),
})

export const createTenant = operation('POST', '/v1/tenants', {
  summary: 'Create a tenant; whoever does becomes its owner',
  auth: { signedIn: true },
  idempotent: true,
  body: newTenant,
  reply: { 201: tenant },
  problems: [slugTaken, slugReserved, platformAccountNeeded],
  example: {
    body: { name: 'Lovelace Looms', slug: 'lovelace-looms', currency: 'GBP' },
    reply: { ...exampleTenant, status: 'provisioning' },
  },
})

export const createTenantFor = operation('POST', '/v1/platform/tenants', {
  summary: 'Create a tenant for somebody else, who becomes its owner',
  auth: { permission: 'platform:tenant:create' },
  idempotent: true,
  /** Of an account of the platform whose address is verified; who asks may read accounts as well. */
  body: newTenant.extend({ ownerEmail: email }),
  reply: { 201: tenant },
  problems: [slugTaken, slugReserved, ownerMissing],
  example: {
    body: { name: 'Lovelace Looms', slug: 'lovelace-looms', ownerEmail: examples.email },
    reply: { ...exampleTenant, status: 'provisioning' },
  },
})

export const readTenant = operation('GET', '/v1/tenant', {
  summary: 'The tenant the credential acts for, with the steps of its provisioning',
  auth: { permission: 'tenant:tenant:read' },
  reply: { 200: provisionedTenant },
  problems: [tenantMissing],
  example: { reply: exampleProvisioned },
})

export const renameTenant = operation('PATCH', '/v1/tenant', {
  summary: 'Change the name or the slug of the tenant',
  auth: { permission: 'tenant:tenant:update' },
  idempotent: true,
  body: z.strictObject({ name: text(1, 100).optional(), slug: slug.optional() }),
  reply: { 200: tenant },
  problems: [tenantMissing, slugTaken, slugReserved],
  example: { body: { name: 'Lovelace Looms' }, reply: exampleTenant },
})

export const listTenants = operation('GET', '/v1/tenants', {
  summary: 'Every tenant of the platform, newest first',
  auth: { permission: 'platform:tenant:read' },
  query: pageQuery.extend({
    status: tenantStatus.optional(),
    /** Stands in the name or in the slug, in capitals or not. */
    words: text(1, 100).optional(),
  }),
  reply: { 200: page(tenant) },
  example: {
    query: { status: 'active', words: 'loom' },
    reply: { items: [exampleTenant], next: null },
  },
})

const tenantParams = z.strictObject({ tenantId: id('tenant') })

export const inspectTenant = operation('GET', '/v1/tenants/{tenantId}', {
  summary: 'A tenant as operators see it: the steps of its provisioning, and whom it was made for',
  auth: { permission: 'platform:tenant:read' },
  params: tenantParams,
  reply: { 200: provisionedTenant.extend({ firstOwnerId: id('account') }) },
  problems: [tenantMissing],
  example: {
    params: { tenantId: examples.id(2) },
    reply: { ...exampleProvisioned, firstOwnerId: examples.id() },
  },
})

export const suspendTenant = operation('POST', '/v1/tenants/{tenantId}/suspension', {
  summary: 'Suspend a tenant: nobody but operators gets in until it is resumed',
  auth: { permission: 'platform:tenant:suspend' },
  params: tenantParams,
  body: z.strictObject({ reason: text(3, 500) }),
  reply: { 200: tenant },
  problems: [tenantMissing, stateUnfit],
  example: {
    params: { tenantId: examples.id(2) },
    body: { reason: 'Invoices unpaid for 60 days' },
    reply: { ...exampleTenant, status: 'suspended' },
  },
})

export const resumeTenant = operation('DELETE', '/v1/tenants/{tenantId}/suspension', {
  summary: 'Resume a suspended tenant',
  auth: { permission: 'platform:tenant:suspend' },
  params: tenantParams,
  reply: { 200: tenant },
  problems: [tenantMissing, stateUnfit],
  example: { params: { tenantId: examples.id(2) }, reply: exampleTenant },
})

/** What every door must know of a tenant before it lets anybody in. */
export const tenantEntry = z.object({ id: id('tenant'), slug, status: tenantStatus })

export const findTenant = operation('GET', '/v1/tenant-directory/{name}', {
  summary: 'The tenant with this slug, id or verified domain',
  auth: { service: ['email-service', 'user-service', ...doors] },
  params: z.strictObject({ name: z.string().min(1).max(253) }),
  reply: { 200: tenantEntry },
  problems: [tenantMissing],
  example: {
    params: { name: 'lovelace-looms' },
    reply: { id: examples.id(2), slug: 'lovelace-looms', status: 'active' },
  },
})
