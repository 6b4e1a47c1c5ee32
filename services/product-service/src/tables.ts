// The data model in one read. The migrations make these tables; a test holds the two together.
import {
  bigint,
  boolean,
  customType,
  date,
  doublePrecision,
  integer,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core'

import type { StoredImage } from './pictures/images.ts'
import type { productTexts } from './translations/given.ts'

const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'string' })
const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'string' })
const minor = (name: string) => bigint(name, { mode: 'number' })
/** By language; each stands there once. */
const names = () => jsonb('translations').$type<{ locale: string; name: string }[]>().notNull()
const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' })

interface AttributeText {
  locale: string
  label: string
  unit: string | null
  choices: { choice: string; text: string }[]
}

export const categories = pgTable(
  'category',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    parentId: uuid('parent_id'),
    slug: text('slug').notNull(),
    name: text('name').notNull(),
    translations: names(),
    version: integer('version').notNull(),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const products = pgTable(
  'product',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    slug: text('slug').notNull(),
    title: text('title').notNull(),
    description: text('description').notNull(),
    vendor: text('vendor'),
    type: text('type'),
    tags: text('tags').array().notNull(),
    status: text('status', { enum: ['draft', 'active', 'archived'] }).notNull(),
    options: text('options').array().notNull(),
    images: jsonb('images').$type<StoredImage[]>().notNull(),
    taxClass: text('tax_class').notNull(),
    titleKey: text('title_key').notNull(),
    words: text('words').notNull(),
    search: tsvector('search').notNull(),
    translations: jsonb('translations').$type<ReturnType<typeof productTexts>>().notNull(),
    titles: jsonb('titles').$type<Record<string, string>>().notNull(),
    reviewCount: integer('review_count').notNull(),
    reviewStars: integer('review_stars').notNull(),
    version: integer('version').notNull(),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const productCategories = pgTable(
  'product_category',
  {
    tenantId: uuid('tenant_id').notNull(),
    productId: uuid('product_id').notNull(),
    categoryId: uuid('category_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.productId, table.categoryId] })],
)

export const collections = pgTable(
  'collection',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    slug: text('slug').notNull(),
    name: text('name').notNull(),
    translations: names(),
    isPublished: boolean('is_published').notNull(),
    version: integer('version').notNull(),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const collectionProducts = pgTable(
  'collection_product',
  {
    tenantId: uuid('tenant_id').notNull(),
    collectionId: uuid('collection_id').notNull(),
    productId: uuid('product_id').notNull(),
    position: integer('position').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.collectionId, table.productId] })],
)

export const attributes = pgTable(
  'attribute',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    key: text('key').notNull(),
    label: text('label').notNull(),
    type: text('type', { enum: ['text', 'number', 'boolean', 'choice'] }).notNull(),
    choices: text('choices').array().notNull(),
    unit: text('unit'),
    isFilterable: boolean('is_filterable').notNull(),
    translations: jsonb('translations').$type<AttributeText[]>().notNull(),
    version: integer('version').notNull(),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const productAttributes = pgTable(
  'product_attribute',
  {
    tenantId: uuid('tenant_id').notNull(),
    productId: uuid('product_id').notNull(),
    attributeId: uuid('attribute_id').notNull(),
    value: text('value').notNull(),
    number: numeric('number'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.productId, table.attributeId] })],
)

export const synonyms = pgTable(
  'synonym',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    typed: text('typed'),
    words: text('words').array().notNull(),
    typedKeys: text('typed_keys').array().notNull(),
    wordKeys: text('word_keys').array().notNull(),
    version: integer('version').notNull(),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const variants = pgTable(
  'variant',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    productId: uuid('product_id').notNull(),
    position: integer('position').notNull(),
    sku: text('sku'),
    barcode: text('barcode'),
    optionValues: text('option_values').array().notNull(),
    weightGrams: integer('weight_grams'),
    imageUrl: text('image_url'),
    imageKeys: text('image_keys').array().notNull(),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const prices = pgTable(
  'price',
  {
    tenantId: uuid('tenant_id').notNull(),
    variantId: uuid('variant_id').notNull(),
    currency: text('currency').notNull(),
    amountMinor: minor('amount_minor').notNull(),
    compareAtMinor: minor('compare_at_minor'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.variantId, table.currency] })],
)

export const productOffers = pgTable(
  'product_offer',
  {
    tenantId: uuid('tenant_id').notNull(),
    productId: uuid('product_id').notNull(),
    currency: text('currency').notNull(),
    fromMinor: minor('from_minor').notNull(),
    toMinor: minor('to_minor').notNull(),
    compareAtMinor: minor('compare_at_minor'),
    audience: uuid('audience').notNull(),
    groups: uuid('groups').array().notNull(),
    beginsAt: instant('begins_at').notNull(),
    endsAt: instant('ends_at').notNull(),
  },
  (table) => [
    primaryKey({
      columns: [
        ...([table.tenantId, table.productId, table.currency] as const),
        ...([table.beginsAt, table.audience] as const),
      ],
    }),
  ],
)

export const stocks = pgTable(
  'stock',
  {
    tenantId: uuid('tenant_id').notNull(),
    variantId: uuid('variant_id').notNull(),
    productId: uuid('product_id').notNull(),
    onHand: integer('on_hand').notNull(),
    reserved: integer('reserved').notNull(),
    policy: text('policy', { enum: ['deny', 'continue', 'untracked'] }).notNull(),
    isSpread: boolean('is_spread').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.variantId] })],
)

