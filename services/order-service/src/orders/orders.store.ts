import { command, statement } from '@prognetwork/shared-infrastructure'
import type { orderChanges, orderLines, salesOrders } from '../tables.ts'

type Line = Omit<typeof orderLines.$inferSelect, 'tenantId' | 'orderId'>
export type OrderRow = Omit<typeof salesOrders.$inferSelect, 'tenantId'>
export interface Order extends OrderRow {
  readonly lines: Line[]
}
export type Change = Omit<typeof orderChanges.$inferSelect, 'tenantId' | 'orderId'>

const own = `o.id, o.reference, o.state, o.account_id as "accountId", o.email,
  o.shipping_address as "shippingAddress", o.currency, o.total_minor as "totalMinor",
  o.refunded_minor as "refundedMinor", o.totals,
  o.reservation_id as "reservationId", o.payment_id as "paymentId", o.action_url as "actionUrl",
  o.tracking, o.reason, o.version, o.placed_at as "placedAt", o.updated_at as "updatedAt"`
export const orderColumns = `${own},
  (select jsonb_agg(jsonb_build_object('variantId', l.variant_id, 'productId', l.product_id,
     'title', l.title, 'sku', l.sku, 'optionValues', l.option_values, 'quantity', l.quantity,
     'unitMinor', l.unit_minor, 'discountMinor', l.discount_minor, 'taxMinor', l.tax_minor,
     'taxBasisPoints', l.tax_basis_points)
     order by l.variant_id)
   from order_line l where l.tenant_id = o.tenant_id and l.order_id = o.id) as lines`

export const insertOrder = command<[order: string]>(
  'sales_order.insert',
  `with placed as (
     insert into sales_order (id, reference, state, account_id, email, shipping_address, currency,
       total_minor, totals, refunded_minor, reservation_id, payment_id, action_url, version,
       placed_at, updated_at)
     select id, reference, state, "accountId", email, "shippingAddress", currency, "totalMinor",
       totals, "refundedMinor", "reservationId", "paymentId", "actionUrl", version, "placedAt",
       "updatedAt"
     from jsonb_to_record($1::jsonb) as r (id uuid, reference text, state text, "accountId" uuid,
       email text, "shippingAddress" jsonb, currency text, "totalMinor" bigint, totals jsonb,
       "refundedMinor" bigint, "reservationId" uuid, "paymentId" uuid, "actionUrl" text, version integer,
       "placedAt" timestamptz, "updatedAt" timestamptz))
   insert into order_line (order_id, variant_id, product_id, title, sku, option_values, quantity,
     unit_minor, discount_minor, tax_minor, tax_basis_points)
   select ($1::jsonb ->> 'id')::uuid, "variantId", "productId", title, sku, "optionValues", quantity,
     "unitMinor", "discountMinor", "taxMinor", "taxBasisPoints"
   from jsonb_to_recordset($1::jsonb -> 'lines') as l ("variantId" uuid, "productId" uuid,
     title text, sku text, "optionValues" text[], quantity integer, "unitMinor" bigint,
     "discountMinor" bigint, "taxMinor" bigint, "taxBasisPoints" integer)`,
)

export const insertChanges = command<[orderId: string, changes: string]>(
  'order_change.insert',
  `insert into order_change (order_id, version, state, tracking, reason, made_by, at)
   select $1, version, state, tracking, reason, "madeBy", at
   from jsonb_to_recordset($2::jsonb) as c (version integer, state text, tracking jsonb, reason text,
     "madeBy" text, at timestamptz)`,
)

/** In the history of the order of a payment, whatever it is by then. */
export const noteOnOrderOf = command<[paymentId: string, note: string, by: string, now: string]>(
  'order_change.note',
  `with noted as (
     update sales_order set version = version + 1, updated_at = $4 where payment_id = $1
     returning id, version, state, tracking, reason)
   insert into order_change (order_id, version, state, tracking, reason, note, made_by, at)
   select id, version, state, tracking, reason, $2, $3, $4 from noted`,
)

export const findOrder = statement<Order, [id: string]>(
  'sales_order.find',
  `select ${orderColumns} from sales_order o where o.id = $1`,
)

/** Whoever has the row of an order decides what is sent of it. */
export const lockOrder = statement<{ id: string }, [orderId: string]>(
  'sales_order.lock',
  'select id from sales_order where id = $1 for update',
)

/** Nothing when it is paid already, as it is when its checkout knew that. */
export const lockUnpaidOf = statement<OrderRow, [paymentId: string]>(
  'sales_order.lock_unpaid',
  `select ${own} from sales_order o
   where o.payment_id = $1 and o.state in ('awaiting_payment', 'cancelled') for update`,
)

