import { command, statement } from '@prognetwork/shared-infrastructure'
import { refreshOffers } from '../products/products.store.ts'
import type { priceLists } from '../tables.ts'

export type PriceList = Omit<typeof priceLists.$inferSelect, 'tenantId' | 'createdAt' | 'updatedAt'>

/** A list of them is read whole; and each moment at which one begins or ends makes offers. */
export const maxPriceLists = 100
/** A change of the list makes the offers of all of them anew, in one transaction. */
export const maxListedPrices = 10_000

const columns = `id, name, group_id as "groupId", starts_at as "startsAt", ends_at as "endsAt",
  state, version`

export const listEveryPriceList = statement<PriceList>(
  'price_list.list',
  `select ${columns} from price_list order by name, id limit ${maxPriceLists}`,
)

export const countPriceLists = statement<{ count: number }>(
  'price_list.count',
  'select count(*)::integer as count from price_list',
)

export const findPriceList = statement<PriceList, [id: string]>(
  'price_list.find',
  `select ${columns} from price_list where id = $1`,
)

export const lockPriceList = statement<PriceList, [id: string]>(
  'price_list.lock',
  `select ${columns} from price_list where id = $1 for update`,
)

export const insertPriceList = command<[...fields: Fields, now: string]>(
  'price_list.insert',
  `insert into price_list (id, name, group_id, starts_at, ends_at, state, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, $7)`,
)

export const updatePriceList = command<[...fields: Fields, now: string]>(
  'price_list.update',
  `update price_list set name = $2, group_id = $3, starts_at = $4, ends_at = $5, state = $6,
     version = version + 1, updated_at = $7 where id = $1`,
)

type Fields = [
  id: string,
  name: string,
  groupId: string | null,
  startsAt: string | null,
  endsAt: string | null,
  state: PriceList['state'],
]

export const fieldsOf = ({ id, name, groupId, startsAt, endsAt, state }: PriceList): Fields => [
  ...([id, name, groupId, startsAt, endsAt, state] as const),
]

export const deletePriceList = command<[id: string]>(
  'price_list.delete',
  'delete from price_list where id = $1',
)

/**
 * Every product that the list has a price for; nobody else changes them before the transaction ends.
 * In the order of their slugs, as an import locks them.
 */
export const lockListedProducts = statement<{ id: string }, [listId: string]>(
  'price_list.lock_products',
  `select p.id from product p where p.id in (
     select v.product_id from listed_price l join variant v on v.id = l.variant_id
     where l.list_id = $1)
   order by p.slug for update`,
)

export const lockProductsOf = statement<{ id: string }, [variantIds: readonly string[]]>(
  'variant.lock_products',
  `select p.id from product p where p.id in (select product_id from variant where id = any ($1))
   order by p.slug for update`,
)

/** To be asked once their products are locked. */
export const findVariants = statement<{ id: string }, [ids: readonly string[]]>(
  'variant.find_ids',
  'select id from variant where id = any ($1)',
)

export interface ListedContent {
  readonly variantId: string
  readonly prices: readonly { readonly amountMinor: number; readonly currency: string }[]
}

export const deleteListed = command<[listId: string, variantIds: readonly string[]]>(
  'listed_price.delete',
  'delete from listed_price where list_id = $1 and variant_id = any ($2)',
)

/** Of so many products at a time, so that no statement of a long list takes too long. */
const offersPerStatement = 500

export function refreshAllOffers(products: readonly { readonly id: string }[]) {
  const ids = products.map((one) => one.id)
  return Array.from({ length: Math.ceil(ids.length / offersPerStatement) }, (_, at) =>
    refreshOffers(ids.slice(at * offersPerStatement, (at + 1) * offersPerStatement)),
  )
}

const insertMany = command<[listId: string, records: string]>(
  'listed_price.insert_many',
  `insert into listed_price (list_id, variant_id, currency, amount_minor)
   select $1, r."variantId", r.currency, r."amountMinor"
   from jsonb_to_recordset($2::jsonb) as r ("variantId" uuid, currency text, "amountMinor" bigint)`,
)

export function insertListed(listId: string, items: readonly ListedContent[]) {
  const rows = items.flatMap(({ variantId, prices }) =>
    prices.map(({ amountMinor, currency }) => ({ variantId, amountMinor, currency })),
  )
  return insertMany(listId, JSON.stringify(rows))
}

export const countListed = statement<{ count: number }, [listId: string]>(
  'listed_price.count',
  'select count(*)::integer as count from listed_price where list_id = $1',
)

export interface Listed {
  readonly variantId: string
  readonly productId: string
  readonly title: string
  readonly sku: string | null
  readonly optionValues: string[]
  readonly prices: { amountMinor: number; currency: string }[]
}

export const listListed = statement<Listed, [listId: string, after: string | null, limit: number]>(
  'listed_price.list',
  `select v.id as "variantId", p.id as "productId", p.title, v.sku,
     v.option_values as "optionValues", x.prices
   from (
     select l.variant_id, json_agg(json_build_object('amountMinor', l.amount_minor,
       'currency', l.currency) order by l.currency) as prices
     from listed_price l
     where l.list_id = $1 and ($2::uuid is null or l.variant_id > $2)
     group by l.variant_id order by l.variant_id limit $3) x
   join variant v on v.id = x.variant_id join product p on p.id = v.product_id
   order by v.id`,
)