export const stockAdjustments = pgTable(
  'stock_adjustment',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    variantId: uuid('variant_id').notNull(),
    change: integer('change').notNull(),
    onHand: integer('on_hand').notNull(),
    reason: text('reason', {
      enum: [
        ...(['received', 'counted', 'damaged', 'lost', 'returned', 'corrected'] as const),
        ...(['imported', 'moved'] as const),
      ],
    }).notNull(),
    note: text('note'),
    madeBy: text('made_by').notNull(),
    madeAt: time('made_at').notNull(),
    locationId: uuid('location_id'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const stockLocations = pgTable(
  'stock_location',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    name: text('name').notNull(),
    priority: integer('priority').notNull(),
    isActive: boolean('is_active').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const stockLevels = pgTable(
  'stock_level',
  {
    tenantId: uuid('tenant_id').notNull(),
    variantId: uuid('variant_id').notNull(),
    locationId: uuid('location_id').notNull(),
    onHand: integer('on_hand').notNull(),
    reserved: integer('reserved').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.variantId, table.locationId] })],
)

export const stockThresholds = pgTable(
  'stock_threshold',
  {
    tenantId: uuid('tenant_id').notNull(),
    variantId: uuid('variant_id').notNull(),
    below: integer('below').notNull(),
    isLow: boolean('is_low').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.variantId] })],
)

export const incomingStocks = pgTable(
  'incoming_stock',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    variantId: uuid('variant_id').notNull(),
    locationId: uuid('location_id'),
    expected: integer('expected').notNull(),
    received: integer('received').notNull(),
    supplier: text('supplier'),
    dueOn: date('due_on', { mode: 'string' }),
    state: text('state', { enum: ['expected', 'received', 'cancelled'] }).notNull(),
    madeBy: text('made_by').notNull(),
    madeAt: time('made_at').notNull(),
    endedAt: time('ended_at'),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const reservations = pgTable(
  'reservation',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    orderId: uuid('order_id').notNull(),
    state: text('state', { enum: ['held', 'committed', 'released', 'expired'] }).notNull(),
    expiresAt: time('expires_at').notNull(),
    createdAt: time('created_at').notNull(),
    endedAt: time('ended_at'),
    offer: jsonb('offer').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const reservationLines = pgTable(
  'reservation_line',
  {
    tenantId: uuid('tenant_id').notNull(),
    reservationId: uuid('reservation_id').notNull(),
    variantId: uuid('variant_id').notNull(),
    quantity: integer('quantity').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.reservationId, table.variantId] })],
)

