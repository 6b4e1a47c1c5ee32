import { command, statement } from '@prognetwork/shared-infrastructure'

/** Nothing when it was told before. */
export const insertEvent = statement<
  { id: string },
  [id: string, type: string, reference: string, now: string, dueAt: string]
>(
  'stripe_event.insert',
  `insert into stripe_event (id, type, reference, received_at, due_at) values ($1, $2, $3, $4, $5)
   on conflict do nothing returning id`,
)

/** All that was told of a payment up to now, and is true as of what was asked for after that. */
export const noteHandled = command<[reference: string, until: string, now: string]>(
  'stripe_event.note_handled',
  `update stripe_event set handled_at = $3
   where reference = $1 and received_at <= $2 and handled_at is null`,
)

export const listDueEvents = statement<
  { id: string; tenantId: string },
  [now: string, limit: number]
>(
  'stripe_event.list_due',
  `select reference as id, tenant_id as "tenantId" from stripe_event
   where handled_at is null and due_at <= $1
   group by tenant_id, reference order by min(due_at) limit $2`,
)

export const putOffEvents = command<[reference: string, until: string]>(
  'stripe_event.put_off',
  'update stripe_event set due_at = $2 where reference = $1 and handled_at is null',
)

export const forgetEvents = command<[before: string]>(
  'stripe_event.forget',
  'delete from stripe_event where handled_at < $1',
)
