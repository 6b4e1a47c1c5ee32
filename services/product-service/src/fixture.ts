import { productContract } from '@prognetwork/contracts/product'
import { type Database, type Fixture, newId } from '@prognetwork/shared-infrastructure'
import type { createAttributes } from './attributes/attributes.ts'
import type { createCategories } from './categories/categories.ts'
import type { createCollections } from './collections/collections.ts'
import type { createExports } from './export/export.ts'
import type { Pictures } from './pictures/pictures.ts'
import { putMember } from './price-lists/customer-groups.store.ts'
import type { createCustomerGroups } from './price-lists/customer-groups.ts'
import type { createPriceLists } from './price-lists/price-lists.ts'
import type { createProducts } from './products/products.ts'
import {
  compareProducts,
  countSales,
  noteChanged,
} from './recommendations/recommendations.store.ts'
import type { createReviews } from './reviews/reviews.ts'
import type { createSynonyms } from './search/synonyms.ts'
import type { GoodsBack } from './stock/goods-back.ts'
import type { createIncoming } from './stock/incoming.ts'
import type { createLocations } from './stock/locations.ts'
import type { createLowStock } from './stock/low-stock.ts'
import { commitPaid } from './stock/reservations.store.ts'
import type { createReservations } from './stock/reservations.ts'
import type { createStock } from './stock/stock.ts'

/** Products on sale in a category, bought together; the stock of one is in part held for an order. */
export function createFixture(parts: {
  readonly db: Database
  readonly categories: ReturnType<typeof createCategories>
  readonly collections: ReturnType<typeof createCollections>
  readonly attributes: ReturnType<typeof createAttributes>
  readonly synonyms: ReturnType<typeof createSynonyms>
  readonly customerGroups: ReturnType<typeof createCustomerGroups>
  readonly priceLists: ReturnType<typeof createPriceLists>
  readonly products: ReturnType<typeof createProducts>
  readonly pictures: Pictures
  readonly reviews: ReturnType<typeof createReviews>
  readonly stock: ReturnType<typeof createStock>
  readonly locations: ReturnType<typeof createLocations>
  readonly incoming: ReturnType<typeof createIncoming>
  readonly lowStock: ReturnType<typeof createLowStock>
  readonly reservations: ReturnType<typeof createReservations>
  readonly exports: ReturnType<typeof createExports>
  readonly goodsBack: GoodsBack
}): Fixture {
  const { categories, collections, products, pictures, reviews, stock, reservations, exports } =
    parts
  const { attributes, synonyms, customerGroups, priceLists } = parts
  const { db, goodsBack, locations, incoming, lowStock } = parts
  return async (ctx, { marker, made }) => {
    const category = await categories.create(ctx, {
      body: {
        ...{ name: `${marker} category`, slug: undefined, parentId: null },
        translations: [{ locale: 'de', name: `${marker} Kategorie` }],
      },
    })
    const attribute = await attributes.create(ctx, {
      body: {
        ...{ key: 'marked', label: `${marker} attribute`, type: 'choice', unit: null },
        ...{ choices: [`${marker} choice`, `${marker} other choice`], isFilterable: true },
        translations: [{ locale: 'de', label: `${marker} Merkmal`, unit: null, choices: [] }],
      },
    })
    const synonym = await synonyms.create(ctx, {
      body: { typed: `${marker} typed`, words: [`${marker} word`] },
    })
    const price = { amountMinor: 1_000, currency: 'EUR', compareAtMinor: null }
    const variant = {
      barcode: null,
      prices: [price],
      weightGrams: null,
      imageUrl: null,
      images: [`https://images.example.com/${marker}.jpg`],
      onHand: 10,
      stockPolicy: 'deny' as const,
    }
    const make = (name: string) =>
      products.create(ctx, {
        body: {
          slug: undefined,
          title: `${marker} ${name}`,
          description: `<p>${marker}</p>`,
          vendor: `${marker} vendor`,
          type: `${marker} type`,
          tags: [marker],
          ...{ status: 'active', taxClass: 'standard' },
          images: [{ url: `https://images.example.com/${marker}.jpg`, alt: marker }],
          categoryIds: [category.id],
          attributes: [{ key: 'marked', value: `${marker} choice` }],
          translations: [
            { locale: 'de', title: `${marker} Ware`, description: `<p>${marker}</p>`, terms: [] },
          ],
          options: ['Size'],
          variants: ['S', 'L'].map((size) => ({
            ...variant,
            sku: `${marker}-${name}-${size}`,
            optionValues: [size],
          })),
        },
      })
    const product = await make('product')
    const other = await make('other')
    const collection = await collections.create(ctx, {
      body: {
        ...{ name: `${marker} collection`, slug: undefined, isPublished: true },
        productIds: [other.id, product.id],
        translations: [{ locale: 'de', name: `${marker} Sammlung` }],
      },
    })
    const [first] = product.variants
    const [second] = other.variants
    if (!first || !second) throw new Error('the products were made without a variant')
    await stock.adjust(ctx, {
      params: { variantId: first.id },
      body: {
        ...{ change: 1, onHand: undefined, locationId: undefined },
        ...{ reason: 'received', note: `${marker} delivery` },
      },
    })
    const group = await customerGroups.create(ctx, {
      body: { key: 'marked', name: `${marker} group` },
    })
    for (const accountId of made.account ?? [])
      await db.batch(ctx, [putMember(accountId, group.id, ctx.now)])
    const priceList = await priceLists.create(ctx, {
      body: {
        ...{ name: `${marker} prices`, groupId: group.id, state: 'active' },
        ...{ startsAt: null, endsAt: null },
      },
    })
    await priceLists.setOne(ctx, {
      params: { priceListId: priceList.id, variantId: first.id },
      body: { prices: [{ amountMinor: 900, currency: 'EUR' }] },
    })
    const location = await locations.create(ctx, {
      body: { name: `${marker} warehouse`, priority: 0 },
    })
    await stock.move(ctx, {
      params: { variantId: first.id },
      body: {
        ...{ fromLocationId: ctx.scope.tenantId, toLocationId: location.id },
        ...{ quantity: 5, note: `${marker} move` },
      },
    })
    await lowStock.set(ctx, { params: { variantId: first.id }, body: { below: 2 } })
    const delivery = await incoming.expect(ctx, {
      params: { variantId: first.id },
      body: { quantity: 3, locationId: location.id, supplier: `${marker} supplier`, dueOn: null },
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
        ...{ orderId: newId(), accountId: null, currency: 'EUR', locale: null },
        lines: [{ variantId: first.id, quantity: 6 }],
      },
    })
    const sold = await reservations.reserve(ctx, {
      body: {
        ...{ orderId: newId(), accountId: null, currency: 'EUR', locale: null },
        lines: [first, second].map((one) => ({ variantId: one.id, quantity: 1 })),
      },
    })
    await db.batch(ctx, [
      commitPaid([sold.id], ctx.now),
      countSales(1),
      noteChanged([product.id, other.id]),
      compareProducts(2),
    ])
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
      collection: collection.id,
      attribute: attribute.id,
      synonym: synonym.id,
      customer_group: group.id,
      price_list: priceList.id,
      product: product.id,
      picture: picture.id,
      review: review.id,
      stock_location: location.id,
      incoming_stock: delivery.id,
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