export const reservationSources = pgTable(
  'reservation_source',
  {
    tenantId: uuid('tenant_id').notNull(),
    reservationId: uuid('reservation_id').notNull(),
    variantId: uuid('variant_id').notNull(),
    locationId: uuid('location_id').notNull(),
    quantity: integer('quantity').notNull(),
  },
  (table) => [
    primaryKey({
      columns: [table.tenantId, table.reservationId, table.variantId, table.locationId],
    }),
  ],
)

export const uncountedSales = pgTable(
  'uncounted_sale',
  {
    tenantId: uuid('tenant_id').notNull(),
    reservationId: uuid('reservation_id').notNull(),
    paidAt: time('paid_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.reservationId] })],
)

export const uncomparedProducts = pgTable(
  'uncompared_product',
  {
    tenantId: uuid('tenant_id').notNull(),
    productId: uuid('product_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.productId] })],
)

export const productPopularities = pgTable(
  'product_popularity',
  {
    tenantId: uuid('tenant_id').notNull(),
    productId: uuid('product_id').notNull(),
    score: doublePrecision('score').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.productId] })],
)

export const productPairs = pgTable(
  'product_pair',
  {
    tenantId: uuid('tenant_id').notNull(),
    productId: uuid('product_id').notNull(),
    otherId: uuid('other_id').notNull(),
    score: doublePrecision('score').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.productId, table.otherId] })],
)

export const similarProducts = pgTable(
  'similar_product',
  {
    tenantId: uuid('tenant_id').notNull(),
    productId: uuid('product_id').notNull(),
    otherId: uuid('other_id').notNull(),
    score: doublePrecision('score').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.productId, table.otherId] })],
)

export const pictures = pgTable(
  'picture',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    productId: uuid('product_id').notNull(),
    sha256: text('sha256').notNull(),
    sourceUrl: text('source_url'),
    width: integer('width').notNull(),
    height: integer('height').notNull(),
    sizeBytes: integer('size_bytes').notNull(),
    createdAt: time('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const wantedPictures = pgTable(
  'wanted_picture',
  {
    tenantId: uuid('tenant_id').notNull(),
    productId: uuid('product_id').notNull(),
    urlKey: text('url_key').notNull(),
    url: text('url').notNull(),
    line: integer('line').notNull(),
    jobId: uuid('job_id').notNull(),
    state: text('state', { enum: ['wanted', 'kept', 'failed'] }).notNull(),
    reason: text('reason'),
    wantedAt: time('wanted_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.productId, table.urlKey] })],
)

export const reviews = pgTable(
  'review',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    productId: uuid('product_id').notNull(),
    accountId: text('account_id').notNull(),
    stars: integer('stars').notNull(),
    text: text('text').notNull(),
    author: text('author').notNull(),
    state: text('state', { enum: ['pending', 'approved', 'rejected'] }).notNull(),
    createdAt: time('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const goodsBack = pgTable(
  'goods_back',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    orderId: uuid('order_id').notNull(),
    putBackAt: time('put_back_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const customerGroups = pgTable(
  'customer_group',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    key: text('key').notNull(),
    name: text('name').notNull(),
    version: integer('version').notNull(),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const customerGroupMembers = pgTable(
  'customer_group_member',
  {
    tenantId: uuid('tenant_id').notNull(),
    accountId: uuid('account_id').notNull(),
    groupId: uuid('group_id').notNull(),
    since: time('since').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.accountId] })],
)

export const priceLists = pgTable(
  'price_list',
  {
    tenantId: uuid('tenant_id').notNull(),
    id: uuid('id').notNull(),
    name: text('name').notNull(),
    groupId: uuid('group_id'),
    startsAt: time('starts_at'),
    endsAt: time('ends_at'),
    state: text('state', { enum: ['draft', 'active'] }).notNull(),
    version: integer('version').notNull(),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.id] })],
)

export const listedPrices = pgTable(
  'listed_price',
  {
    tenantId: uuid('tenant_id').notNull(),
    variantId: uuid('variant_id').notNull(),
    listId: uuid('list_id').notNull(),
    currency: text('currency').notNull(),
    amountMinor: minor('amount_minor').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.variantId, table.listId, table.currency] }),
  ],
)
