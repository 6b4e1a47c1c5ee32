import { productContract } from '@prognetwork/contracts/product'
import { type Database, type Fixture, newId } from '@prognetwork/shared-infrastructure'
import type { createCategories } from './categories/categories.ts'
import type { createExports } from './export/export.ts'
import type { Pictures } from './pictures/pictures.ts'
import type { createProducts } from './products/products.ts'
import type { createReviews } from './reviews/reviews.ts'
import type { GoodsBack } from './stock/goods-back.ts'
import type { createReservations } from './stock/reservations.ts'
import type { createStock } from './stock/stock.ts'

/** A product on sale in a category, whose stock was counted and is in part held for an order. */
export function createFixture(parts: {
  readonly categories: ReturnType<typeof createCategories>
  readonly products: ReturnType<typeof createProducts>
  readonly pictures: Pictures
  readonly reviews: ReturnType<typeof createReviews>
  readonly stock: ReturnType<typeof createStock>
  readonly reservations: ReturnType<typeof createReservations>
  readonly exports: ReturnType<typeof createExports>
  readonly db: Database
  readonly goodsBack: GoodsBack
}): Fixture {
  const { db, goodsBack } = parts
  const { categories, products, pictures, reviews, stock, reservations, exports } = parts
  return async (ctx, { marker }) => {
    const category = await categories.create(ctx, {
      body: { name: `${marker} category`, slug: undefined, parentId: null },
    })
    const price = { amountMinor: 1_000, currency: 'EUR', compareAtMinor: null }
    const variant = {
      barcode: null,
      prices: [price],
      weightGrams: null,
      imageUrl: null,
      onHand: 10,
      stockPolicy: 'deny' as const,
    }
    const product = await products.create(ctx, {
      body: {
        slug: undefined,
        title: `${marker} product`,
        description: `<p>${marker}</p>`,
        vendor: `${marker} vendor`,
        type: `${marker} type`,
        tags: [marker],
        status: 'active',
        images: [{ url: `https://images.example.com/${marker}.jpg`, alt: marker }],
        categoryIds: [category.id],
        options: ['Size'],
        variants: ['S', 'L'].map((size) => ({
          ...variant,
          sku: `${marker}-${size}`,
          optionValues: [size],
        })),
      },
    })
    const [first] = product.variants
    if (!first) throw new Error('the product was made without a variant')
    await stock.adjust(ctx, {
      params: { variantId: first.id },
      body: { change: 1, onHand: undefined, reason: 'received', note: `${marker} delivery` },
    })
    const picture = await pictures.upload(ctx, {
      params: { productId: product.id },
      query: { alt: `${marker} picture` },
      body: pixel(),
    })
    const review = await reviews.write(ctx, {
      params: { productId: product.id },
      body: { stars: 4, text: `${marker} words`, author: `${marker} author` },
    })
    await reviews.moderate(ctx, {
      params: { reviewId: review.id },
      body: { state: 'approved' },
    })
    const reservation = await reservations.reserve(ctx, {
      body: {
        orderId: newId(),
        currency: 'EUR',
        lines: [{ variantId: first.id, quantity: 1 }],
      },
    })
    const lines = [{ variantId: first.id, quantity: 1 }]
    await db.transaction(ctx, (tx) =>
      goodsBack.put(ctx, tx, { id: newId(), orderId: newId(), lines, note: `${marker} note` }),
    )
    const exported = newId()
    await exports.write(
      ctx,
      { format: 'csv' },
      {
        ...{ id: exported, signal: new AbortController().signal, progress() {} },
      },
    )
    return {
      export: exported,
      category: category.id,
      product: product.id,
      picture: picture.id,
      review: review.id,
      variant: product.variants.map((one) => one.id),
      reservation: reservation.id,
      order: reservation.orderId,
    }
  }
}

const { uploadPicture } = productContract.operations

/** A file of one pixel. */
async function* pixel(): AsyncGenerator<Uint8Array> {
  yield Buffer.from(uploadPicture.shape.example.body, 'latin1')
}
