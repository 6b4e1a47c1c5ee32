import { command, statement } from '@prognetwork/shared-infrastructure'
import type { refunds } from '../tables.ts'

export type Refund = Omit<typeof refunds.$inferSelect, 'tenantId'>

const columns = `id, payment_id as "paymentId", amount_minor as "amountMinor", reason,
  made_by as "madeBy", state, attempt, reference, failure, created_at as "createdAt"`

/**
 * What a gateway elsewhere is to be asked for: as it is kept, where it is and nothing came of it yet;
 * anew where it was refused or has failed. Nothing where it was given, or is of another payment.
 */
export const intendRefund = statement<
  Refund,
  [
    id: string,
    paymentId: string,
    amountMinor: number,
    reason: string | null,
    madeBy: string,
    now: string,
  ]
>(
  'refund.intend',
  `insert into refund as r (id, payment_id, amount_minor, reason, made_by, created_at, state)
   values ($1, $2, $3, $4, $5, $6, 'asked')
   on conflict (tenant_id, id) do update set state = 'asked', failure = null, reference = null,
     amount_minor = case r.state when 'asked' then r.amount_minor else $3 end,
     attempt = case r.state when 'asked' then r.attempt else r.attempt + 1 end
   where r.payment_id = $2 and r.state <> 'succeeded'
   returning ${columns}`,
)

/** The gateway has said no to this attempt, so that nothing will ever come of it. */
export const refuseRefund = command<[id: string, attempt: number]>(
  'refund.refuse',
  `update refund set state = 'refused' where id = $1 and attempt = $2 and state = 'asked'`,
)

export const putRefund = command<
  [
    id: string,
    paymentId: string,
    amountMinor: number,
    reason: string | null,
    madeBy: string,
    now: string,
    reference: string | null,
  ]
>(
  'refund.put',
  `insert into refund (id, payment_id, amount_minor, reason, made_by, created_at, state, reference)
   values ($1, $2, $3, $4, $5, $6, 'succeeded', $7)
   on conflict (tenant_id, id) do update set state = 'succeeded', failure = null,
     amount_minor = excluded.amount_minor, reference = excluded.reference`,
)

export const failRefund = command<[id: string, failure: string]>(
  'refund.fail',
  `update refund set state = 'failed', failure = $2 where id = $1`,
)

export const listRefunds = statement<Refund, [paymentId: string]>(
  'refund.list',
  `select ${columns} from refund where payment_id = $1 order by created_at, id`,
)

export const findRefund = statement<Refund, [id: string]>(
  'refund.find',
  `select ${columns} from refund where id = $1`,
)

/** One of all that is left, of which nobody lived to hear what came of it. */
export const findAskedRefund = statement<
  Refund,
  [paymentId: string, madeBy: string, leftMinor: number]
>(
  'refund.find_asked',
  `select ${columns} from refund
   where payment_id = $1 and made_by = $2 and amount_minor = $3 and state = 'asked'
   order by created_at, id limit 1`,
)
