import { command, statement } from '@prognetwork/shared-infrastructure'
import type { disputes } from '../tables.ts'

export type DisputeRow = Omit<typeof disputes.$inferSelect, 'tenantId'>
/** With what there is to be known of its payment. */
export interface Dispute extends DisputeRow {
  readonly orderId: string
  readonly currency: string
  readonly gateway: string
}

const columns = `d.id, d.payment_id as "paymentId", d.reference, d.state,
  d.amount_minor as "amountMinor", d.reason, d.evidence_due_at as "evidenceDueAt",
  d.withdrawn_minor as "withdrawnMinor", d.reinstated_minor as "reinstatedMinor",
  d.fee_minor as "feeMinor", d.fee_currency as "feeCurrency", d.opened_at as "openedAt",
  d.closed_at as "closedAt", d.updated_at as "updatedAt"`
const withPayment = `${columns}, p.order_id as "orderId", p.currency, p.gateway
  from dispute d join payment p on p.tenant_id = d.tenant_id and p.id = d.payment_id`

/** Whoever writes one holds the row of its payment. */
export const putDispute = command<[dispute: string]>(
  'dispute.put',
  `insert into dispute (id, payment_id, reference, state, amount_minor, reason, evidence_due_at,
     withdrawn_minor, reinstated_minor, fee_minor, fee_currency, opened_at, closed_at, updated_at)
   select id, "paymentId", reference, state, "amountMinor", reason, "evidenceDueAt",
     "withdrawnMinor", "reinstatedMinor", "feeMinor", "feeCurrency", "openedAt", "closedAt",
     "updatedAt"
   from jsonb_to_record($1::jsonb) as r (id uuid, "paymentId" uuid, reference text, state text,
     "amountMinor" bigint, reason text, "evidenceDueAt" timestamptz, "withdrawnMinor" bigint,
     "reinstatedMinor" bigint, "feeMinor" bigint, "feeCurrency" text, "openedAt" timestamptz,
     "closedAt" timestamptz, "updatedAt" timestamptz)
   on conflict (tenant_id, id) do update set state = excluded.state,
     amount_minor = excluded.amount_minor, reason = excluded.reason,
     evidence_due_at = excluded.evidence_due_at, withdrawn_minor = excluded.withdrawn_minor,
     reinstated_minor = excluded.reinstated_minor, fee_minor = excluded.fee_minor,
     fee_currency = excluded.fee_currency, closed_at = excluded.closed_at,
     updated_at = excluded.updated_at`,
)

export const listDisputesOfPayment = statement<DisputeRow, [paymentId: string]>(
  'dispute.list_of_payment',
  `select ${columns} from dispute d where d.payment_id = $1 order by d.id`,
)

export const findDispute = statement<Dispute, [id: string]>(
  'dispute.find',
  `select ${withPayment} where d.id = $1`,
)

export const listDisputesOf = statement<
  Dispute,
  [paymentId: string | null, state: string | null, before: string | null, limit: number]
>(
  'dispute.list',
  `select ${withPayment}
   where ($1::uuid is null or d.payment_id = $1) and ($2::text is null or d.state = $2)
     and ($3::uuid is null or d.id < $3)
   order by d.id desc limit $4`,
)