/** The same for what was paid; where its checkout was given up before, it is owed back. */
export const lockPaidFor = statement<OrderRow, [paymentId: string, orderId: string, now: string]>(
  'sales_order.lock_paid_for',
  `with owed as (
     insert into money_back (payment_id, order_id, due_at)
     select $1, order_id, $3 from checkout where order_id = $2 and state = 'failed'
     on conflict do nothing)
   select ${own} from sales_order o
   where o.payment_id = $1 and o.state in ('awaiting_payment', 'cancelled') for update`,
)

/** Nothing when the order is not there, as when its checkout came to nothing. */
export const noteRefunded = statement<OrderRow, [paymentId: string, refundedMinor: number]>(
  'sales_order.note_refunded',
  `update sales_order o set refunded_minor = greatest(refunded_minor, $2)
   where o.payment_id = $1 returning ${own}`,
)

/**
 * What was given back has not arrived: less is given back, and an order is not `refunded` by it. It is
 * as it was before then, but that of one sent in part the rest will not be sent: it is on the shelf.
 */
export const noteRefundFailed = statement<
  { id: string },
  [paymentId: string, refundedMinor: number, note: string, by: string, now: string]
>(
  'sales_order.note_refund_failed',
  `with found as (
     select o.id, o.state = 'refunded' and $2 < o.total_minor as reopens,
       (select c.state from order_change c where c.order_id = o.id and c.state <> 'refunded'
        order by c.version desc limit 1) as earlier
     from sales_order o where o.payment_id = $1 for update),
   changed as (
     update sales_order o set refunded_minor = $2, version = version + 1, updated_at = $5,
       state = case when not f.reopens then o.state
         when f.earlier = 'delivered' then 'delivered' else 'shipped' end,
       reason = case when f.reopens then null else o.reason end
     from found f where o.id = f.id
     returning o.id, o.version, o.state, o.tracking, o.reason),
   noted as (
     insert into order_change (order_id, version, state, tracking, reason, note, made_by, at)
     select id, version, state, tracking, reason, $3, $4, $5 from changed)
   select id from changed`,
)

export const listChanges = statement<Change, [orderId: string]>(
  'order_change.list',
  `select version, state, tracking, reason, note, made_by as "madeBy", at
   from order_change where order_id = $1 order by version`,
)

/** Nothing when the order is not in one of the states that lead there. */
export const moveOrder = statement<
  Order,
  [
    id: string,
    from: readonly OrderRow['state'][],
    to: OrderRow['state'],
    tracking: string | null,
    reason: string | null,
    now: string,
  ]
>(
  'sales_order.move',
  `update sales_order o set state = $3, tracking = coalesce($4::jsonb, tracking),
     reason = coalesce($5, reason), action_url = null, version = version + 1, updated_at = $6
   where o.id = $1 and o.state = any ($2) returning ${orderColumns}`,
)

/**
 * Goods of an order that is sent in part which are in the house. Asked under its lock, and in a statement
 * of its own: one that waits for a lock sees no parcel that was made meanwhile.
 */
export const listUnsent = statement<{ variantId: string; quantity: number }, [id: string]>(
  'sales_order.list_unsent',
  `select l.variant_id as "variantId", (l.quantity - coalesce(s.sent, 0))::integer as quantity
   from sales_order o
     join order_line l on l.order_id = o.id
     left join lateral (
       select sum(f.quantity) as sent
       from fulfilment p join fulfilment_line f on f.fulfilment_id = p.id
       where p.order_id = l.order_id and f.variant_id = l.variant_id) s on true
   where o.id = $1 and o.state = 'fulfilling' and l.quantity > coalesce(s.sent, 0)
   order by l.variant_id`,
)

/** Whose payment is waited for since before a moment, in any tenant. */
export const listAwaiting = statement<
  { id: string; paymentId: string | null; tenantId: string },
  [before: string, after: string | null, limit: number]
>(
  'sales_order.list_awaiting',
  `select id, payment_id as "paymentId", tenant_id as "tenantId" from sales_order
   where state = 'awaiting_payment' and placed_at < $1 and ($2::uuid is null or id > $2)
   order by id limit $3`,
)

/** Orders that are not called off, and checkouts that may still become one. */
export const listClaims = statement<{ id: string }, [ids: readonly string[]]>(
  'sales_order.list_claims',
  `select id from sales_order where id = any ($1) and state not in ('cancelled')
   union select order_id from checkout where order_id = any ($1) and state = 'open'`,
)
