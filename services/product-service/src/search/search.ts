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
import { localesFor, nameIn } from '../translations/best-fit.ts'
import { describedIn } from '../translations/product-texts.ts'
import { readFilters } from './attribute-filters.ts'
import { type Found, findProducts, type SearchFilters } from './search.store.ts'
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
  const { db, currency: tenantCurrency, addresses } = parts
  return {
    async find(ctx, { query }) {
      const locales = localesFor(query.locale)
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
        locales,
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
        items: cards.map((row) => asCard(ctx, row, { currency, addresses, locales })),
        facets: facetsIn(found.facets, locales),
      }
    },
  }
}

function facetsIn(facets: Found['facets'], locales: readonly string[]) {
  return {
    ...facets,
    categories: facets.categories.map(({ id, slug, count, ...category }) => ({
      ...{ id, slug, count },
      name: nameIn(category, locales).name,
    })),
    attributes: facets.attributes.map(({ translations, values, ...attribute }) => {
      const { label, unit, shown } = describedIn({ ...attribute, translations }, locales)
      return {
        ...attribute,
        ...{ label, unit },
        values: values.map((one) => ({ ...one, text: shown(one.value) })),
      }
    }),
  }
}
