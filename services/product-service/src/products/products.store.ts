// Statements take lists as JSON, so that one product and a file of them are written alike.
import type { keptProduct, keptVariant } from '@prognetwork/contracts/product'
import { command, statement } from '@prognetwork/shared-infrastructure'
import type { z } from 'zod'
import { attributesOfProduct, valuesOfProduct } from '../attributes/attributes.store.ts'
import {
  categoriesOfProduct,
  pricesOfVariant,
  ratingOfProduct,
} from '../catalogue/catalogue.store.ts'
import type { StoredImage } from '../pictures/images.ts'
import { cut, fold, plainText } from '../text/folding.ts'
import { titlesOf } from '../translations/product-texts.ts'

/** As its row has it; people see its images by `ImageAddresses`. */
export type KeptProduct = Omit<z.output<typeof keptProduct>, 'images' | 'variants'> & {
  readonly images: readonly StoredImage[]
  readonly variants: readonly KeptVariant[]
}
export type KeptVariant = Omit<z.output<typeof keptVariant>, 'images'> & {
  readonly imageKeys: readonly string[]
}

/** What is written of a product; the searchable columns are made from it. */
export interface ProductContent {
  readonly id: string
  readonly slug: string
  readonly title: string
  readonly description: string
  readonly vendor: string | null
  readonly type: string | null
  readonly tags: readonly string[]
  readonly taxClass: string
  readonly status: KeptProduct['status']
  readonly options: readonly string[]
  readonly images: readonly StoredImage[]
  /** By key; written by `putValues`. */
  readonly attributes: Readonly<Record<string, string>>
  /** As `productTexts` has them. */
  readonly translations: KeptProduct['translations']
}

export interface VariantContent {
  readonly id: string
  readonly productId: string
  readonly position: number
  readonly sku: string | null
  readonly barcode: string | null
  readonly optionValues: readonly string[]
  readonly weightGrams: number | null
  readonly imageUrl: string | null
  readonly imageKeys: readonly string[]
}

export interface PriceContent {
  readonly variantId: string
  readonly currency: string
  readonly amountMinor: number
  readonly compareAtMinor: number | null
}

export interface StockContent {
  readonly variantId: string
  readonly productId: string
  readonly onHand: number
  readonly policy: 'deny' | 'continue' | 'untracked'
}

/** More than any shopper types, and far below what a tsvector holds (1 MiB). */
const maxSearchedText = 20_000
/** Folding can make a text longer; an entry of a B-tree holds 2,704 bytes. */
const maxTitleKey = 500
/** Of what is said in other languages together. */
const maxTranslatedText = 60_000
const maxTranslatedTitles = 1_000

function recordOf(product: ProductContent) {
  const title = cut(fold(product.title), maxTitleKey)
  const labels = fold(
    [product.vendor, product.type, ...product.tags].filter((one) => one !== null).join(' '),
  )
  const { translations } = product
  const titles = translations.map((one) => cut(fold(one.title), maxTitleKey)).join(' ')
  const share = Math.min(maxSearchedText, Math.floor(maxTranslatedText / translations.length))
  const texts = translations.map((one) => searchedText(one.description ?? '', share))
  return {
    ...product,
    titles: titlesOf(translations),
    titleKey: title,
    titleKeys: [title, titles].join(' ').trim(),
    words: [cut(`${title} ${labels}`, 1_000), cut(titles, maxTranslatedTitles)].join(' ').trim(),
    labels: cut(labels, maxSearchedText),
    text: [searchedText(product.description, maxSearchedText), ...texts].join(' '),
  }
}

function searchedText(description: string, maxLength: number): string {
  return cut(fold(plainText(description)), maxLength)
}

const productRecord = `jsonb_to_recordset($1::jsonb) as r (id uuid, slug text, title text,
  description text, vendor text, type text, tags text[], status text, options text[],
  images jsonb, translations jsonb, titles jsonb, "taxClass" text, "titleKey" text,
  "titleKeys" text, words text, labels text, text text)`
const searchOf = `setweight(to_tsvector('simple', r."titleKeys"), 'A')
  || setweight(to_tsvector('simple', r.labels), 'B')
  || setweight(to_tsvector('simple', r.text), 'C')`

