import { statement } from '@prognetwork/shared-infrastructure'
import { pricesOfVariant } from '../catalogue/catalogue.store.ts'

interface Price {
  readonly amountMinor: number
  readonly currency: string
  readonly compareAtMinor: number | null
}

export const findPriced = statement<
  {
    variantId: string
    productId: string
    title: string
    sku: string | null
    optionValues: string[]
    own: Price[]
  },
  [variantId: string]
>(
  'variant.find_priced',
  `select v.id as "variantId", p.id as "productId", p.title, v.sku,
     v.option_values as "optionValues", ${pricesOfVariant} as own
   from variant v join product p on p.id = v.product_id where v.id = $1`,
)

export const listListedOf = statement<
  { priceListId: string; price: Omit<Price, 'compareAtMinor'> },
  [variantId: string]
>(
  'listed_price.list_of_variant',
  `select s.id as "priceListId",
     json_build_object('amountMinor', l.amount_minor, 'currency', l.currency) as price
   from listed_price l join price_list s on s.id = l.list_id
   where l.variant_id = $1 order by s.name, s.id, l.currency`,
)

/** The price is that of `prices_at`; of lists with the same the one for everyone is named first. */
export const listHolding = statement<
  { groupId: string | null; price: Price; priceListId: string | null },
  [variantId: string, now: string]
>(
  'price.list_holding',
  `select a.group_id as "groupId",
     json_build_object('amountMinor', r.amount_minor, 'currency', r.currency,
       'compareAtMinor', r.compare_at_minor) as price,
     (select s.id from listed_price l join price_list s on s.id = l.list_id
      where l.variant_id = $1 and l.currency = r.currency and l.amount_minor = r.amount_minor
        and s.state = 'active' and coalesce(s.starts_at <= $2, true)
        and coalesce(s.ends_at > $2, true) and (s.group_id is null or s.group_id = a.group_id)
        and not exists (select from price o where o.variant_id = $1 and o.currency = r.currency
          and o.amount_minor <= r.amount_minor)
      order by s.group_id nulls first, s.name limit 1) as "priceListId"
   from (
     select null::uuid as group_id
     union select s.group_id from listed_price l join price_list s on s.id = l.list_id
     where l.variant_id = $1) a
   cross join lateral prices_at($1, a.group_id, $2) r
   order by a.group_id nulls first, r.currency`,
)
