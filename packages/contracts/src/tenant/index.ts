import { contract } from '../operation.ts'
import { addDomain, listDomains, removeDomain, verifyDomain } from './domains.ts'
import { changeSettings, findTenantSettings, readSettings } from './settings.ts'
import {
  createTenant,
  createTenantFor,
  findTenant,
  inspectTenant,
  listTenants,
  readTenant,
  renameTenant,
  resumeTenant,
  suspendTenant,
} from './tenants.ts'

export * from './domains.ts'
export * from './events.ts'
export * from './settings.ts'
export * from './tenants.ts'

export const tenantContract = contract('tenant-service', {
  createTenant,
  createTenantFor,
  readTenant,
  renameTenant,
  listTenants,
  inspectTenant,
  suspendTenant,
  resumeTenant,
  findTenant,
  findTenantSettings,
  readSettings,
  changeSettings,
  addDomain,
  listDomains,
  verifyDomain,
  removeDomain,
})
