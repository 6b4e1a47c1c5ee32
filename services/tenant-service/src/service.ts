import {
  tenantActivated,
  tenantContract,
  tenantCreated,
  tenantDomainLapsed,
  tenantDomainRemoved,
  tenantDomainVerified,
  tenantResumed,
  tenantSettingsChanged,
  tenantSuspended,
  tenantUpdated,
} from '@prognetwork/contracts/tenant'
import { userContract } from '@prognetwork/contracts/user'
import { defineService, every } from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { createDomains } from './domains/domains.ts'
import { areServers, createTxtRecords } from './domains/txt-records.ts'
import { createFixture } from './fixture.ts'
import { createTenants } from './lifecycle/tenants.ts'
import { createProvisioning } from './provisioning/provisioning.ts'
import { createSettings } from './settings/settings.ts'

export default defineService({
  name: 'tenant-service',
  port: 3006,
  summary: 'Tenants: life cycle, provisioning, settings, slugs and domains',
  config: z.object({
    dnsServers: z
      .string()
      .transform((text) => text.split(',').flatMap((one) => one.trim() || []))
      .refine(areServers, 'must be addresses such as 192.0.2.1 or [2001:db8::1]:53')
      .default([])
      .describe("Name servers that verify domains, by commas; the machine's own without any"),
  }),
  contract: tenantContract,
  publishes: [
    tenantActivated,
    tenantCreated,
    tenantDomainLapsed,
    tenantDomainRemoved,
    tenantDomainVerified,
    tenantResumed,
    tenantSettingsChanged,
    tenantSuspended,
    tenantUpdated,
  ],
  consumes: [],
  needs: ['user-service'],
  database: {
    migrations: new URL('../migrations/', import.meta.url),
    everyTenant: [
      { table: 'tenant', role: 'platform', reason: 'operators list tenants; sagas are resumed' },
      { table: 'tenant', role: 'lookup', reason: 'a door finds a tenant by slug or id' },
      { table: 'domain', role: 'platform', reason: 'records are looked at when it is time' },
      { table: 'domain', role: 'lookup', reason: 'a door finds a tenant by its host' },
    ],
    lookups: [
      'find_tenant_by_domain(text)',
      'find_tenant_by_id(uuid)',
      'find_tenant_by_slug(text)',
    ],
    personalData: [
      { table: 'tenant', columns: 'none' },
      { table: 'provisioning_step', columns: 'none' },
      { table: 'settings_version', columns: 'none' },
      { table: 'domain', columns: 'none' },
    ],
  },
  start(parts) {
    const provisioning = createProvisioning({
      ...parts,
      steps: [
        {
          name: 'user-service',
          run: (ctx, { ownerId }, idempotencyKey) =>
            parts.call(
              ctx,
              userContract.operations.openTenantAccess,
              { body: { ownerAccountId: ownerId } },
              { idempotencyKey },
            ),
        },
      ],
    })
    const tenants = createTenants({ ...parts, provisioning })
    const settings = createSettings(parts)
    const records = createTxtRecords(parts.config.dnsServers)
    const domains = createDomains({ ...parts, records })
    return {
      handlers: {
        createTenant: tenants.create,
        createTenantFor: tenants.createFor,
        inspectTenant: tenants.inspect,
        readTenant: tenants.read,
        renameTenant: tenants.rename,
        listTenants: tenants.list,
        suspendTenant: tenants.suspend,
        resumeTenant: tenants.resume,
        findTenant: tenants.find,
        findTenantSettings: settings.find,
        readSettings: settings.read,
        changeSettings: settings.change,
        addDomain: domains.add,
        listDomains: domains.list,
        verifyDomain: domains.verify,
        removeDomain: domains.remove,
      },
      fixture: createFixture(domains),
      jobs: [
        every('10s', 'resume-provisioning', provisioning.resume),
        every('10s', 'check-domains', domains.checkDue),
      ],
      async close() {
        records.close()
        await provisioning.settled()
      },
    }
  },
})