const insertMany = command<[records: string, now: string]>(
  'product.insert_many',
  `insert into product (id, slug, title, description, vendor, type, tags, status, options, images,
     translations, titles, tax_class, title_key, words, search, created_at, updated_at)
   select r.id, r.slug, r.title, r.description, r.vendor, r.type, r.tags, r.status, r.options,
     r.images, r.translations, r.titles, r."taxClass", r."titleKey", r.words, ${searchOf}, $2, $2
   from ${productRecord}`,
)

export function insertProducts(products: readonly ProductContent[], now: string) {
  return insertMany(JSON.stringify(products.map(recordOf)), now)
}

const updateMany = statement<{ id: string; version: number }, [records: string, now: string]>(
  'product.update_many',
  `update product p set slug = r.slug, title = r.title, description = r.description,
     vendor = r.vendor, type = r.type, tags = r.tags, status = r.status, options = r.options,
     images = r.images, translations = r.translations, titles = r.titles,
     tax_class = r."taxClass", title_key = r."titleKey", words = r.words, search = ${searchOf},
     version = p.version + 1, updated_at = $2
   from ${productRecord} where p.id = r.id returning p.id, p.version`,
)

export function updateProducts(products: readonly ProductContent[], now: string) {
  return updateMany(JSON.stringify(products.map(recordOf)), now)
}

/** Something of the products changed that stands in other tables. */
export const touchProducts = statement<
  { id: string; version: number; slug: string; status: KeptProduct['status'] },
  [ids: readonly string[], now: string]
>(
  'product.touch',
  `update product set version = version + 1, updated_at = $2 where id = any ($1)
   returning id, version, slug, status`,
)

const insertManyVariants = command<[records: string, now: string]>(
  'variant.insert_many',
  `insert into variant (id, product_id, position, sku, barcode, option_values, weight_grams,
     image_url, image_keys, created_at, updated_at)
   select r.id, r."productId", r.position, r.sku, r.barcode, r."optionValues", r."weightGrams",
     r."imageUrl", r."imageKeys", $2, $2
   from jsonb_to_recordset($1::jsonb) as r (id uuid, "productId" uuid, position integer, sku text,
     barcode text, "optionValues" text[], "weightGrams" integer, "imageUrl" text,
     "imageKeys" text[])`,
)

export function insertVariants(variants: readonly VariantContent[], now: string) {
  return insertManyVariants(JSON.stringify(variants), now)
}

const updateManyVariants = command<[records: string, now: string]>(
  'variant.update_many',
  `update variant v set sku = r.sku, barcode = r.barcode, option_values = r."optionValues",
     weight_grams = r."weightGrams", image_url = r."imageUrl", image_keys = r."imageKeys",
     updated_at = $2
   from jsonb_to_recordset($1::jsonb) as r (id uuid, sku text, barcode text,
     "optionValues" text[], "weightGrams" integer, "imageUrl" text, "imageKeys" text[])
   where v.id = r.id`,
)

export function updateVariants(
  variants: readonly Omit<VariantContent, 'productId' | 'position'>[],
  now: string,
) {
  return updateManyVariants(JSON.stringify(variants), now)
}

const putManyPrices = command<[records: string]>(
  'price.put_many',
  `insert into price (variant_id, currency, amount_minor, compare_at_minor)
   select r."variantId", r.currency, r."amountMinor", r."compareAtMinor"
   from jsonb_to_recordset($1::jsonb) as r ("variantId" uuid, currency text,
     "amountMinor" bigint, "compareAtMinor" bigint)
   on conflict (tenant_id, variant_id, currency) do update
     set amount_minor = excluded.amount_minor, compare_at_minor = excluded.compare_at_minor`,
)

/** Sets these prices and leaves those in other currencies. */
export function putPrices(prices: readonly PriceContent[]) {
  return putManyPrices(JSON.stringify(prices))
}

export const deletePrices = command<[variantId: string]>(
  'price.delete',
  'delete from price where variant_id = $1',
)

export const refreshOffers = command<[productIds: readonly string[]]>(
  'product_offer.refresh',
  'select refresh_offers($1)',
)

const insertManyStocks = command<[records: string]>(
  'stock.insert_many',
  `insert into stock (variant_id, product_id, on_hand, policy)
   select r."variantId", r."productId", r."onHand", r.policy
   from jsonb_to_recordset($1::jsonb) as r ("variantId" uuid, "productId" uuid, "onHand" integer,
     policy text)`,
)

