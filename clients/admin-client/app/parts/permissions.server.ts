import type { PageRequest } from '@prognetwork/contracts'
import { userContract } from '@prognetwork/contracts/user'

/** A page has several loaders, which run at once and ask the same. */
const asked = new WeakMap<PageRequest, Promise<ReadonlySet<string>>>()

/** What the reader of a page may do here; what they may not is not offered. Asked once for a page. */
export function permissionsOf(page: PageRequest): Promise<ReadonlySet<string>> {
  const answer = asked.get(page) ?? read(page)
  asked.set(page, answer)
  return answer
}

async function read(page: PageRequest): Promise<ReadonlySet<string>> {
  if (!page.person) return new Set()
  const { permissions } = await page.call(userContract.operations.readPermissions, {})
  return new Set(permissions)
}
