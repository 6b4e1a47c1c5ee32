import { statement } from '@prognetwork/shared-infrastructure'
import type { Collection, WholeCollection } from '../collections/collections.store.ts'

/** As its lines name a collection and what is in it. */
export const listShownBySlug = statement<
  Pick<Collection, 'slug' | 'name' | 'translations' | 'isPublished'> & { products: string[] },
  [after: string | null, limit: number]
>(
  'arrangement.list_collections',
  `select k.slug, k.name, k.translations, k.is_published as "isPublished", array(
     select p.slug from collection_product m join product p on p.id = m.product_id
     where m.collection_id = k.id order by m.position) as products
   from collection k where $1::text is null or k.slug > $1 order by k.slug limit $2`,
)

export const findCollectionBySlug = statement<Omit<WholeCollection, 'slug'>, [slug: string]>(
  'arrangement.find_collection',
  `select k.id, k.name, k.translations, k.is_published as "isPublished", k.version, array(
     select m.product_id from collection_product m
     where m.collection_id = k.id order by m.position) as "productIds"
   from collection k where k.slug = $1`,
)

export const findProductsBySlug = statement<
  { id: string; slug: string },
  [slugs: readonly string[]]
>('arrangement.find_products', 'select id, slug from product where slug = any ($1)')

export interface NamedPrices {
  readonly variantId: string
  readonly product: string
  readonly optionValues: string[]
  readonly prices: { amountMinor: number; currency: string }[]
}

export const listNamedPrices = statement<
  NamedPrices,
  [listId: string, after: string | null, limit: number]
>(
  'arrangement.list_prices',
  `select v.id as "variantId", p.slug as product, v.option_values as "optionValues", x.prices
   from (
     select l.variant_id, json_agg(json_build_object('amountMinor', l.amount_minor,
       'currency', l.currency) order by l.currency) as prices
     from listed_price l
     where l.list_id = $1 and ($2::uuid is null or l.variant_id > $2)
     group by l.variant_id order by l.variant_id limit $3) x
   join variant v on v.id = x.variant_id join product p on p.id = v.product_id
   order by v.id`,
)

/** The variants that these lines name, with the prices that the list has for them. */
export const findNamedVariants = statement<
  { place: number; variantId: string; prices: { amountMinor: number; currency: string }[] },
  [listId: string, names: string]
>(
  'arrangement.find_variants',
  `select n.place::integer as place, v.id as "variantId", (
     select coalesce(json_agg(json_build_object('amountMinor', l.amount_minor,
       'currency', l.currency) order by l.currency), '[]')
     from listed_price l where l.variant_id = v.id and l.list_id = $1) as prices
   from (select ordinality as place, x ->> 'product' as product,
       array(select jsonb_array_elements_text(x -> 'optionValues')) as option_values
     from jsonb_array_elements($2::jsonb) with ordinality as e (x, ordinality)) n
     join product p on p.slug = n.product
     join variant v on v.product_id = p.id and v.option_values = n.option_values
   order by n.place`,
)
