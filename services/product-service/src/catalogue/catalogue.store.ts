import { longestPage } from '@prognetwork/contracts'
import type { product, productCard } from '@prognetwork/contracts/product'
import { statement } from '@prognetwork/shared-infrastructure'
import type { z } from 'zod'
import { attributesOf } from '../attributes/attributes.store.ts'
import type { StoredImage } from '../pictures/images.ts'
import { isOffered, joinOffer, type Shopper } from '../price-lists/shopper.ts'
import type { KeptProduct } from '../products/products.store.ts'
import type { attributes, categories } from '../tables.ts'
import { translationsOf } from '../translations/translations.store.ts'
import type { ListOrder } from './catalogue.ts'

type Rating = z.output<typeof productCard>['rating']

/** What approved reviews of a product come to. */
export const ratingOfProduct = `case when p.review_count > 0 then json_build_object(
    'reviews', p.review_count,
    'averageHundredths', round(p.review_stars * 100.0 / p.review_count)::integer) end`

/** A row of a list; `price` is in the currency that was asked for. */
export interface CardRow {
  readonly id: string
  readonly slug: string
  readonly title: string
  /** By language, where there are others. */
  readonly titles: Readonly<Record<string, string>>
  readonly vendor: string | null
  readonly type: string | null
  readonly image: StoredImage | null
  readonly rating: Rating
  readonly fromMinor: number | null
  readonly toMinor: number | null
  readonly compareAtMinor: number | null
  readonly available: boolean
  readonly titleKey: string
  /** In the collection whose order is asked for. */
  readonly position?: number
}

/** Not `exists`, which the planner may answer by reading the stock of the whole tenant once. */
const isAvailable = `coalesce((select true from stock s where s.product_id = p.id
    and (s.policy <> 'deny' or s.on_hand > s.reserved) limit 1), false)`

/** Of the product `p` and its offer `o`. */
export const cardColumns = `p.id, p.slug, p.title, p.titles, p.vendor, p.type, p.images -> 0 as image,
  o.from_minor as "fromMinor", o.to_minor as "toMinor", o.compare_at_minor as "compareAtMinor",
  p.title_key as "titleKey", ${ratingOfProduct} as rating, ${isAvailable} as available`

/** What a list is narrowed by; each is one more condition on an index. */
export interface ListFilters {
  readonly categoryIds?: readonly string[] | undefined
  readonly collectionId?: string | undefined
  readonly vendor?: string | undefined
  readonly type?: string | undefined
}

/** Where the page before ended: the value it was sorted by, and the id. */
export type ListPosition = readonly [value: string | number | null, id: string]

const orders: Readonly<Record<ListOrder, { by: string; after: string }>> = {
  newest: { by: 'p.id desc', after: '$3::text is null and p.id < $4' },
  title: { by: 'p.title_key, p.id', after: '(p.title_key, p.id) > ($3, $4)' },
  price: { by: 'o.from_minor, p.id', after: '(o.from_minor, p.id) > ($3::bigint, $4)' },
  '-price': {
    by: 'o.from_minor desc, p.id desc',
    after: '(o.from_minor, p.id) < ($3::bigint, $4)',
  },
  collection: { by: 'k.position, p.id', after: '(k.position, p.id) > ($3::integer, $4)' },
}

type ListStatement = ReturnType<typeof statement<CardRow, unknown[]>>
const lists = new Map<string, ListStatement>()

/**
 * One statement per combination of filters and order, so that each is prepared and planned for the
 * index it needs. A list by price leaves out what has no price in the currency.
 */
export function listCards(
  sort: ListOrder,
  filters: ListFilters,
  page: { currency: string; after: ListPosition | undefined; limit: number; shopper: Shopper },
) {
  const { categoryIds, collectionId, vendor, type } = filters
  const key = [
    'product.list',
    sort.replace('-', 'reverse_'),
    ...(categoryIds ? ['category'] : []),
    ...(collectionId !== undefined ? ['collected'] : []),
    ...(vendor !== undefined ? ['vendor'] : []),
    ...(type !== undefined ? ['type'] : []),
    ...(page.after ? ['after'] : []),
  ].join('.')
  let list = lists.get(key)
  if (!list) {
    list = statement(key, listText(sort, filters, page.after !== undefined))
    lists.set(key, list)
  }
  const [value, id] = page.after ?? [null, null]
  return list(
    ...[page.currency, page.limit, value, id, categoryIds, vendor, type, collectionId],
    ...page.shopper,
  )
}

