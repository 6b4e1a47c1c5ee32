import {
  orderCancelled,
  orderPaid,
  orderRefunded,
  orderReturnReceived,
} from '@prognetwork/contracts/order'
import {
  catalogueExport,
  pictureFetch,
  priceChanged,
  productArchived,
  productContract,
  productCreated,
  productJobRequested,
  productUpdated,
  stockAdjusted,
  stockCommitted,
  stockReleased,
  stockReserved,
} from '@prognetwork/contracts/product'
import { tenantSettingsChanged } from '@prognetwork/contracts/tenant'
import { subjectErased } from '@prognetwork/contracts/user'
import { watch } from '@prognetwork/event-based-service-client'
import {
  areNetworks,
  carryOut,
  createOutsideRequests,
  defineService,
  every,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { createCatalogue } from './catalogue/catalogue.ts'
import { createCategories } from './categories/categories.ts'
import { createExports } from './export/export.ts'
import { createFixture } from './fixture.ts'
import { createImport } from './import/import.ts'
import { createFetching } from './pictures/fetching.ts'
import { createImageAddresses } from './pictures/images.ts'
import { createPictureFiles } from './pictures/picture-files.ts'
import { createPictures } from './pictures/pictures.ts'
import { createProducts } from './products/products.ts'
import { createVariants } from './products/variants.ts'
import { createReviews } from './reviews/reviews.ts'
import { createSearch } from './search/search.ts'
import { createTenantCurrency } from './settings/tenant-currency.ts'
import { createGoodsBack } from './stock/goods-back.ts'
import { createReservations } from './stock/reservations.ts'
import { createStock } from './stock/stock.ts'

const searched = 'search asks for the tenant inside, where its indexes can be used'

export default defineService({
  name: 'product-service',
  port: 3009,
  summary: 'Catalogue, pictures, reviews, stock, search; import of product lists',
  config: z.object({
    /** How long stock is held for an order that is not paid. */
    reservationMinutes: z.coerce.number().int().positive().max(10_080).default(15),
    pictureAllowedNetworks: z
      .string()
      .transform((text) => text.split(',').flatMap((one) => one.trim() || []))
      .refine(areNetworks, 'must be networks such as 10.1.0.0/16 or fd00::/8')
      .default([])
      .describe('Networks besides the public internet that pictures are fetched from, by commas'),
  }),
  contract: productContract,
  publishes: [
    priceChanged,
    productArchived,
    productCreated,
    productJobRequested,
    productUpdated,
    stockAdjusted,
    stockCommitted,
    stockReleased,
    stockReserved,
  ],
  consumes: [
    orderCancelled,
    orderPaid,
    orderRefunded,
    orderReturnReceived,
    subjectErased,
    tenantSettingsChanged,
  ],
  work: { requested: productJobRequested, kinds: [catalogueExport, pictureFetch] },
  needs: ['tenant-service'],
  database: {
    migrations: new URL('../migrations/', import.meta.url),
    everyTenant: [
      { table: 'reservation', role: 'platform', reason: 'what is due is found in every tenant' },
      ...['product', 'variant', 'product_offer', 'stock', 'product_category', 'category'].map(
        (table) => ({ table, role: 'lookup' as const, reason: searched }),
      ),
    ],
    lookups: ['find_products(text, text, text, jsonb, text, integer, integer)'],
    personalData: [
      { table: 'category', columns: 'none' },
      { table: 'product', columns: 'none' },
      { table: 'product_category', columns: 'none' },
      { table: 'variant', columns: 'none' },
      { table: 'price', columns: 'none' },
      { table: 'product_offer', columns: 'none' },
      { table: 'stock', columns: 'none' },
      { table: 'stock_adjustment', columns: 'none' },
      { table: 'picture', columns: 'none' },
      { table: 'wanted_picture', columns: 'none' },
      {
        table: 'review',
        columns: ['text', 'author'],
        subject: 'account_id',
        rule: 'erase',
      },
      { table: 'reservation', columns: 'none' },
      { table: 'reservation_line', columns: 'none' },
      { table: 'goods_back', columns: 'none' },
    ],
  },
  start(parts) {
    const currency = createTenantCurrency(parts.call)
    const addresses = createImageAddresses(parts.publicUrl)
    const files = createPictureFiles(parts)
    const catalogue = createCatalogue({ ...parts, currency, addresses })
    const search = createSearch({ ...parts, currency, addresses })
    const categories = createCategories(parts)
    const products = createProducts({ ...parts, files, addresses })
    const pictures = createPictures({ ...parts, files, addresses })
    const outside = createOutsideRequests({ allowedNetworks: parts.config.pictureAllowedNetworks })
    const fetching = createFetching({ ...parts, outside, pictures })
    const variants = createVariants(parts)
    const reviews = createReviews(parts)
    const stock = createStock(parts)
    const goodsBack = createGoodsBack(parts)
    const reservations = createReservations({
      ...parts,
      holdMinutes: parts.config.reservationMinutes,
    })
    const imports = createImport({ ...parts, currency })
    const exports = createExports({ ...parts, addresses })
    return {
      handlers: {
        listProducts: catalogue.list,
        readProduct: catalogue.read,
        searchProducts: search.find,
        listCategories: categories.list,
        createCategory: categories.create,
        changeCategory: categories.change,
        removeCategory: categories.remove,
        listCatalogue: products.list,
        readCatalogueProduct: products.read,
        createProduct: products.create,
        changeProduct: products.change,
        addVariant: variants.add,
        changeVariant: variants.change,
        removeVariant: variants.remove,
        listPictures: pictures.list,
        uploadPicture: pictures.upload,
        changePicture: pictures.change,
        removePicture: pictures.remove,
        showPicture: pictures.show,
        listReviews: reviews.listShown,
        writeReview: reviews.write,
        withdrawReview: reviews.withdraw,
        listCatalogueReviews: reviews.list,
        moderateReview: reviews.moderate,
        readStock: stock.read,
        adjustStock: stock.adjust,
        listAdjustments: stock.list,
        offerVariants: reservations.offer,
        reserveStock: reservations.reserve,
        readReservation: reservations.read,
        commitReservation: reservations.commit,
        releaseReservation: reservations.release,
        importProducts: imports.run,
        exportCatalogue: exports.begin,
        linkExport: exports.link,
      },
      consumers: [...reservations.consumers, ...goodsBack.consumers, ...reviews.consumers],
      watches: [
        watch(tenantSettingsChanged, (ctx) => currency.forget(ctx.scope.tenantId), {
          snapshot: currency.forgetAll,
        }),
      ],
      work: [carryOut(catalogueExport, exports.write), carryOut(pictureFetch, fetching.run)],
      jobs: [every('10s', 'expire-reservations', reservations.expire)],
      close: () => outside.close(),
      fixture: createFixture({
        ...{ db: parts.db, goodsBack },
        categories,
        products,
        pictures,
        reviews,
        stock,
        reservations,
        exports,
      }),
    }
  },
})
