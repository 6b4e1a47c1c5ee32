import type { Output } from '@prognetwork/contracts'
import type { eventStreamingContract } from '@prognetwork/contracts/event-streaming'
import { dynamicStatement, statement } from '@prognetwork/shared-infrastructure'

type History = Output<typeof eventStreamingContract.operations.readWebhookDelivery>['history']
export type Delivery = Output<typeof eventStreamingContract.operations.resendWebhookDelivery>

const columns = `id, endpoint_id as "endpointId", event_id as "eventId", event_type as "eventType",
  state, attempts, due_at as "dueAt", created_at as "createdAt", settled_at as "settledAt"`

/** An event that is not in the log, for one endpoint; leased to whoever gives a lease. */
export const insertDelivery = statement<
  Delivery,
  [id: string, endpointId: string, eventId: string, eventType: string, lease: string | null]
>(
  'webhook_delivery.insert',
  `insert into webhook_delivery (id, endpoint_id, event_id, event_type, lease, due_at, created_at)
   values ($1, $2, $3, $4, $5, now(), now()) returning ${columns}`,
)

/** The newest first: their ids are made in the order of time (RFC 9562). */
export function listDeliveries(filter: {
  readonly endpointId: string
  readonly state: Delivery['state'] | undefined
  readonly before: string | undefined
  readonly limit: number
}) {
  const { endpointId, state, before, limit } = filter
  const values: unknown[] = [endpointId]
  const conditions = ['endpoint_id = $1']
  if (state !== undefined) conditions.push(`state = $${values.push(state)}`)
  if (before !== undefined) conditions.push(`id < $${values.push(before)}`)
  return dynamicStatement<Delivery>(
    `select ${columns} from webhook_delivery where ${conditions.join(' and ')}
     order by id desc limit $${values.push(limit)}`,
    values,
  )
}

/** Of an endpoint that is still there. */
export const findDelivery = statement<Delivery & { enabled: boolean }, [id: string]>(
  'webhook_delivery.find',
  `select d.*, e.enabled from (select ${columns} from webhook_delivery where id = $1) d
   join webhook_endpoint e on e.id = d."endpointId"`,
)

export const listAttempts = statement<History[number], [deliveryId: string]>(
  'webhook_attempt.list',
  `select number, at, duration_ms as "durationMs", status, reply, error
   from webhook_attempt where delivery_id = $1 order by number`,
)

const sendAgain = `state = 'waiting', failures = 0, settled_at = null`

/** What is being sent at the moment goes on, and is not sent twice. */
export const resendDelivery = statement<Delivery, [id: string]>(
  'webhook_delivery.resend',
  `update webhook_delivery set ${sendAgain},
     due_at = case when lease is not null and due_at > now() then due_at else now() end
   where id = $1 returning ${columns}`,
)

export interface RecoveredLot {
  /** Where the lot begins; null when there was nothing before. */
  first: number | null
  /** When the last of its events happened. */
  lastAt: string | null
  made: number
}

/** Goes back through the tenant's events by one lot, from before a position. */
export const recoverLot = statement<
  RecoveredLot,
  [endpointId: string, before: number, from: string, to: string, all: boolean, size: number]
>(
  'webhook_delivery.recover_lot',
  `with lot as materialized (
     select position, id, type, time from domain_log
     where position < $2 order by position desc limit $6),
   made as (
     insert into webhook_delivery
       (id, endpoint_id, event_id, event_type, position, due_at, created_at)
     select new_delivery_id(), e.id, lot.id, lot.type, lot.position, now(), now()
     from lot join webhook_endpoint e on e.id = $1 and fits_event_types(lot.type, e.event_types)
     where lot.time >= $3 and lot.time < $4
     on conflict (tenant_id, endpoint_id, position) do update set ${sendAgain}, due_at = now()
       where webhook_delivery.state = 'failed' or ($5 and webhook_delivery.state = 'delivered')
     returning 1)
   select min(position) as first, max(time) as "lastAt",
     (select count(*)::int from made) as made from lot`,
)
