import type { PageRequest } from '@prognetwork/contracts'
import { reaches, userContract } from '@prognetwork/contracts/user'

const leading = new Set(['owner', 'operator'])

/** Roles that the reader can give: nobody gives what they do not hold themselves. */
export async function rolesToGive(page: PageRequest): Promise<readonly string[]> {
  const { items } = await page.call(userContract.operations.listRoles, {})
  const own = page.person?.roles ?? []
  const held = items.filter(({ name }) => own.includes(name)).flatMap(({ patterns }) => patterns)
  return items
    .filter(({ name }) => !leading.has(name) || own.includes(name))
    .filter(({ patterns }) => patterns.every((one) => held.some((mine) => reaches(mine, one))))
    .map(({ name }) => name)
}
