import { command, statement } from '@prognetwork/shared-infrastructure'
import { valuesOfProduct } from '../attributes/attributes.store.ts'
import type { ProductContent } from '../products/products.store.ts'
import type { WholeVariant } from './plan.ts'

/**
 * Plans made while the tables were small read all of them; those of foreign keys are kept for as long
 * as the session lives, and a first import would get slower with every row. So they are made again,
 * for the indexes that every statement here has.
 */
export const planAnew = [
  command('import.discard_plans', 'discard plans'),
  command('import.prefer_indexes', 'set local enable_seqscan = off'),
] as const

/** Products of these slugs; nobody else changes them before the transaction ends. */
export const lockBySlug = statement<ProductContent, [slugs: readonly string[]]>(
  'import.lock_products',
  `select id, slug, title, description, vendor, type, tags, status, options, images,
     translations, tax_class as "taxClass", ${valuesOfProduct} as attributes
   from product where slug = any ($1) order by slug for update`,
)

/** The variants of these products, and whichever have one of these SKUs. Counts are locked. */
export const lockVariants = statement<
  WholeVariant,
  [productIds: readonly string[], skus: readonly string[]]
>(
  'import.lock_variants',
  `select v.id, v.product_id as "productId", v.position, v.sku, v.barcode,
     v.option_values as "optionValues", v.weight_grams as "weightGrams",
     v.image_url as "imageUrl", v.image_keys as "imageKeys", s.on_hand as "onHand", s.policy,
     (select coalesce(jsonb_agg(jsonb_build_object('currency', r.currency,
         'amountMinor', r.amount_minor, 'compareAtMinor', r.compare_at_minor)
         order by r.currency), '[]')
       from price r where r.variant_id = v.id) as prices
   from variant v join stock s on s.variant_id = v.id
   where v.product_id = any ($1) or v.sku = any ($2)
   order by v.id for update of s`,
)

export const findLinks = statement<
  { productId: string; categoryId: string },
  [productIds: readonly string[]]
>(
  'import.find_links',
  `select product_id as "productId", category_id as "categoryId"
   from product_category where product_id = any ($1)`,
)

/**
 * Takes these variants out of the way of the unique SKUs and option values, which one statement
 * checks row by row: what one of them gives up another may take in the same lot.
 */
export const vacate = command<[ids: readonly string[]]>(
  'import.vacate',
  `update variant set sku = null, option_values = array[id::text] where id = any ($1)`,
)

const updateMany = command<[records: string]>(
  'stock.update_many',
  `update stock s set on_hand = r."onHand", policy = r.policy
   from jsonb_to_recordset($1::jsonb) as r (id uuid, "onHand" integer, policy text)
   where s.variant_id = r.id`,
)

export function updateStocks(variants: readonly WholeVariant[]) {
  return updateMany(
    JSON.stringify(variants.map(({ id, onHand, policy }) => ({ id, onHand, policy }))),
  )
}
