import { command, statement } from '@prognetwork/shared-infrastructure'
import type { LogRow } from '../cloud-event/cloud-event.ts'

/** A delivery with all that is needed to send it: the row of the log, unless it is a test. */
export interface DueDelivery extends Omit<LogRow, 'id' | 'data'> {
  readonly id: string
  readonly endpointId: string
  readonly eventId: string
  readonly failures: number
  readonly createdAt: string
  readonly url: string
  readonly secret: Uint8Array
  readonly previousSecret: Uint8Array | null
  readonly incarnation: string
  /** False for a test, which the log does not hold. */
  readonly isLogged: boolean
  /** Null for a test, and when the log does not hold the event any more. */
  readonly data: string | null
}

/**
 * Leases what is due. Endpoints with something waiting are found by stepping through the index from
 * one to the next, so a long queue of one hides nobody. An endpoint gets a few requests at once, one
 * while it fails, and a tenant gets a share of all; `$4` and `$5` say what is being sent already.
 * What comes first of each tenant goes before what comes second of any. Whoever chose the same at the
 * same moment gets nothing of it.
 */
export const takeDue = statement<
  DueDelivery,
  [
    lease: string,
    leaseMs: number,
    most: number,
    busyTenants: readonly string[],
    busyEndpoints: readonly string[],
    perTenant: number,
    perEndpoint: number,
  ]
>(
  'webhook_delivery.take_due',
  `with recursive queue as (
     (select tenant_id, endpoint_id from webhook_delivery where state = 'waiting'
      order by tenant_id, endpoint_id, due_at limit 1)
     union all
     select following.tenant_id, following.endpoint_id from queue q cross join lateral (
       select d.tenant_id, d.endpoint_id from webhook_delivery d
       where d.state = 'waiting' and (d.tenant_id, d.endpoint_id) > (q.tenant_id, q.endpoint_id)
       order by d.tenant_id, d.endpoint_id, d.due_at limit 1) following),
   due as (
     select d.tenant_id, d.id, d.due_at,
       row_number() over (partition by d.tenant_id order by d.due_at)
         + (select count(*) from unnest($4::uuid[]) b where b = d.tenant_id) as turn
     from queue q
     join webhook_endpoint e on e.tenant_id = q.tenant_id and e.id = q.endpoint_id and e.enabled
     cross join lateral (
       select w.tenant_id, w.id, w.due_at from webhook_delivery w
       where w.tenant_id = q.tenant_id and w.endpoint_id = q.endpoint_id
         and w.state = 'waiting' and w.due_at <= now()
       order by w.due_at
       limit greatest(0, case when e.failing_since is null then $7 else 1 end
         - (select count(*) from unnest($5::uuid[]) b where b = q.endpoint_id))) d),
   chosen as materialized (
     select tenant_id, id from due where turn <= $6 order by turn, due_at limit $3),
   held as materialized (
     select d.tenant_id, d.id from chosen c
     join webhook_delivery d on d.tenant_id = c.tenant_id and d.id = c.id
     where d.state = 'waiting' and d.due_at <= now()
     for update of d skip locked),
   taken as (
     update webhook_delivery d set lease = $1, due_at = now() + $2 * interval '1 ms'
     from held h where d.tenant_id = h.tenant_id and d.id = h.id
     returning d.*)
   select t.id, t.tenant_id as "tenantId", t.endpoint_id as "endpointId", t.event_id as "eventId",
     t.event_type as type, t.failures, t.created_at as "createdAt", e.url, e.secret,
     case when e.previous_secret_until > now() then e.previous_secret end as "previousSecret",
     (select incarnation from log_head where log = 'domain') as incarnation,
     t.position is not null as "isLogged", t.position, l.topic, l.source, l.schema_version as version,
     l.key, l.aggregate_version as "aggregateVersion", l.time, l.traceparent,
     l.causation_id as "causationId", l.correlation_id as "correlationId", l.data
   from taken t
   join webhook_endpoint e on e.tenant_id = t.tenant_id and e.id = t.endpoint_id
   left join domain_log l on l.tenant_id = t.tenant_id and l.position = t.position`,
)

/** What an attempt brought, unless the lease has run out and somebody else sends it by now. */
export const recordAttempt = statement<
  { isHopeless: boolean },
  [
    id: string,
    lease: string,
    state: 'waiting' | 'delivered' | 'failed',
    retryMs: number | null,
    at: string,
    durationMs: number,
    status: number | null,
    reply: string,
    error: string | null,
    hopelessAfterMs: number,
  ]
>(
  'webhook_delivery.record_attempt',
  `with mine as (
     update webhook_delivery set state = $3, lease = null, attempts = attempts + 1,
       failures = failures + case when $3 = 'delivered' then 0 else 1 end,
       due_at = now() + $4 * interval '1 ms',
       settled_at = case when $3 <> 'waiting' then now() end
     where id = $1 and lease = $2 and state = 'waiting'
     returning id, endpoint_id, attempts),
   attempted as (
     insert into webhook_attempt (delivery_id, number, at, duration_ms, status, reply, error)
     select id, attempts, $5, $6, $7, $8, $9 from mine),
   noted as (
     update webhook_endpoint e
     set failing_since = case when $3 = 'delivered' then null else $5::timestamptz end
     from mine where e.id = mine.endpoint_id and (e.failing_since is null) = ($3 <> 'delivered'))
   select $3 <> 'delivered'
       and coalesce(e.failing_since <= now() - $10 * interval '1 ms', false) as "isHopeless"
   from mine join webhook_endpoint e on e.id = mine.endpoint_id`,
)

/** Not sent after all: somebody else may at once. */
export const giveBack = command<[id: string, lease: string]>(
  'webhook_delivery.give_back',
  `update webhook_delivery set lease = null, due_at = now()
   where id = $1 and lease = $2 and state = 'waiting'`,
)

/** One lot of what is too old to be remembered. */
export const forgetLot = statement<{ id: string }, [before: string, size: number]>(
  'webhook_delivery.forget_lot',
  `delete from webhook_delivery d using (
     select tenant_id, id from webhook_delivery where created_at < $1
     order by created_at limit $2) old
   where d.tenant_id = old.tenant_id and d.id = old.id returning d.id`,
)
