import { command, statement } from '@prognetwork/shared-infrastructure'
import type { orderReturnChanges, orderReturnLines, orderReturns } from '../tables.ts'

type Row = typeof orderReturns.$inferSelect
export type ReturnState = Row['state']
type ReturnLine = Omit<typeof orderReturnLines.$inferSelect, 'tenantId' | 'returnId' | 'orderId'>
type Change = Omit<typeof orderReturnChanges.$inferSelect, 'tenantId' | 'returnId'>

/** With what there is to be known of its order. */
export interface OrderReturn extends Omit<Row, 'tenantId' | 'dueAt'> {
  readonly lines: ReturnLine[]
  readonly history: Change[]
  readonly currency: string
  readonly accountId: string | null
  readonly reference: string
  readonly paymentId: string | null
}

const columns = `r.id, r.order_id as "orderId", r.state, r.reason,
  r.deduction_minor as "deductionMinor", r.refunded_minor as "refundedMinor", r.version,
  r.requested_at as "requestedAt", r.updated_at as "updatedAt",
  o.currency, o.account_id as "accountId", o.reference, o.payment_id as "paymentId",
  (select jsonb_agg(jsonb_build_object('variantId', l.variant_id, 'quantity', l.quantity,
     'amountMinor', l.amount_minor, 'taxMinor', l.tax_minor, 'received', l.received,
     'restocked', l.restocked) order by l.variant_id)
   from order_return_line l where l.tenant_id = r.tenant_id and l.return_id = r.id) as lines,
  (select jsonb_agg(jsonb_build_object('version', c.version, 'state', c.state, 'note', c.note,
     'madeBy', c.made_by, 'at', to_char(c.at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
     order by c.version)
   from order_return_change c where c.tenant_id = r.tenant_id and c.return_id = r.id) as history`
const from = `from order_return r
  join sales_order o on o.tenant_id = r.tenant_id and o.id = r.order_id`

export const findReturn = statement<OrderReturn, [id: string]>(
  'order_return.find',
  `select ${columns} ${from} where r.id = $1`,
)

export const listReturnsOf = statement<
  OrderReturn,
  [orderId: string | null, state: string | null, before: string | null, limit: number]
>(
  'order_return.list',
  `select ${columns} ${from}
   where ($1::uuid is null or r.order_id = $1) and ($2::text is null or r.state = $2)
     and ($3::uuid is null or r.id < $3)
   order by r.id desc limit $4`,
)

/**
 * How many of each variant are returned, or were asked to be and neither refused nor left out, and for
 * how much.
 */
export const listClaimed = statement<
  {
    variantId: string
    quantity: number
    amountMinor: number
    taxMinor: number
    inHouse: number
  },
  [orderId: string]
>(
  'order_return_line.list_claimed',
  `select l.variant_id as "variantId", sum(coalesce(l.received, l.quantity))::integer as quantity,
     sum(l.amount_minor)::float8 as "amountMinor", sum(l.tax_minor)::float8 as "taxMinor",
     coalesce(sum(l.received), 0)::integer as "inHouse"
   from order_return_line l join order_return r on r.id = l.return_id
   where l.order_id = $1 and r.state <> 'refused' group by l.variant_id`,
)

/** When something of an order was sent last, or has arrived. */
export const findSentAt = statement<{ at: string }, [orderId: string]>(
  'order_change.find_sent_at',
  `select at from order_change where order_id = $1 and state in ('fulfilling', 'shipped', 'delivered')
     and note is null
   order by version desc limit 1`,
)

/** Nothing when another has the id. */
export const insertReturn = statement<
  { id: string },
  [id: string, orderId: string, reason: string, now: string]
>(
  'order_return.insert',
  `insert into order_return (id, order_id, state, reason, version, requested_at, updated_at)
   values ($1, $2, 'requested', $3, 1, $4, $4) on conflict (tenant_id, id) do nothing returning id`,
)

export const insertReturnLines = command<[id: string, orderId: string, lines: string]>(
  'order_return_line.insert',
  `insert into order_return_line (return_id, order_id, variant_id, quantity, amount_minor, tax_minor)
   select $1, $2, "variantId", quantity, "amountMinor", "taxMinor"
   from jsonb_to_recordset($3::jsonb)
     as l ("variantId" uuid, quantity integer, "amountMinor" bigint, "taxMinor" bigint)`,
)

export const noteReceived = command<[id: string, lines: string]>(
  'order_return_line.note_received',
  `update order_return_line l set restocked = r.restocked, received = r.received,
     amount_minor = r."amountMinor", tax_minor = r."taxMinor"
   from jsonb_to_recordset($2::jsonb) as r ("variantId" uuid, restocked boolean, received integer,
     "amountMinor" bigint, "taxMinor" bigint)
   where l.return_id = $1 and l.variant_id = r."variantId"`,
)

/** Whoever moves it on holds the row of its order. */
export const setReturn = command<
  [
    id: string,
    state: ReturnState,
    deductionMinor: number,
    refundedMinor: number | null,
    dueAt: string | null,
    now: string,
  ]
>(
  'order_return.set',
  `update order_return set state = $2, deduction_minor = $3, refunded_minor = $4, due_at = $5,
     version = version + 1, updated_at = $6 where id = $1`,
)

export const insertReturnChange = command<
  [id: string, version: number, state: ReturnState, note: string | null, by: string, now: string]
>(
  'order_return_change.insert',
  `insert into order_return_change (return_id, version, state, note, made_by, at)
   values ($1, $2, $3, $4, $5, $6)`,
)

export const listDueReturns = statement<
  { id: string; tenantId: string },
  [now: string, limit: number]
>(
  'order_return.list_due',
  `select id, tenant_id as "tenantId" from order_return
   where state = 'refunding' and due_at <= $1 order by due_at limit $2`,
)

export const putOffReturn = command<[id: string, until: string]>(
  'order_return.put_off',
  `update order_return set due_at = $2 where id = $1 and state = 'refunding'`,
)