function listText(sort: ListOrder, filters: ListFilters, after: boolean): string {
  const { by, after: behind } = orders[sort]
  const byPrice = sort === 'price' || sort === '-price'
  const byHand = sort === 'collection'
  const shopper = ['$1', '$9', '$10'] as const
  // Of a limit it does not know the planner expects a tenth of all rows, and plans each list anew
  // because one plan for all seems dearer; planning takes longer than the list.
  return `select * from (select ${cardColumns}${byHand ? ', k.position' : ''}
    from product p
      ${byHand ? 'join collection_product k on k.product_id = p.id and k.collection_id = $8' : ''}
      ${byPrice ? `join product_offer o on ${isOffered(...shopper)}` : joinOffer(...shopper)}
    where p.status = 'active'
      and ${condition(after, behind, '($3::text is null and $4::uuid is null)')}
      and ${condition(
        filters.categoryIds !== undefined,
        `p.id in (select m.product_id from product_category m
          where m.category_id = any ($5::uuid[]))`,
        '$5::uuid[] is null',
      )}
      and ${condition(
        filters.collectionId !== undefined,
        `p.id in (select n.product_id from collection_product n where n.collection_id = $8::uuid)`,
        '$8::uuid is null',
      )}
      and ${condition(filters.vendor !== undefined, 'p.vendor = $6', '$6::text is null')}
      and ${condition(filters.type !== undefined, 'p.type = $7', '$7::text is null')}
    order by ${by} limit ${longestPage + 1}) page limit $2`
}

/** A filter that is not set still names its parameter, so that all lists take the same ones. */
function condition(isSet: boolean, text: string, unset: string): string {
  return isSet ? text : unset
}

/** Cards of known products, in the order of the ids. */
export const findCards = statement<
  CardRow,
  [currency: string, ids: readonly string[], ...shopper: Shopper]
>(
  'product.find_cards',
  `select ${cardColumns}
   from unnest($2::uuid[]) with ordinality as wanted (id, place)
     join product p on p.id = wanted.id
     ${joinOffer('$1', '$3', '$4')}
   order by wanted.place`,
)

/** A price as the contract writes it. */
interface PriceColumns {
  readonly amountMinor: number
  readonly currency: string
  readonly compareAtMinor: number | null
}

/** A product as a shopper opens it; parts of it are made by the database, in the wire's form. */
export interface ProductRow {
  readonly id: string
  readonly slug: string
  readonly title: string
  readonly description: string
  readonly vendor: string | null
  readonly type: string | null
  readonly tags: string[]
  readonly options: string[]
  readonly images: readonly StoredImage[]
  readonly categories: (Pick<typeof categories.$inferSelect, 'translations'> & {
    id: string
    slug: string
    name: string
  })[]
  readonly attributes: (z.output<typeof product>['attributes'][number] &
    Pick<typeof attributes.$inferSelect, 'translations'>)[]
  /** In the languages that were asked for. */
  readonly translations: KeptProduct['translations']
  readonly rating: Rating
  readonly variants: {
    id: string
    sku: string | null
    optionValues: string[]
    imageUrl: string | null
    imageKeys: string[]
    available: boolean
    prices: PriceColumns[]
  }[]
  readonly createdAt: string
  readonly updatedAt: string
}

/** `more` is what else is said of each. */
const categoriesOf = (more = '') => `(select coalesce(json_agg(json_build_object(
    'id', c.id, 'slug', c.slug, 'name', c.name${more}) order by c.slug), '[]')
  from product_category m join category c on c.id = m.category_id where m.product_id = p.id)`
export const categoriesOfProduct = categoriesOf()

const pricesFrom = (source: string) => `(select coalesce(json_agg(json_build_object(
    'amountMinor', r.amount_minor, 'currency', r.currency, 'compareAtMinor', r.compare_at_minor)
    order by r.currency), '[]')
  from ${source})`

/** Its own, as staff keep them, whatever lists say. */
export const pricesOfVariant = pricesFrom('price r where r.variant_id = v.id')

const inLanguages = (row: string) => `, 'translations', ${translationsOf(row, '$4')}`

const productText = `select p.id, p.slug, p.title, p.description, p.vendor, p.type, p.tags,
    p.options, p.images, ${categoriesOf(inLanguages('c'))} as categories, ${ratingOfProduct} as rating,
    ${attributesOf(inLanguages('a'))} as attributes, ${translationsOf('p', '$4')} as translations,
    (select coalesce(json_agg(json_build_object('id', v.id, 'sku', v.sku,
        'optionValues', v.option_values, 'imageUrl', v.image_url, 'imageKeys', v.image_keys,
        'available', s.policy <> 'deny' or s.on_hand > s.reserved,
        'prices', ${pricesFrom('prices_at(v.id, me.group_id, $3::timestamptz) r')}) order by v.position, v.id), '[]')
      from variant v join stock s on s.variant_id = v.id where v.product_id = p.id) as variants,
    p.created_at as "createdAt", p.updated_at as "updatedAt"
  from product p left join customer_group_member me on me.account_id = $2::uuid
  where p.status = 'active'`

type Reader = [...shopper: Shopper, locales: readonly string[]]

export const findProductById = statement<ProductRow, [id: string, ...Reader]>(
  'product.find_by_id',
  `${productText} and p.id = $1`,
)
export const findProductBySlug = statement<ProductRow, [slug: string, ...Reader]>(
  'product.find_by_slug',
  `${productText} and p.slug = $1`,
)
