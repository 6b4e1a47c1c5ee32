import { command, statement } from '@prognetwork/shared-infrastructure'

export const insertOwed = command<[paymentId: string, orderId: string, dueAt: string]>(
  'money_back.owe',
  `insert into money_back (payment_id, order_id, due_at) values ($1, $2, $3)
   on conflict (tenant_id, payment_id) do update set due_at = $3, tries = 0, refusals = 0,
     failed_at = null, failure = null
   where money_back.failed_at is not null`,
)

export const listOwed = statement<
  { id: string; reason: string | null; tries: number; tenantId: string },
  [now: string, limit: number]
>(
  'money_back.list_due',
  `select m.payment_id as id, o.reason, m.tries, m.tenant_id as "tenantId"
   from money_back m left join sales_order o on o.tenant_id = m.tenant_id and o.id = m.order_id
   where m.failed_at is null and m.due_at <= $1 order by m.due_at limit $2`,
)

export const putOff = command<[paymentId: string, until: string]>(
  'money_back.put_off',
  'update money_back set due_at = $2, tries = tries + 1 where payment_id = $1',
)

export const settle = command<[paymentId: string]>(
  'money_back.settle',
  'delete from money_back where payment_id = $1',
)

/** For good after so many of them; answers the order then, which may have come to nothing. */
export const refuse = statement<
  { orderId: string },
  [paymentId: string, most: number, failure: string, now: string]
>(
  'money_back.refuse',
  `with refused as (
     update money_back set refusals = refusals + 1,
       failed_at = case when refusals + 1 >= $2 then $4::timestamptz end,
       failure = case when refusals + 1 >= $2 then $3 end
     where payment_id = $1 and failed_at is null returning order_id, failed_at)
   select order_id as "orderId" from refused where failed_at is not null`,
)

/** What was given back for an order that was called off has not arrived: staff see to it. */
export const failOwed = command<[paymentId: string, failure: string, now: string]>(
  'money_back.fail',
  `insert into money_back (payment_id, order_id, due_at, failed_at, failure)
   select payment_id, id, $3, $3, $2 from sales_order where payment_id = $1 and state = 'cancelled'
   on conflict (tenant_id, payment_id) do update set failed_at = $3, failure = $2`,
)

/** Staff ask again; nothing where it is asked for already. */
export const askAgain = statement<
  { paymentId: string; reason: string | null },
  [orderId: string, dueAt: string]
>(
  'money_back.ask_again',
  `update money_back m set failed_at = null, failure = null, tries = 0, refusals = 0, due_at = $2
   from sales_order o
   where m.order_id = $1 and m.failed_at is not null and o.id = m.order_id
   returning m.payment_id as "paymentId", o.reason`,
)

export interface Unreturned {
  readonly since: string
  readonly failure: string
}

export const findUnreturned = statement<Unreturned, [orderId: string]>(
  'money_back.find_failed',
  `select failed_at as since, failure from money_back
   where order_id = $1 and failed_at is not null order by failed_at limit 1`,
)

export const listUnreturned = statement<
  Unreturned & {
    id: string
    reference: string
    currency: string
    totalMinor: number
    refundedMinor: number
  },
  [after: string | null, limit: number]
>(
  'money_back.list_failed',
  `select o.id, o.reference, m.failed_at as since, m.failure, o.currency,
     o.total_minor as "totalMinor", o.refunded_minor as "refundedMinor"
   from money_back m join sales_order o on o.id = m.order_id
   where m.failed_at is not null and ($1::uuid is null or o.id > $1) order by o.id limit $2`,
)
