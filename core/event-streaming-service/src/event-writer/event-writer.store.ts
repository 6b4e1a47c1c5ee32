import type { LogName } from '@prognetwork/contracts'
import { statement } from '@prognetwork/shared-infrastructure'

export interface Moved {
  /** False when somebody else holds the log's head: this writer must stop. */
  leader: boolean
  moved: number
  /** As many were looked at as the lot holds; there may be more. */
  full: boolean
  /** What each log got that got something. */
  logs: { log: LogName; next: number; types: string[] }[]
  /** Events are left that a transaction still open holds back. */
  held: boolean
}

const horizon = 'pg_snapshot_xmin(pg_current_snapshot())'
const columns = `tenant_id, partition, id, type, schema_version, key, aggregate_version, time,
  traceparent, causation_id, correlation_id, source, data`

/** Where events of services wait whose own outbox is in another database. */
export const incoming = 'incoming'

/** The table in which events wait: of a service, or of those elsewhere. */
function outboxOf(place: string): string {
  return place === incoming
    ? 'event_streaming_service.incoming'
    : `${place.replaceAll('-', '_')}.outbox`
}

/**
 * Moves events of one outbox to the logs in one statement. Everything hangs on the head row, locked
 * under the writer's epoch: no row, nothing is deleted. Only what is behind the horizon moves, since
 * a transaction still open may hold an earlier event; and a version waits while a lower one of its
 * key does. The lease on the domain log is one on both.
 */
export function moveStatement(place: string) {
  const outbox = outboxOf(place)
  const topic = place === incoming ? 'topic' : `'${place}'`
  return statement<Moved, [limit: number, epoch: number, leaseMs: number]>(
    `${outbox}.move`,
    `with head as materialized (
       select next from log_head where log = 'domain' and epoch = $2 for update),
     young as materialized (
       select tenant_id, key, min(aggregate_version) as version from ${outbox}
       where xid >= ${horizon} and aggregate_version is not null group by 1, 2),
     ripe as materialized (
       select seq, tenant_id, key, aggregate_version from ${outbox}
       where exists (select from head) and xid < ${horizon} order by seq limit $1),
     taken as (
       delete from ${outbox} where seq = any (array(
         select seq from ripe o where not exists (
           select from young y where y.tenant_id = o.tenant_id and y.key = o.key
             and y.version < o.aggregate_version)))
       returning seq, log, ${topic} as topic, ${columns}),
     domain_logged as (
       insert into domain_log (position, topic, ${columns})
       select head.next + row_number() over (order by seq) - 1, topic, ${columns}
       from taken, head where log = 'domain'),
     domain_advanced as (
       update log_head set next = next + (select count(*) from taken where log = 'domain'),
         expires_at = greatest(expires_at, now() + $3 * interval '1 ms')
       where log = 'domain' and epoch = $2 and exists (select from taken)
       returning next),
     volatile_head as materialized (
       select next from log_head where log = 'volatile'
         and exists (select from taken where log = 'volatile') for update),
     volatile_logged as (
       insert into volatile_log (position, topic, ${columns})
       select h.next + row_number() over (order by seq) - 1, topic, ${columns}
       from taken, volatile_head h where log = 'volatile'),
     volatile_advanced as (
       update log_head set next = next + (select count(*) from taken where log = 'volatile')
       where log = 'volatile' and exists (select from volatile_head)
       returning next)
     select exists (select from head) as leader,
       (select count(*)::int from taken) as moved,
       (select count(*) from ripe) = $1 as full,
       coalesce((select json_agg(json_build_object('log', log, 'types', types, 'next',
           case log when 'domain' then (select next from domain_advanced)
             else (select next from volatile_advanced) end))
         from (select log, array_agg(distinct type) as types from taken group by log) t),
         '[]') as logs,
       exists (select from ${outbox} where xid >= ${horizon}) as held`,
  )
}

/**
 * Becomes the leader when nobody is, under a new epoch; else answers how long the leader may be. In a
 * copy of the database nobody leads: its log may lack its end, and positions would be given twice.
 */
export const takeHead = statement<
  { epoch: number | null; remainingMs: number; isHome: boolean },
  [holder: string, leaseMs: number]
>(
  'log_head.take',
  `with taken as (
     update log_head set holder = $1, epoch = epoch + 1, home = coalesce(home, present_home()),
       expires_at = now() + $2 * interval '1 ms'
     where log = 'domain' and (expires_at <= now() or holder = $1) and is_home(home)
     returning epoch)
   select (select epoch from taken) as epoch,
     (extract(epoch from expires_at - now()) * 1000)::float8 as "remainingMs",
     is_home(home) as "isHome"
   from log_head where log = 'domain'`,
)

export const renewHead = statement<{ next: number }, [epoch: number, leaseMs: number]>(
  'log_head.renew',
  `update log_head set expires_at = now() + $2 * interval '1 ms'
   where log = 'domain' and epoch = $1 returning next`,
)

export const releaseHead = statement<object, [epoch: number]>(
  'log_head.release',
  `update log_head set expires_at = now() where log = 'domain' and epoch = $1`,
)

/** The outboxes with events in them, each with the id of its oldest. */
export function waitingStatement(places: readonly string[]) {
  const outboxes = places.map(
    (place) => `select '${place}' as place,
      (select id from ${outboxOf(place)} order by seq limit 1) as oldest`,
  )
  return statement<{ place: string; oldest: string }>(
    'outbox.waiting',
    `select place, oldest from (${outboxes.join(' union all ')}) w where oldest is not null`,
  )
}
