import { command, statement } from '@prognetwork/shared-infrastructure'
import type { creditNotes } from '../tables.ts'

export type CreditNote = Omit<typeof creditNotes.$inferSelect, 'tenantId'>

const columns = `number, order_id as "orderId", event_id as "eventId", refund_id as "refundId",
  amount_minor as "amountMinor", rates, lines, made_at as "madeAt", voided_at as "voidedAt"`

/** Those of a tenant are numbered one after the other: the lock is held until the number is kept. */
export const lockCreditNumbers = command<[]>(
  'credit_note.lock_numbers',
  `select pg_advisory_xact_lock(hashtextextended('credit_note/' || current_tenant(), 0))`,
)

/** In a statement of its own, so that it sees what whoever had the lock before has kept. */
export const insertCreditNote = command<
  [
    orderId: string,
    eventId: string,
    refundId: string | null,
    amountMinor: number,
    rates: string,
    lines: string,
    now: string,
  ]
>(
  'credit_note.insert',
  `insert into credit_note (number, order_id, event_id, refund_id, amount_minor, rates, lines, made_at)
   select coalesce(max(number), 0) + 1, $1, $2, $3, $4, $5::jsonb, $6::jsonb, $7 from credit_note
   on conflict (tenant_id, event_id) do nothing`,
)

export const voidCreditNote = command<[refundId: string, now: string]>(
  'credit_note.void',
  'update credit_note set voided_at = $2 where refund_id = $1 and voided_at is null',
)

export const listCreditNotes = statement<CreditNote, [orderId: string]>(
  'credit_note.list',
  `select ${columns} from credit_note where order_id = $1 order by number`,
)

/** Whether an order was paid, and so has a number of an invoice or waits for one. */
export const wasPaid = statement<{ version: number }, [orderId: string]>(
  'order_change.was_paid',
  `select version from order_change
   where order_id = $1 and state = 'paid' and note is null limit 1`,
)
