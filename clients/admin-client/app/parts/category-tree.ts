import type { Output } from '@prognetwork/contracts'
import type { productContract } from '@prognetwork/contracts/product'

type Operations = typeof productContract.operations
export type Category = Output<Operations['listCategories']>['items'][number]

export interface Branch extends Category {
  /** How many it stands under. */
  readonly depth: number
  /** It stands under one that is left out, or is it. */
  readonly isWithin: boolean
}

/** Each category after the one it stands under, by its name among its like. */
export function inOrder(
  categories: readonly Category[],
  locale: string,
  within?: string | null,
): readonly Branch[] {
  const { compare } = new Intl.Collator(locale, { numeric: true })
  const under = Map.groupBy(
    categories.toSorted((one, other) => compare(one.name, other.name)),
    ({ parentId }) => parentId,
  )
  const walk = (parentId: string | null, depth: number, isWithin: boolean): Branch[] =>
    (under.get(parentId) ?? []).flatMap((one) => {
      const isIn = isWithin || one.id === within
      return [{ ...one, depth, isWithin: isIn }, ...walk(one.id, depth + 1, isIn)]
    })
  return walk(null, 0, false)
}

/** What stands before a name in a choice, where nothing can be set in. */
export function indented({ name, depth }: Branch): string {
  return `${'\u2003'.repeat(depth)}${name}`
}
