import { command, statement } from '@prognetwork/shared-infrastructure'

/** Nothing when it was told before. */
export const insertEvent = statement<
  { id: string },
  [gateway: string, id: string, type: string, reference: string, now: string, dueAt: string]
>(
  'gateway_event.insert',
  `insert into gateway_event (gateway, id, type, reference, received_at, due_at)
   values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning id`,
)

/** All that was told of a payment up to now, and is true as of what was asked for after that. */
export const noteHandled = command<
  [gateway: string, reference: string, until: string, now: string]
>(
  'gateway_event.note_handled',
  `update gateway_event set handled_at = $4
   where gateway = $1 and reference = $2 and received_at <= $3 and handled_at is null`,
)

export const listDueEvents = statement<
  { gateway: string; id: string; tenantId: string },
  [now: string, limit: number]
>(
  'gateway_event.list_due',
  `select gateway, reference as id, tenant_id as "tenantId" from gateway_event
   where handled_at is null and due_at <= $1
   group by tenant_id, gateway, reference order by min(due_at) limit $2`,
)

export const putOffEvents = command<[gateway: string, reference: string, until: string]>(
  'gateway_event.put_off',
  `update gateway_event set due_at = $3
   where gateway = $1 and reference = $2 and handled_at is null`,
)

export const forgetEvents = command<[before: string]>(
  'gateway_event.forget',
  'delete from gateway_event where handled_at < $1',
)
