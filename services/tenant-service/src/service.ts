import {
  tenantActivated,
  tenantContract,
  tenantCreated,
  tenantResumed,
  tenantSettingsChanged,
  tenantSuspended,
  tenantUpdated,
} from '@prognetwork/contracts/tenant'
import { userContract } from '@prognetwork/contracts/user'
import { defineService, every } from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { createTenants } from './lifecycle/tenants.ts'
import { createProvisioning } from './provisioning/provisioning.ts'
import { createSettings } from './settings/settings.ts'

export default defineService({
  name: 'tenant-service',
  port: 3006,
  summary: 'Tenants: life cycle, provisioning, settings, slugs',
  config: z.object({}),
  contract: tenantContract,
  publishes: [
    tenantActivated,
    tenantCreated,
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
    ],
    lookups: ['find_tenant_by_slug(text)', 'find_tenant_by_id(uuid)'],
    personalData: [
      { table: 'tenant', columns: 'none' },
      { table: 'provisioning_step', columns: 'none' },
      { table: 'settings_version', columns: 'none' },
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
    return {
      handlers: {
        createTenant: tenants.create,
        readTenant: tenants.read,
        renameTenant: tenants.rename,
        listTenants: tenants.list,
        suspendTenant: tenants.suspend,
        resumeTenant: tenants.resume,
        findTenant: tenants.find,
        findTenantSettings: settings.find,
        readSettings: settings.read,
        changeSettings: settings.change,
      },
      jobs: [every('10s', 'resume-provisioning', provisioning.resume)],
      close: () => provisioning.settled(),
    }
  },
})
