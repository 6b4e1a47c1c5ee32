import { command, statement } from '@prognetwork/shared-infrastructure'
import { type CardRow, cardColumns } from '../catalogue/catalogue.store.ts'
import { joinOffer, type Shopper } from '../price-lists/shopper.ts'

export type Kind = 'boughtTogether' | 'similar' | 'popular'

/** The strongest of a table that are on sale, from an index in their order. */
const strongest = (kind: Kind, from: string, condition: string) =>
  `(select '${kind}' as kind, x.score, p.id
    from me, ${from} x join product p on p.id = ${kind === 'popular' ? 'x.product_id' : 'x.other_id'}
    where ${condition} and p.status = 'active' and p.id <> me.id
    order by x.score desc, p.id limit $3)`

/** A row without a card says that the product is there and nothing is recommended with it. */
const recommended = (condition: string) => `
  with me as (select p.id from product p where p.status = 'active' and ${condition} = $1),
  picked as (
    ${strongest('boughtTogether', 'product_pair', 'x.product_id = me.id')} union all
    ${strongest('similar', 'similar_product', 'x.product_id = me.id')} union all
    ${strongest('popular', 'product_popularity', 'true')})
  select k.kind, ${cardColumns}
  from me left join picked k on true left join product p on p.id = k.id
    ${joinOffer('$2', '$4', '$5')}
  order by k.kind, k.score desc, k.id`

export type RecommendedRow =
  | (CardRow & { readonly kind: Kind })
  | { readonly kind: null; readonly id: null }

type Arguments = [product: string, currency: string, limit: number, ...shopper: Shopper]

export const recommendById = statement<RecommendedRow, Arguments>(
  'recommendation.find_by_id',
  recommended('p.id'),
)
export const recommendBySlug = statement<RecommendedRow, Arguments>(
  'recommendation.find_by_slug',
  recommended('p.slug'),
)

/** Tenants with something to count or to compare. */
export const listWaiting = statement<{ tenantId: string }, []>(
  'recommendation.list_waiting',
  `select distinct tenant_id as "tenantId" from uncounted_sale
   union select distinct tenant_id from uncompared_product`,
)

export const countSales = statement<{ done: number }, [take: number]>(
  'recommendation.count_sales',
  'select count_sales($1) as done',
)

export const compareProducts = statement<{ done: number }, [take: number]>(
  'recommendation.compare_products',
  'select compare_products($1) as done',
)

/** What was removed since it was told of is left out. */
export const noteChanged = command<[productIds: readonly string[]]>(
  'recommendation.note_changed',
  `insert into uncompared_product (product_id) select p.id from product p where p.id = any ($1)
   order by p.id on conflict do nothing`,
)
