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
  priceListChanged,
  productArchived,
  productContract,
  productCreated,
  productJobRequested,
  productUpdated,
  stockAdjusted,
  stockCommitted,
  stockLow,
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
import { createArrangements } from './arrangements/arrangements.ts'
import { createAttributes } from './attributes/attributes.ts'
import { createCatalogue } from './catalogue/catalogue.ts'
import { createCategories } from './categories/categories.ts'
import { createCollections } from './collections/collections.ts'
import { createExports } from './export/export.ts'
import { createFixture } from './fixture.ts'
import { createImport } from './import/import.ts'
import { createFetching } from './pictures/fetching.ts'
import { createImageAddresses } from './pictures/images.ts'
import { createPictureFiles } from './pictures/picture-files.ts'
import { createPictures } from './pictures/pictures.ts'
import { createCustomerGroups } from './price-lists/customer-groups.ts'
import { createPriceLists } from './price-lists/price-lists.ts'
import { createVariantPrices } from './price-lists/variant-prices.ts'
import { createProducts } from './products/products.ts'
import { createVariants } from './products/variants.ts'
import { createRecommendations } from './recommendations/recommendations.ts'
import { createReviews } from './reviews/reviews.ts'
import { createSearch } from './search/search.ts'
import { createSynonyms } from './search/synonyms.ts'
import { createTenantCurrency } from './settings/tenant-currency.ts'
import { createGoodsBack } from './stock/goods-back.ts'
import { createIncoming } from './stock/incoming.ts'
import { createLocations } from './stock/locations.ts'
import { createLowStock } from './stock/low-stock.ts'
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
    priceListChanged,
    productArchived,
    productCreated,
    productJobRequested,
    productUpdated,
    stockAdjusted,
    stockCommitted,
    stockLow,
    stockReleased,
    stockReserved,
  ],
  consumes: [
    ...[orderCancelled, orderPaid, orderRefunded, orderReturnReceived],
    ...[subjectErased, tenantSettingsChanged],
    ...[productArchived, productCreated, productUpdated],
  ],
  work: { requested: productJobRequested, kinds: [catalogueExport, pictureFetch] },
  needs: ['tenant-service', 'user-service'],
  database: {
    migrations: new URL('../migrations/', import.meta.url),
    everyTenant: [
      { table: 'reservation', role: 'platform', reason: 'what is due is found in every tenant' },
      ...['stock', 'stock_threshold'].map((table) => ({
        table,
        role: 'platform' as const,
        reason: 'what runs low is found in every tenant',
      })),
      ...['uncounted_sale', 'uncompared_product'].map((table) => ({
        table,
        role: 'platform' as const,
        reason: 'what recommendations do not know yet is found in every tenant',
      })),
      ...[
        ...['product', 'variant', 'product_offer', 'stock', 'product_category', 'category'],
        ...['collection_product', 'attribute', 'product_attribute'],
      ].map((table) => ({ table, role: 'lookup' as const, reason: searched })),
    ],
    lookups: [
      'find_products(text, text, text, jsonb, text, integer, integer, uuid, timestamp with time zone)',
      'find_kept(text, text, text, uuid[], uuid, integer)',
    ],
    personalData: [
      { table: 'category', columns: 'none' },
      { table: 'product', columns: 'none' },
      { table: 'product_category', columns: 'none' },
      { table: 'collection', columns: 'none' },
      { table: 'collection_product', columns: 'none' },
      { table: 'attribute', columns: 'none' },
      { table: 'product_attribute', columns: 'none' },
      { table: 'synonym', columns: 'none' },
      { table: 'variant', columns: 'none' },
      { table: 'price', columns: 'none' },
      { table: 'product_offer', columns: 'none' },
      { table: 'customer_group', columns: 'none' },
      {
        table: 'customer_group_member',
        columns: ['group_id'],
        subject: 'account_id',
        rule: 'erase',
      },
      { table: 'price_list', columns: 'none' },
      { table: 'listed_price', columns: 'none' },
      { table: 'stock', columns: 'none' },
      { table: 'stock_adjustment', columns: 'none' },
      { table: 'stock_location', columns: 'none' },
      { table: 'stock_level', columns: 'none' },
      { table: 'stock_threshold', columns: 'none' },
      { table: 'incoming_stock', columns: 'none' },
      ...[
        'uncounted_sale',
        'product_popularity',
        'product_pair',
        'uncompared_product',
        'similar_product',
      ].map((table) => ({ table, columns: 'none' as const })),
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
      { table: 'reservation_source', columns: 'none' },
      { table: 'goods_back', columns: 'none' },
    ],
  },
  start(parts) {
    const currency = createTenantCurrency(parts.call)
    const addresses = createImageAddresses(parts.publicUrl)
    const files = createPictureFiles(parts)
    const catalogue = createCatalogue({ ...parts, currency, addresses })
    const recommendations = createRecommendations({ ...parts, currency, addresses })
    const search = createSearch({ ...parts, currency, addresses })
    const categories = createCategories(parts)
    const collections = createCollections(parts)
    const attributes = createAttributes(parts)
    const synonyms = createSynonyms(parts)
    const customerGroups = createCustomerGroups(parts)
    const priceLists = createPriceLists(parts)
    const arrangements = createArrangements({
      ...{ db: parts.db, synonyms, categories, attributes, collections },
      ...{ customerGroups, priceLists },
    })
    const products = createProducts({ ...parts, files, addresses })
    const pictures = createPictures({ ...parts, files, addresses })
    const outside = createOutsideRequests({ allowedNetworks: parts.config.pictureAllowedNetworks })
    const fetching = createFetching({ ...parts, outside, pictures })
    const variants = createVariants({ ...parts, addresses })
    const reviews = createReviews(parts)
    const stock = createStock(parts)
    const locations = createLocations(parts)
    const incoming = createIncoming(parts)
    const lowStock = createLowStock(parts)
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
        readRecommendations: recommendations.read,
        listCategories: categories.list,
        createCategory: categories.create,
        changeCategory: categories.change,
        removeCategory: categories.remove,
        listCollections: collections.listShown,
        listCatalogueCollections: collections.list,
        readCatalogueCollection: collections.read,
        createCollection: collections.create,
        changeCollection: collections.change,
        removeCollection: collections.remove,
        listAttributes: attributes.list,
        createAttribute: attributes.create,
        changeAttribute: attributes.change,
        removeAttribute: attributes.remove,
        listSynonyms: synonyms.list,
        createSynonym: synonyms.create,
        changeSynonym: synonyms.change,
        removeSynonym: synonyms.remove,
        listCustomerGroups: customerGroups.list,
        createCustomerGroup: customerGroups.create,
        changeCustomerGroup: customerGroups.change,
        removeCustomerGroup: customerGroups.remove,
        listGroupMembers: customerGroups.members,
        readGroupMember: customerGroups.member,
        setGroupMember: customerGroups.set,
        removeGroupMember: customerGroups.takeOut,
        listPriceLists: priceLists.list,
        createPriceList: priceLists.create,
        changePriceList: priceLists.change,
        removePriceList: priceLists.remove,
        listListedPrices: priceLists.prices,
        setListedPrices: priceLists.setAll,
        setListedPrice: priceLists.setOne,
        readVariantPrices: createVariantPrices(parts).read,
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
        moveStock: stock.move,
        setThreshold: lowStock.set,
        listLocations: locations.list,
        createLocation: locations.create,
        changeLocation: locations.change,
        expectStock: incoming.expect,
        listIncoming: incoming.list,
        receiveStock: incoming.receive,
        cancelIncoming: incoming.cancel,
        offerVariants: reservations.offer,
        reserveStock: reservations.reserve,
        readReservation: reservations.read,
        commitReservation: reservations.commit,
        releaseReservation: reservations.release,
        listTaxClassesInUse: products.taxClasses,
        importProducts: imports.run,
        exportCatalogue: exports.begin,
        linkExport: exports.link,
        exportArrangements: arrangements.write,
        importArrangements: arrangements.read,
      },
      consumers: [
        ...reservations.consumers,
        ...goodsBack.consumers,
        ...reviews.consumers,
        ...customerGroups.consumers,
        ...recommendations.consumers,
      ],
      watches: [
        watch(tenantSettingsChanged, (ctx) => currency.forget(ctx.scope.tenantId), {
          snapshot: currency.forgetAll,
        }),
      ],
      work: [carryOut(catalogueExport, exports.write), carryOut(pictureFetch, fetching.run)],
      jobs: [
        every('10s', 'expire-reservations', reservations.expire),
        every('30s', 'tell-low-stock', lowStock.tell),
        every('1m', 'rebuild-recommendations', recommendations.rebuild),
      ],
      close: () => outside.close(),
      fixture: createFixture({
        ...{ db: parts.db, goodsBack },
        categories,
        ...{ collections, attributes, synonyms, customerGroups, priceLists },
        products,
        pictures,
        reviews,
        ...{ stock, locations, incoming, lowStock },
        reservations,
        exports,
      }),
    }
  },
})
