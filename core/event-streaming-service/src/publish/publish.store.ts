import type { LogName } from '@prognetwork/contracts'
import { statement } from '@prognetwork/shared-infrastructure'

/** One event on its way to the outbox, with the digest that says whether it is the same again. */
export interface OutgoingEvent {
  readonly id: string
  readonly source: string
  readonly type: string
  readonly version: number
  readonly key: string
  readonly partition: number
  readonly aggregateVersion: number | null
  readonly time: string
  readonly traceparent: string
  readonly causationId: string | null
  readonly correlationId: string
  readonly data: string
  readonly log: LogName
  readonly digest: Uint8Array
}

/** What became of each event of a lot, by its place in it. */
export interface Published {
  readonly isNew: boolean
  /** Of the event that came first under this id; null of a new one, and where it came just now. */
  readonly digest: Buffer | null
}

/**
 * Notes the ids and writes the events that are new, in the order of the lot. Whoever publishes the
 * same id at the same time waits for the other's end. Known ids are looked up for those alone that are
 * not new: a join would be planned while the table is small, and read all of it when it is not.
 */
const publishLot = statement<Published, unknown[]>(
  'event.publish',
  `with given as materialized (
     select * from unnest($1::uuid[], $2::text[], $3::text[], $4::integer[], $5::text[],
       $6::smallint[], $7::integer[], $8::timestamptz[], $9::text[], $10::uuid[], $11::text[],
       $12::text[], $13::bytea[], $15::text[]) with ordinality as one (id, source, type, schema_version, key,
       partition, aggregate_version, time, traceparent, causation_id, correlation_id, data, digest,
       log, place)),
   noted as (
     insert into published_event (source, id, digest, published_at)
     select distinct on (source, id) source, id, digest, $14 from given order by source, id, place
     on conflict do nothing returning source, id),
   fresh as materialized (
     select source, id, min(place) as place from given join noted using (source, id)
     group by source, id),
   written as (
     insert into outbox (id, source, type, schema_version, key, partition, aggregate_version, time,
       traceparent, causation_id, correlation_id, data, log)
     select id, source, type, schema_version, key, partition, aggregate_version, time, traceparent,
       causation_id, correlation_id, data, log
     from given where place in (select place from fresh) order by place)
   select f.place is not null as "isNew", case when f.place is null then coalesce(
       (select p.digest from published_event p where p.source = g.source and p.id = g.id),
       (select o.digest from given o join fresh using (source, id, place)
        where o.source = g.source and o.id = g.id)) end as digest
   from given g left join fresh f on f.place = g.place order by g.place`,
)

export function publish(events: readonly OutgoingEvent[], now: string) {
  const column = <K extends keyof OutgoingEvent>(name: K) => events.map((one) => one[name])
  return publishLot(
    column('id'),
    column('source'),
    column('type'),
    column('version'),
    column('key'),
    column('partition'),
    column('aggregateVersion'),
    column('time'),
    column('traceparent'),
    column('causationId'),
    column('correlationId'),
    column('data'),
    column('digest'),
    now,
    column('log'),
  )
}

export const forgetPublished = statement<{ forgotten: number }, [before: string, most: number]>(
  'published_event.forget',
  `with gone as (delete from published_event where (tenant_id, source, id) in (
       select tenant_id, source, id from published_event where published_at < $1 limit $2)
     returning 1)
   select count(*)::int as forgotten from gone`,
)
