import { command, statement } from '@prognetwork/shared-infrastructure'
import type { sandboxCharges, sandboxEvents } from '../tables.ts'

export type SandboxCharge = Omit<typeof sandboxCharges.$inferSelect, 'tenantId'>

const columns = `reference, state, amount_minor as "amountMinor", captured_minor as "capturedMinor",
  refunded_minor as "refundedMinor", takes, failure_code as "failureCode", challenge,
  settles_at as "settlesAt", succeeds, dispute_state as "disputeState",
  dispute_minor as "disputeMinor", dispute_at as "disputeAt",
  dispute_opened_at as "disputeOpenedAt"`

export const insertCharge = command<[charge: string]>(
  'sandbox_charge.insert',
  `insert into sandbox_charge (reference, state, amount_minor, captured_minor, refunded_minor, takes,
     failure_code, challenge, settles_at, succeeds, dispute_state, dispute_at)
   select reference, state, "amountMinor", "capturedMinor", 0, takes, "failureCode", challenge,
     "settlesAt", succeeds, "disputeState", "disputeAt"
   from jsonb_to_record($1::jsonb) as r (reference text, state text, "amountMinor" bigint,
     "capturedMinor" bigint, takes boolean, "failureCode" text, challenge text,
     "settlesAt" timestamptz, succeeds boolean, "disputeState" text, "disputeAt" timestamptz)`,
)

export type SandboxEvent = Omit<typeof sandboxEvents.$inferSelect, 'tenantId'>

export const insertSandboxEvent = command<
  [id: string, type: string, reference: string, dueAt: string]
>(
  'sandbox_event.insert',
  'insert into sandbox_event (id, type, reference, due_at) values ($1, $2, $3, $4)',
)

export const listDueSandboxEvents = statement<
  SandboxEvent & { tenantId: string },
  [now: string, limit: number]
>(
  'sandbox_event.list_due',
  `select id, type, reference, due_at as "dueAt", tenant_id as "tenantId" from sandbox_event
   where due_at <= $1 order by due_at limit $2`,
)

export const putOffSandboxEvent = command<[id: string, dueAt: string]>(
  'sandbox_event.put_off',
  'update sandbox_event set due_at = $2 where id = $1',
)

export const deleteSandboxEvent = command<[id: string]>(
  'sandbox_event.delete',
  'delete from sandbox_event where id = $1',
)

export const captureCharge = statement<
  SandboxCharge,
  [reference: string, amountMinor: number, disputeAt: string]
>(
  'sandbox_charge.capture',
  `update sandbox_charge set state = 'captured', captured_minor = $2,
     dispute_at = case when dispute_state = 'pending' then $3::timestamptz end
   where reference = $1 and state = 'authorized' and amount_minor >= $2 returning ${columns}`,
)

export const voidCharge = statement<SandboxCharge, [reference: string]>(
  'sandbox_charge.void',
  `update sandbox_charge set state = 'voided', challenge = null, settles_at = null
   where reference = $1 and state in ('authorized', 'requires_action', 'processing')
   returning ${columns}`,
)

export const refundCharge = statement<SandboxCharge, [reference: string, amountMinor: number]>(
  'sandbox_charge.refund',
  `update sandbox_charge set refunded_minor = refunded_minor + $2
   where reference = $1 and state = 'captured' and captured_minor - refunded_minor >= $2
     and coalesce(dispute_state not in ('needs_response', 'lost'), true)
   returning ${columns}`,
)

/** How it ends, for charges of which that is known now. */
const settle = (succeeds: string) => `
  state = case when not ${succeeds} then 'failed' when takes then 'captured' else 'authorized' end,
  captured_minor = case when ${succeeds} and takes then amount_minor else 0 end,
  challenge = null, settles_at = null`

export const settleCharge = statement<SandboxCharge, [reference: string, now: string]>(
  'sandbox_charge.settle',
  `with due as (
     update sandbox_charge set ${settle('succeeds')},
       failure_code = case when not succeeds then 'card_declined' end
     where reference = $1 and state = 'processing' and settles_at <= $2 returning ${columns})
   select * from due
   union all
   select ${columns} from sandbox_charge
   where reference = $1 and not exists (select from due)`,
)

/** Opens the dispute of a charge, or ends it when its time is over. */
export const moveDispute = statement<
  SandboxCharge,
  [reference: string, now: string, evidenceDueAt: string]
>(
  'sandbox_charge.move_dispute',
  `update sandbox_charge set
     dispute_state = case when dispute_state = 'pending' then 'needs_response' else 'lost' end,
     dispute_minor = coalesce(dispute_minor, captured_minor - refunded_minor),
     dispute_opened_at = coalesce(dispute_opened_at, $2),
     dispute_at = case when dispute_state = 'pending' then $3::timestamptz end
   where reference = $1 and dispute_state in ('pending', 'needs_response') and dispute_at <= $2
     and captured_minor > refunded_minor
   returning ${columns}`,
)

export const decideDispute = statement<SandboxCharge, [reference: string, outcome: 'won' | 'lost']>(
  'sandbox_charge.decide_dispute',
  `update sandbox_charge set dispute_state = $2, dispute_at = null
   where reference = $1 and dispute_state = 'needs_response' returning ${columns}`,
)

export const findByChallenge = statement<{ reference: string }, [challenge: string]>(
  'sandbox_charge.find_by_challenge',
  `select reference from sandbox_charge where challenge = $1 and state = 'requires_action'`,
)

export const answerCharge = statement<SandboxCharge, [challenge: string, approved: boolean]>(
  'sandbox_charge.answer',
  `update sandbox_charge set ${settle('$2')},
     failure_code = case when not $2 then 'authentication_failed' end
   where challenge = $1 and state = 'requires_action' returning ${columns}`,
)
