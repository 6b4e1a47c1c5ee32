import type { productContract } from '@prognetwork/contracts/product'
import type { Database, Handlers } from '@prognetwork/shared-infrastructure'
import { listEveryAttribute } from '../attributes/attributes.store.ts'
import { findCards } from '../catalogue/catalogue.store.ts'
import { asCard, branchOf } from '../catalogue/catalogue.ts'
import { findBranch } from '../categories/categories.store.ts'
import { collectionNamed } from '../collections/collections.ts'
import type { ImageAddresses } from '../pictures/images.ts'
import { shopperOf } from '../price-lists/shopper.ts'
import type { TenantCurrency } from '../settings/tenant-currency.ts'
import { readFilters } from './attribute-filters.ts'
import { findProducts, type SearchFilters } from './search.store.ts'
import { phrasesOf, startOfPattern, tsquery, wordsOf } from './search-query.ts'
import { findSynonyms } from './synonyms.store.ts'

/** Search by words and filters, with facets. */
export function createSearch(parts: {
  readonly db: Database
  readonly currency: TenantCurrency
  readonly addresses: ImageAddresses
}): {
  find: Handlers<typeof productContract>['searchProducts']
} {
  const { db, currency: tenantCurrency } = parts
  return {
    async find(ctx, { query }) {
      const currency = query.currency ?? (await tenantCurrency.of(ctx))
      const words = wordsOf(query.q)
      const synonyms = words.length === 0 ? [] : await db.read(ctx, findSynonyms(phrasesOf(words)))
      const { vendor, type, tag, category, fromMinor, toMinor, available } = query
      const filters: SearchFilters = {
        code: startOfPattern(query.q),
        vendors: vendor,
        types: type,
        tags: tag,
        categories:
          category === undefined ? [] : branchOf(await db.read(ctx, findBranch(category))),
        attributes:
          query.attribute.length === 0
            ? []
            : readFilters(query.attribute, await db.read(ctx, listEveryAttribute())),
        collection: await collectionNamed(db, ctx, query.collection),
        fromMinor,
        toMinor,
        available,
      }
      const shopper = shopperOf(ctx)
      const [found] = await db.read(
        ctx,
        findProducts(
          words.join(' '),
          tsquery(words, synonyms),
          currency,
          JSON.stringify(filters),
          query.sort,
          query.skip,
          query.limit,
          ...shopper,
        ),
      )
      if (!found) throw new Error('the search answered nothing')
      const cards = await db.read(ctx, findCards(currency, found.ids, ...shopper))
      return {
        total: found.total,
        matched: found.matched,
        currency,
        items: cards.map((row) => asCard(ctx, row, currency, parts.addresses)),
        facets: found.facets,
      }
    },
  }
}