export function insertStocks(stocks: readonly StockContent[]) {
  return insertManyStocks(JSON.stringify(stocks))
}

export const setStockPolicy = command<[variantId: string, policy: StockContent['policy']]>(
  'stock.set_policy',
  'update stock set policy = $2 where variant_id = $1',
)

export const insertCategoryLinks = command<
  [productIds: readonly string[], categoryIds: readonly string[]]
>(
  'product_category.insert',
  `insert into product_category (product_id, category_id)
   select l.product_id, l.category_id from unnest($1::uuid[], $2::uuid[]) as l (product_id, category_id)
   on conflict do nothing`,
)

export const deleteCategoryLinks = command<[productIds: readonly string[]]>(
  'product_category.delete',
  'delete from product_category where product_id = any ($1)',
)

const keptVariantObject = `json_build_object('id', v.id, 'sku', v.sku, 'barcode', v.barcode,
  'position', v.position, 'optionValues', v.option_values, 'weightGrams', v.weight_grams,
  'imageUrl', v.image_url, 'imageKeys', v.image_keys, 'prices', ${pricesOfVariant},
  'available', s.policy <> 'deny' or s.on_hand > s.reserved,
  'stock', json_build_object('onHand', s.on_hand, 'reserved', s.reserved, 'policy', s.policy))`

const keptText = `select p.id, p.slug, p.title, p.description, p.vendor, p.type, p.tags, p.status,
    p.tax_class as "taxClass",
    p.options, p.images, p.translations, p.version, ${categoriesOfProduct} as categories,
    ${ratingOfProduct} as rating, ${attributesOfProduct} as attributes,
    (select coalesce(json_agg(${keptVariantObject} order by v.position, v.id), '[]')
      from variant v join stock s on s.variant_id = v.id where v.product_id = p.id) as variants,
    p.created_at as "createdAt", p.updated_at as "updatedAt"
  from product p`

export const findKept = statement<KeptProduct, [id: string]>(
  'product.find_kept',
  `${keptText} where p.id = $1`,
)

/** In the order in which they were made, so that an import makes them in it. */
export const listKeptAfter = statement<KeptProduct, [after: string | null, limit: number]>(
  'product.list_kept_after',
  `${keptText} where $1::uuid is null or p.id > $1 order by p.id limit $2`,
)

export const listKept = statement<
  KeptProduct,
  [
    status: string | null,
    query: string,
    code: string,
    categories: readonly string[] | null,
    before: string | null,
    limit: number,
  ]
>(
  'product.list_kept',
  `${keptText} join find_kept($1, $2, $3, $4::uuid[], $5, $6) as k (id) on k.id = p.id
   order by p.id desc`,
)

/** Nobody else changes the product, its variants or their prices before the transaction ends. */
export const lockProduct = statement<ProductContent & { version: number }, [id: string]>(
  'product.lock',
  `select id, slug, title, description, vendor, type, tags, status, options, images, translations,
     version, tax_class as "taxClass", ${valuesOfProduct} as attributes
   from product where id = $1 for update`,
)

export const findProductOf = statement<{ productId: string }, [variantId: string]>(
  'variant.find_product',
  'select product_id as "productId" from variant where id = $1',
)

export const findKeptVariant = statement<{ variant: KeptVariant }, [id: string]>(
  'variant.find_kept',
  `select ${keptVariantObject} as variant
   from variant v join stock s on s.variant_id = v.id where v.id = $1`,
)

export const findVariantPlaces = statement<
  { count: number; nextPosition: number },
  [productId: string]
>(
  'variant.find_places',
  `select count(*)::integer as count, coalesce(max(position), 0)::integer + 1 as "nextPosition"
   from variant where product_id = $1`,
)

/** Removes a variant that is not the only one of its product and of which nothing is reserved. */
export const deleteVariant = statement<{ id: string }, [id: string, productId: string]>(
  'variant.delete',
  `delete from variant v where v.id = $1
     and exists (select from variant o where o.product_id = $2 and o.id <> v.id)
     and not exists (select from reservation_line l join reservation r on r.id = l.reservation_id
       where l.variant_id = v.id and r.state = 'held')
   returning v.id`,
)
