import { statement } from '@prognetwork/shared-infrastructure'
import { groupOf, type Shopper } from '../price-lists/shopper.ts'
import type { attributes, categories } from '../tables.ts'
import type { AttributeFilter } from './attribute-filters.ts'

/** What `find_products` narrows by; what is left out does not narrow. */
export interface SearchFilters {
  /** What was typed, as the beginning of a SKU. */
  readonly code: string
  readonly vendors: readonly string[]
  readonly types: readonly string[]
  readonly tags: readonly string[]
  readonly categories: readonly string[]
  readonly attributes: readonly AttributeFilter[]
  readonly collection?: string | undefined
  readonly fromMinor?: number | undefined
  readonly toMinor?: number | undefined
  readonly available?: boolean | undefined
  /** Narrow nothing: what facets are called is told in these languages. */
  readonly locales: readonly string[]
}

interface CountedValue {
  readonly value: string
  readonly count: number
}

export interface Found {
  readonly total: number
  readonly matched: 'words' | 'similar'
  readonly ids: string[]
  readonly facets: {
    readonly vendors: CountedValue[]
    readonly types: CountedValue[]
    readonly tags: CountedValue[]
    readonly categories: (Pick<typeof categories.$inferSelect, 'name' | 'translations'> & {
      id: string
      slug: string
      count: number
    })[]
    readonly attributes: (Pick<typeof attributes.$inferSelect, 'label' | 'translations'> & {
      key: string
      type: 'text' | 'number' | 'boolean' | 'choice'
      unit: string | null
      values: CountedValue[]
      bounds: { from: string; to: string } | null
    })[]
    readonly availability: { available: number; unavailable: number }
    readonly price: { fromMinor: number | null; toMinor: number | null }
  }
}

export const findProducts = statement<
  Found,
  [
    words: string,
    query: string,
    currency: string,
    filters: string,
    sort: string,
    skip: number,
    take: number,
    ...shopper: Shopper,
  ]
>(
  'product.search',
  `select total, matched, ids, facets
   from find_products($1, $2, $3, $4::jsonb, $5, $6, $7, ${groupOf('$8')}, $9)`,
)
