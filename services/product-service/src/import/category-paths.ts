import type { Transaction } from '@prognetwork/contracts'
import { categoryUnfit } from '@prognetwork/contracts/product'
import { newId, Problem } from '@prognetwork/shared-infrastructure'
import {
  type Category,
  insertCategory,
  listEvery,
  lockTree,
  maxCategories,
} from '../categories/categories.store.ts'
import { slugOf } from '../text/folding.ts'

/** Ids of categories by their path from the top, as far as an import has met them. */
export type CategoryPaths = Map<string, string>

export function pathKey(path: readonly string[]): string {
  return JSON.stringify(path.map((name) => name.toLowerCase()))
}

/**
 * Finds the categories of these paths and makes those that are missing. Answers what it learnt,
 * to be remembered once the transaction has committed.
 */
export async function ensurePaths(
  tx: Transaction,
  paths: readonly (readonly string[])[],
  known: CategoryPaths,
  now: string,
): Promise<CategoryPaths> {
  const learnt: CategoryPaths = new Map()
  if (paths.every((path) => known.has(pathKey(path)))) return learnt
  await tx.run(lockTree())
  const rows = await tx.run(listEvery())
  const slugs = new Set(rows.map((row) => row.slug))
  const children = childrenOf(rows)
  for (const path of paths) {
    let parent: string | null = null
    for (const name of path) {
      let id = children.get(childKey(parent, name))
      if (id === undefined) {
        id = newId()
        if (slugs.size >= maxCategories)
          throw new Problem(categoryUnfit, `There are ${maxCategories} categories already`)
        const slug = freeSlug(name, id, slugs)
        slugs.add(slug)
        await tx.run(insertCategory(id, parent, slug, name, '[]', now))
        children.set(childKey(parent, name), id)
      }
      parent = id
    }
    if (parent !== null) learnt.set(pathKey(path), parent)
  }
  return learnt
}

/** The same for a trial run, which makes nothing: paths that are not there are not answered. */
export async function findPaths(
  tx: Transaction,
  paths: readonly (readonly string[])[],
  known: CategoryPaths,
): Promise<CategoryPaths> {
  const found: CategoryPaths = new Map()
  if (paths.every((path) => known.has(pathKey(path)))) return found
  const children = childrenOf(await tx.run(listEvery()))
  for (const path of paths) {
    let id: string | undefined
    for (const [at, name] of path.entries()) {
      if (at > 0 && id === undefined) break
      id = children.get(childKey(id ?? null, name))
    }
    if (id !== undefined) found.set(pathKey(path), id)
  }
  return found
}

function childrenOf(rows: readonly Category[]): Map<string, string> {
  return new Map(rows.map((row) => [childKey(row.parentId, row.name), row.id]))
}

function childKey(parent: string | null, name: string): string {
  return `${parent ?? ''}/${name.toLowerCase()}`
}

/** Two branches may hold the same name; the address of the second says which it is. */
function freeSlug(name: string, id: string, taken: ReadonlySet<string>): string {
  const slug = slugOf(name)
  return slug !== '' && !taken.has(slug) ? slug : `${slug || 'category'}-${id.slice(-12)}`
}
