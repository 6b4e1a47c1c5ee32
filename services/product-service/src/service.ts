import { orderCancelled, orderPaid } from '@prognetwork/contracts/order'
import {
  catalogueExport,
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
  carryOut,
  defineService,
  every,
  forgetErasedSubjects,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { createCatalogue } from './catalogue/catalogue.ts'
import { createCategories } from './categories/categories.ts'
import { createExports } from './export/export.ts'
import { createFixture } from './fixture.ts'
import { createImport } from './import/import.ts'
import { createProducts } from './products/products.ts'
import { createVariants } from './products/variants.ts'
import { createSearch } from './search/search.ts'
import { createTenantCurrency } from './settings/tenant-currency.ts'
import { createReservations } from './stock/reservations.ts'
import { createStock } from './stock/stock.ts'

const searched = 'search asks for the tenant inside, where its indexes can be used'

export default defineService({
  name: 'product-service',
  port: 3009,
  summary: 'Catalogue, stock, search; import of product lists',
  config: z.object({
    /** How long stock is held for an order that is not paid. */
    reservationMinutes: z.coerce.number().int().positive().max(10_080).default(15),
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
  consumes: [orderCancelled, orderPaid, subjectErased, tenantSettingsChanged],
  work: { requested: productJobRequested, kinds: [catalogueExport] },
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
      { table: 'reservation', columns: 'none' },
      { table: 'reservation_line', columns: 'none' },
    ],
  },
  start(parts) {
    const currency = createTenantCurrency(parts.call)
    const catalogue = createCatalogue({ ...parts, currency })
    const search = createSearch({ ...parts, currency })
    const categories = createCategories(parts)
    const products = createProducts(parts)
    const variants = createVariants(parts)
    const stock = createStock(parts)
    const reservations = createReservations({
      ...parts,
      holdMinutes: parts.config.reservationMinutes,
    })
    const imports = createImport({ ...parts, currency })
    const exports = createExports(parts)
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
      consumers: [...reservations.consumers, forgetErasedSubjects],
      watches: [
        watch(tenantSettingsChanged, (ctx) => currency.forget(ctx.scope.tenantId), {
          snapshot: currency.forgetAll,
        }),
      ],
      work: [carryOut(catalogueExport, exports.write)],
      jobs: [every('10s', 'expire-reservations', reservations.expire)],
      fixture: createFixture({ categories, products, stock, reservations, exports }),
    }
  },
})
