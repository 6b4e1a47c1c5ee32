import type { PageRequest } from '@prognetwork/contracts'
import { tenantContract } from '@prognetwork/contracts/tenant'

/** The currencies that prices are kept in, the tenant's own first. */
export async function currenciesOf(page: PageRequest): Promise<readonly string[]> {
  const { findTenantSettings } = tenantContract.operations
  const { settings } = await page.callAsClient(findTenantSettings, {})
  return [...new Set([settings.currency, ...settings.currencies])]
}
