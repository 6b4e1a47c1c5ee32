import { command, statement } from '@prognetwork/shared-infrastructure'
import type { payments } from '../tables.ts'

export interface Payment extends Omit<typeof payments.$inferSelect, 'tenantId'> {
  /** What the payer's bank has of it: withdrawn and not given again. */
  readonly withdrawnMinor: number
}

const columns = `id, order_id as "orderId", gateway, reference, state, amount_minor as "amountMinor",
  currency, captured_minor as "capturedMinor", refunded_minor as "refundedMinor",
  card_brand as "cardBrand", card_last4 as "cardLast4", failure_code as "failureCode",
  action_url as "actionUrl", dispute_state as "disputeState", version, created_at as "createdAt", updated_at as "updatedAt",
  (select coalesce(sum(d.withdrawn_minor - d.reinstated_minor), 0)::bigint from dispute d
   where d.tenant_id = payment.tenant_id and d.payment_id = payment.id) as "withdrawnMinor"`

export const insertPayment = command<[payment: string]>(
  'payment.insert',
  `insert into payment (id, order_id, gateway, reference, state, amount_minor, currency,
     captured_minor, refunded_minor, card_brand, card_last4, failure_code, action_url, version,
     created_at, updated_at)
   select id, "orderId", gateway, reference, state, "amountMinor", currency, "capturedMinor",
     "refundedMinor", "cardBrand", "cardLast4", "failureCode", "actionUrl", version, "createdAt",
     "updatedAt"
   from jsonb_to_record($1::jsonb) as r (id uuid, "orderId" uuid, gateway text, reference text,
     state text, "amountMinor" bigint, currency text, "capturedMinor" bigint,
     "refundedMinor" bigint, "cardBrand" text, "cardLast4" text, "failureCode" text,
     "actionUrl" text, version integer, "createdAt" timestamptz, "updatedAt" timestamptz)`,
)

export const findPayment = statement<Payment, [id: string]>(
  'payment.find',
  `select ${columns} from payment where id = $1`,
)

/** The payment of an order that was made or is under way. */
export const findLive = statement<Payment, [orderId: string]>(
  'payment.find_live',
  `select ${columns} from payment
   where order_id = $1 and state not in ('failed', 'voided')`,
)

export const findByReference = statement<Payment, [gateway: string, reference: string]>(
  'payment.find_by_reference',
  `select ${columns} from payment where gateway = $1 and reference = $2`,
)

export const lockPayment = statement<Payment, [id: string]>(
  'payment.lock',
  `select ${columns} from payment where id = $1 for update`,
)

export const setOutcome = command<
  [
    id: string,
    state: Payment['state'],
    capturedMinor: number,
    refundedMinor: number,
    failureCode: string | null,
    actionUrl: string | null,
    disputeState: Payment['disputeState'],
    version: number,
    now: string,
  ]
>(
  'payment.set_outcome',
  `update payment set state = $2, captured_minor = $3, refunded_minor = $4, failure_code = $5,
     action_url = $6, dispute_state = $7, version = $8, updated_at = $9
   where id = $1`,
)

export const listPaymentsOf = statement<
  Payment,
  [orderId: string | null, state: string | null, before: string | null, limit: number]
>(
  'payment.list',
  `select ${columns} from payment
   where ($1::uuid is null or order_id = $1) and ($2::text is null or state = $2)
     and ($3::uuid is null or id < $3)
   order by id desc limit $4`,
)

/** What gateways were to make up their minds about, in the order in which they were asked. */
export const listProcessing = statement<
  { id: string; tenantId: string },
  [gateways: string[], before: string, after: string | null, limit: number]
>(
  'payment.list_processing',
  `select id, tenant_id as "tenantId" from payment
   where state = 'processing' and gateway = any($1) and updated_at < $2
     and ($3::uuid is null or id > $3)
   order by id limit $4`,
)
