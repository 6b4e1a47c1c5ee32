import type { Context, Transaction } from '@prognetwork/contracts'
import {
  priceChanged,
  type productContract,
  productUnfit,
  productUpdated,
  variantInUse,
  variantMissing,
} from '@prognetwork/contracts/product'
import { type Handlers, newId, onConstraint, Problem } from '@prognetwork/shared-infrastructure'
import { type ImageAddresses, imageKeys } from '../pictures/images.ts'
import { insertFirstCounts, lockStock } from '../stock/stock.store.ts'
import { maxVariants, productConstraints, refuseContradictions } from './product-rules.ts'
import {
  deletePrices,
  deleteVariant,
  findKeptVariant,
  findProductOf,
  findVariantPlaces,
  insertStocks,
  insertVariants,
  type KeptVariant,
  lockProduct,
  putPrices,
  refreshOffers,
  setStockPolicy,
  touchProducts,
  updateVariants,
} from './products.store.ts'
import { missing, type ProductParts, told } from './products.ts'

type VariantHandlers = Handlers<typeof productContract>

/** The variants of a product: what is sold, counted and priced. A change of one is its product's. */
export function createVariants({
  db,
  events,
  audit,
  addresses,
}: ProductParts & { readonly addresses: ImageAddresses }) {
  async function touch(ctx: Context, tx: Transaction, productId: string, action: string) {
    const [product] = await tx.run(touchProducts([productId], ctx.now))
    if (!product) missing()
    await tx.batch([
      refreshOffers([productId]),
      await events.put(ctx, productUpdated, told(product), { aggregateVersion: product.version }),
      audit(ctx, { action, outcome: 'success', resource: `product/${productId}` }),
    ])
  }

  /** Locks the product of a variant: variants of one product change one after the other. */
  async function lockProductOf(tx: Transaction, variantId: string) {
    const [place] = await tx.run(findProductOf(variantId))
    const [product] = place ? await tx.run(lockProduct(place.productId)) : []
    const [found] = product ? await tx.run(findKeptVariant(variantId)) : []
    if (!product || !found) throw new Problem(variantMissing, 'No variant has this id')
    return { product, variant: found.variant }
  }

  const tellPrices = (ctx: Context, productId: string, variantId: string, prices: Prices) =>
    events.put(ctx, priceChanged, {
      productId,
      variantId,
      prices: prices.map(({ amountMinor, currency }) => ({ amountMinor, currency })),
    })

  const add: VariantHandlers['addVariant'] = (ctx, { params, body }) =>
    onConstraint(productConstraints, () =>
      db.transaction(ctx, async (tx) => {
        const [product] = await tx.run(lockProduct(params.productId))
        if (!product) missing()
        refuseContradictions({ ...product, variants: [body] })
        const [places] = await tx.run(findVariantPlaces(product.id))
        if (!places || places.count >= maxVariants)
          throw new Problem(productUnfit, `A product has at most ${maxVariants} variants`)
        const id = newId()
        const variant = {
          ...body,
          ...{ id, productId: product.id, position: places.nextPosition },
          imageKeys: imageKeys(body.images, product.images),
        }
        await tx.batch([
          insertVariants([variant], ctx.now),
          putPrices(body.prices.map((one) => ({ ...one, variantId: id }))),
          insertStocks([
            { variantId: id, productId: product.id, onHand: body.onHand, policy: body.stockPolicy },
          ]),
          insertFirstCounts([variant], ctx.principal.subject, ctx.now),
        ])
        await touch(ctx, tx, product.id, 'variant.added')
        const [made] = await tx.run(findKeptVariant(id))
        if (!made) throw new Error('the variant just made is not there')
        const shown = addresses.ofVariant(ctx, product, made.variant)
        await tx.run(ctx.answer(shown))
        return shown
      }),
    )

  const change: VariantHandlers['changeVariant'] = (ctx, { params, body }) =>
    onConstraint(productConstraints, () =>
      db.transaction(ctx, async (tx) => {
        const { product, variant: before } = await lockProductOf(tx, params.variantId)
        const { prices, stockPolicy, images, ...changes } = body
        const given = Object.entries(changes).filter(([, value]) => value !== undefined)
        const after: KeptVariant = {
          ...before,
          ...Object.fromEntries(given),
          ...(images && { imageKeys: imageKeys(images, product.images) }),
        }
        refuseContradictions({
          ...product,
          variants: [{ ...after, prices: prices ?? [], images: images ?? [] }],
        })
        await tx.run(updateVariants([after], ctx.now))
        if (prices)
          await tx.batch([
            deletePrices(after.id),
            putPrices(prices.map((one) => ({ ...one, variantId: after.id }))),
            await tellPrices(ctx, product.id, after.id, prices),
          ])
        if (stockPolicy) await tx.run(setStockPolicy(after.id, stockPolicy))
        await touch(ctx, tx, product.id, 'variant.changed')
        const [kept] = await tx.run(findKeptVariant(after.id))
        if (!kept) throw new Error('the variant just changed is not there')
        return addresses.ofVariant(ctx, product, kept.variant)
      }),
    )

  const remove: VariantHandlers['removeVariant'] = async (ctx, { params }) => {
    await db.transaction(ctx, async (tx) => {
      const { product } = await lockProductOf(tx, params.variantId)
      // Whoever reserves holds this lock, and is then seen by the question.
      await tx.run(lockStock(params.variantId))
      const [gone] = await tx.run(deleteVariant(params.variantId, product.id))
      if (!gone)
        throw new Problem(variantInUse, 'It is the last of its product, or some of it is reserved')
      await touch(ctx, tx, product.id, 'variant.removed')
    })
  }

  return { add, change, remove }
}

type Prices = readonly { readonly amountMinor: number; readonly currency: string }[]
