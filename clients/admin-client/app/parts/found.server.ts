import type { ProblemDetails } from '@prognetwork/contracts'
import { problemOf } from '@prognetwork/ui/problem'

interface Found<Item> {
  readonly items: readonly Item[]
  readonly next: string | null
  readonly problem?: ProblemDetails
}

/** What a search found; filters that mean nothing find nothing, and the page says so. */
export async function found<Item>(
  asked: Promise<{ readonly items: readonly Item[]; readonly next: string | null }>,
): Promise<Found<Item>> {
  try {
    return await asked
  } catch (thrown) {
    const problem = problemOf(thrown)
    const isOfFilter = problem.status === 400 || problem.status === 422
    if (!isOfFilter && problem.code !== 'product.category_missing') throw thrown
    return { items: [], next: null, problem }
  }
}
