// What must be true of orders, payments, the ledger, events and stock when every checkout has ended.
import type pg from 'pg'

/** What the books do not agree about, by name. */
export interface Discrepancies {
  readonly lost: readonly string[]
  readonly doubled: readonly string[]
  /** Products of which the count is not what it was in the beginning, less what was sold. */
  readonly oversold: readonly string[]
}

/** How much of each is still on its way; each must come to nothing. */
const unended = `
  select 'open checkouts' as what, count(*)::int from order_service.checkout where state = 'open'
  union all
  select 'payments under way', count(*)::int from payment_service.payment
    where state not in ('captured', 'failed', 'voided')
  union all
  select 'orders whose payment is waited for', count(*)::int from order_service.sales_order
    where state = 'awaiting_payment'
  union all
  select 'payments to give back', count(*)::int from order_service.money_back
  union all
  select 'events in an outbox', (
    (select count(*) from order_service.outbox) + (select count(*) from payment_service.outbox)
    + (select count(*) from product_service.outbox))::int
  union all
  select 'events that are parked', (
    (select count(*) from order_service.parked_event)
    + (select count(*) from product_service.parked_event))::int
  union all
  select 'events that order-service has not read', count(*)::int
    from event_streaming_service.domain_log l left join order_service.consumer_position p
      on p.log = 'domain' and p.partition = l.partition
    where l.type in ('payment.captured', 'payment.failed') and l.position > coalesce(p.position, 0)
  union all
  select 'events that product-service has not read', count(*)::int
    from event_streaming_service.domain_log l left join product_service.consumer_position p
      on p.log = 'domain' and p.partition = l.partition
    where l.type in ('order.paid', 'order.cancelled') and l.position > coalesce(p.position, 0)`

export async function listUnended(sql: pg.Client): Promise<readonly string[]> {
  const { rows } = await sql.query<{ what: string; count: number }>(unended)
  return rows.filter(({ count }) => count > 0).map(({ what, count }) => `${count} ${what}`)
}

/** Orders of checkouts whose beginner was gone: whoever begins one ends it much sooner. */
export async function countResumed(sql: pg.Client): Promise<number> {
  const { rows } = await sql.query<{ count: number }>(
    `select count(*)::int as count from order_service.checkout c
     join order_service.sales_order o on o.tenant_id = c.tenant_id and o.id = c.order_id
     where o.placed_at >= c.started_at + interval '20 s'`,
  )
  return rows[0]?.count ?? 0
}

/** Names what is missing: orders that were acknowledged, money without goods, goods without money. */
const lost = `
  select 'order ' || a.id || ', acknowledged' as what from unnest($1::uuid[]) a (id)
    where not exists (select from order_service.sales_order o where o.id = a.id)
  union all
  select 'money of payment ' || p.id from payment_service.payment p
    left join order_service.sales_order o on o.id = p.order_id and o.payment_id = p.id
    where p.state = 'captured' and not coalesce(p.captured_minor = o.total_minor and (
      o.state = 'paid' and p.refunded_minor = 0
      or o.state = 'cancelled' and p.refunded_minor = p.captured_minor), false)
  union all
  select 'payment of order ' || o.id from order_service.sales_order o
    where o.state = 'paid' and not exists (select from payment_service.payment p
      where p.id = o.payment_id and p.order_id = o.id and p.state = 'captured')
  union all
  select 'lines of order ' || o.id from order_service.sales_order o
    where o.total_minor is distinct from (select sum(l.quantity * l.unit_minor)
      from order_service.order_line l where l.order_id = o.id)
  union all
  select 'order.paid of order ' || o.id from order_service.sales_order o
    where o.state = 'paid' and not exists (select from event_streaming_service.domain_log l
      where l.type = 'order.paid' and l.key = o.id::text)
  union all
  select 'sales of payment ' || id from posted where posted < captured_minor
  union all
  select 'refunds of payment ' || id from posted where given < refunded_minor`

const doubled = `
  select 'order of cart ' || c.cart_id as what from order_service.checkout c
    join order_service.sales_order o on o.id = c.order_id
    group by c.cart_id having count(*) > 1
  union all
  select 'payment of order ' || order_id from payment_service.payment
    where state not in ('failed', 'voided') group by order_id having count(*) > 1
  union all
  select type || ' of order ' || key from event_streaming_service.domain_log
    where type in ('order.placed', 'order.paid', 'order.cancelled')
    group by type, key having count(*) > 1
  union all
  select 'sales of payment ' || id from posted where posted > captured_minor
  union all
  select 'refunds of payment ' || id from posted where given > refunded_minor`

/** What the ledger says of each payment, beside what the payment says of itself. */
const posted = `
  with posted as (
    select p.id, p.captured_minor, p.refunded_minor,
      coalesce(sum(t.amount_minor) filter (where t.credit = 'sales'), 0) as posted,
      coalesce(sum(t.amount_minor) filter (where t.debit = 'refunds'), 0) as given
    from payment_service.payment p left join payment_service.ledger_transfer t on t.payment_id = p.id
    group by p.id, p.captured_minor, p.refunded_minor)`

const oversold = `
  select format('%s of variant %s at first, %s sold, %s left, %s reserved',
      first, variant_id, sold, on_hand, reserved) as what
    from (
      select s.variant_id, s.on_hand, s.reserved,
        (select coalesce(sum(a.change), 0) from product_service.stock_adjustment a
          where a.variant_id = s.variant_id) as first,
        (select coalesce(sum(l.quantity), 0) from order_service.order_line l
          join order_service.sales_order o on o.id = l.order_id and o.state = 'paid'
          where l.variant_id = s.variant_id) as sold
      from product_service.stock s) count
    where on_hand <> first - sold or on_hand < 0 or reserved <> 0`

export async function compareBooks(
  sql: pg.Client,
  acknowledged: readonly string[],
): Promise<Discrepancies> {
  const list = async (text: string, values: unknown[] = []) => {
    const { rows } = await sql.query<{ what: string }>(text, values)
    return rows.map(({ what }) => what)
  }
  return {
    lost: await list(posted + lost, [acknowledged]),
    doubled: await list(posted + doubled),
    oversold: await list(oversold),
  }
}
