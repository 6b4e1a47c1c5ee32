import { statement } from '@prognetwork/shared-infrastructure'
import type { Shopper } from '../price-lists/shopper.ts'
import type { ProductContent } from '../products/products.store.ts'
import type { reservations } from '../tables.ts'
import { translationsOf } from '../translations/translations.store.ts'

export type Reservation = Pick<
  typeof reservations.$inferSelect,
  'id' | 'orderId' | 'state' | 'expiresAt'
>

/** What an order wants to know of a variant before it takes it. */
export interface Offered {
  readonly variantId: string
  readonly productId: string
  readonly title: string
  readonly sku: string | null
  readonly optionValues: string[]
  readonly translations: ProductContent['translations']
  readonly amountMinor: number | null
  readonly taxClass: string
  /** How many can be had; null when as many as are wanted. */
  readonly free: number | null
}

/** Only what is on sale is offered. */
export const findOffered = statement<
  Offered,
  [variantIds: readonly string[], currency: string, ...shopper: Shopper, locales: readonly string[]]
>(
  'variant.find_offered',
  `select v.id as "variantId", p.id as "productId", p.title, v.sku,
     v.option_values as "optionValues", r.amount_minor as "amountMinor",
     p.tax_class as "taxClass", ${translationsOf('p', '$5')} as translations,
     case when s.policy = 'deny' then greatest(s.on_hand - s.reserved, 0) end as free
   from variant v
     join product p on p.id = v.product_id and p.status = 'active'
     join stock s on s.variant_id = v.id
     left join customer_group_member me on me.account_id = $3::uuid
     left join lateral prices_at(v.id, me.group_id, $4::timestamptz) r on r.currency = $2
   where v.id = any ($1)`,
)

/** Holds them and answers the offer; the variants come in the order of their ids. */
export const holdGoods = statement<
  { lines: unknown },
  [
    id: string,
    orderId: string,
    currency: string,
    variantIds: readonly string[],
    quantities: readonly number[],
    expiresAt: string,
    now: string,
    accountId: string | null,
    locales: readonly string[],
  ]
>(
  'reservation.hold',
  `select take_from_places(hold_goods($1, $2, $3, $4, $5, $6, $7, $8, $9), $1, $4, $5) as lines`,
)

/** Of the order, while it may still be paid for or has been; with what it was offered. */
export const findReservationOf = statement<Reservation & { lines: unknown }, [orderId: string]>(
  'reservation.find_of_order',
  `select id, order_id as "orderId", state, expires_at as "expiresAt", offer as lines
   from reservation where order_id = $1 and state in ('held', 'committed')`,
)

export const findReservation = statement<Reservation, [id: string]>(
  'reservation.find',
  `select id, order_id as "orderId", state, expires_at as "expiresAt"
   from reservation where id = $1`,
)

/** Those of them that were still held; the others have ended before. */
export const endReservations = statement<
  { id: string; orderId: string },
  [ids: readonly string[], ending: 'committed' | 'released' | 'expired', now: string]
>('reservation.end', 'select id, order_id as "orderId" from end_reservations($1, $2, $3)')

/** The same for orders that were paid; leaves a note of each for what counts what is bought together. */
export const commitPaid = statement<
  { id: string; orderId: string },
  [ids: readonly string[], now: string]
>(
  'reservation.commit_paid',
  `with ended as (select id, order_id from end_reservations($1, 'committed', $2)),
   noted as (insert into uncounted_sale (reservation_id, paid_at) select id, $2 from ended)
   select id, order_id as "orderId" from ended`,
)

/** Goods of an order that was called off before they left. */
export const takeBack = statement<{ id: string; orderId: string }, [id: string, now: string]>(
  'reservation.take_back',
  'select id, order_id as "orderId" from take_back($1, $2)',
)

export interface Due {
  readonly id: string
  readonly orderId: string
  readonly tenantId: string
}

/** What is due in any tenant; the longest overdue first. */
export const listDue = statement<Due, [now: string, limit: number]>(
  'reservation.list_due',
  `select id, order_id as "orderId", tenant_id as "tenantId" from reservation
   where state = 'held' and expires_at <= $1 order by expires_at limit $2`,
)
