import { type productContract, variantMissing } from '@prognetwork/contracts/product'
import { type Database, type Handlers, Problem } from '@prognetwork/shared-infrastructure'
import { findPriced, listHolding, listListedOf } from './variant-prices.store.ts'

/** Tells what a variant costs whom, and why. */
export function createVariantPrices({ db }: { readonly db: Database }): {
  read: Handlers<typeof productContract>['readVariantPrices']
} {
  return {
    async read(ctx, { params: { variantId } }) {
      const [[found], listed, holding] = await db.readAll(ctx, [
        findPriced(variantId),
        listListedOf(variantId),
        listHolding(variantId, ctx.now),
      ])
      if (!found) throw new Problem(variantMissing, 'No variant has this id')
      return { ...found, listed, holding }
    },
  }
}
