import type { OutgoingEvent } from '@prognetwork/contracts/event-streaming'
import { command, statement } from '../database/statement.ts'

const horizon = 'pg_snapshot_xmin(pg_current_snapshot())'
const columns = `tenant_id, log, id, type, schema_version, key, partition, aggregate_version, time,
  traceparent, causation_id, correlation_id, source, data`

/**
 * Gives what is in the outbox its numbers, as the event writer gives positions: behind the horizon
 * only, and no version before a lower one of its key. Whoever holds the head does it.
 */
export const numberEvents = statement<{ moved: number; held: boolean }, [limit: number]>(
  'outgoing.number',
  `with head as materialized (select next from outgoing_head for update),
   young as materialized (
     select tenant_id, key, min(aggregate_version) as version from outbox
     where xid >= ${horizon} and aggregate_version is not null group by 1, 2),
   ripe as materialized (
     select seq, tenant_id, key, aggregate_version from outbox
     where exists (select from head) and xid < ${horizon} order by seq limit $1),
   taken as (
     delete from outbox where seq = any (array(
       select seq from ripe o where not exists (
         select from young y where y.tenant_id = o.tenant_id and y.key = o.key
           and y.version < o.aggregate_version)))
     returning seq, ${columns}),
   numbered as (
     insert into outgoing (number, ${columns})
     select head.next + row_number() over (order by seq) - 1, ${columns} from taken, head),
   advanced as (
     update outgoing_head set next = next + (select count(*) from taken)
     where exists (select from taken))
   select (select count(*)::int from taken) as moved,
     exists (select from outbox where xid >= ${horizon}) as held`,
)

/** The next events to send, as long as they have no more than so many bytes; one at the least. */
export const nextLot = statement<
  OutgoingEvent & { incarnation: string; number: number },
  [most: number, mostBytes: number]
>(
  'outgoing.next_lot',
  `select incarnation, number, tenant_id as "tenantId", log, id, type, schema_version as version,
     key, partition, aggregate_version as "aggregateVersion", time, traceparent,
     causation_id as "causationId", correlation_id as "correlationId", source, data
   from (select *, sum(octet_length(data)) over (order by number) - octet_length(data) as before
     from (select * from outgoing order by number limit $1) o) e, outgoing_head
   where e.before < $2 order by number`,
)

/** What the log holds. */
export const forgetSent = command<[last: number]>(
  'outgoing.forget_sent',
  'delete from outgoing where number <= $1',
)
