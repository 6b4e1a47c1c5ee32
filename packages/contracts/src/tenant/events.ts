import { z } from 'zod'
import { event } from '../event.ts'
import { examples } from '../examples.ts'
import { id } from '../shapes.ts'
import { slug } from './tenants.ts'

const tenantId = examples.id(2)
const aboutTenant = z.object({ tenantId: id('tenant') })

export const tenantCreated = event(
  'tenant.created',
  1,
  aboutTenant.extend({ slug, ownerId: id('account') }),
  { key: 'tenantId', example: { tenantId, slug: 'lovelace-looms', ownerId: examples.id() } },
)
export const tenantActivated = event('tenant.activated', 1, aboutTenant, {
  key: 'tenantId',
  example: { tenantId },
})
export const tenantUpdated = event('tenant.updated', 1, aboutTenant.extend({ slug }), {
  key: 'tenantId',
  example: { tenantId, slug: 'lovelace-looms' },
})
export const tenantSuspended = event('tenant.suspended', 1, aboutTenant, {
  key: 'tenantId',
  example: { tenantId },
})
export const tenantResumed = event('tenant.resumed', 1, aboutTenant, {
  key: 'tenantId',
  example: { tenantId },
})
export const tenantSettingsChanged = event(
  'tenant.settings_changed',
  1,
  aboutTenant.extend({ version: z.int(), changed: z.array(z.string()) }),
  { key: 'tenantId', example: { tenantId, version: 2, changed: ['brandColor'] } },
)

const aboutDomain = aboutTenant.extend({ domain: z.string() })
const domainExample = {
  key: 'tenantId',
  example: { tenantId, domain: 'shop.example.com' },
} as const

export const tenantDomainVerified = event('tenant.domain_verified', 1, aboutDomain, domainExample)
export const tenantDomainLapsed = event('tenant.domain_lapsed', 1, aboutDomain, domainExample)
export const tenantDomainRemoved = event('tenant.domain_removed', 1, aboutDomain, domainExample)
