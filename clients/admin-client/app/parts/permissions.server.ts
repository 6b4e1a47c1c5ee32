import type { PageRequest } from '@prognetwork/contracts'
import { userContract } from '@prognetwork/contracts/user'

/** What the reader of a page may do here; what they may not is not offered. */
export async function permissionsOf(page: PageRequest): Promise<ReadonlySet<string>> {
  if (!page.person) return new Set()
  const { permissions } = await page.call(userContract.operations.readPermissions, {})
  return new Set(permissions)
}
