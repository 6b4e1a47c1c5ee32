-- Events of services whose outbox is in another database. They are sent in order, and moved to the logs
-- from here as if it were an outbox.
create table incoming (
  seq bigint generated always as identity primary key,
  xid xid8 not null default pg_current_xact_id(),
  tenant_id uuid not null,
  topic text not null,
  log text not null check (log in ('domain', 'volatile')),
  id uuid not null,
  type text not null,
  schema_version integer not null,
  key text not null,
  partition smallint not null,
  aggregate_version integer,
  time timestamptz(3) not null,
  traceparent text,
  causation_id uuid,
  correlation_id text,
  source text,
  data text not null
);
create index incoming_xid on incoming (xid);
select protect('incoming', 'select');
select open_to('incoming', 'event_writer', 'select, delete');
select open_to('incoming', 'event_streaming_service_platform', 'insert');

-- Up to which number each of these services has sent its events. Null after a restore: whatever comes
-- next is taken.
create table appended_source (
  source text primary key,
  incarnation uuid not null,
  last bigint
) with (fillfactor = 50);
grant select, insert, update on appended_source to event_streaming_service_platform;

-- Ids of a day, because a service that was restored sends again under other numbers.
create table appended_event (
  tenant_id uuid not null,
  source text not null,
  id uuid not null,
  appended_at timestamptz(3) not null,
  primary key (tenant_id, source, id)
);
create index appended_event_at on appended_event (appended_at);
select protect('appended_event', 'select');
select open_to('appended_event', 'event_streaming_service_platform', 'select, insert, delete');

-- Takes what follows the last number of the source, each event once, and answers the last number now.
-- Where there is a gap before `first`, nothing is taken. Nor is it where a number has come before with
-- another event, and null is answered: the source was restored and has not said so. Whoever sends for the same source meanwhile
-- waits at its row, so numbers are taken in order.
create function append_events(
  the_source text, the_incarnation uuid, first bigint, events jsonb)
returns bigint language plpgsql set search_path = event_streaming_service, pg_temp as $$
declare
  known appended_source;
  held bigint;
begin
  insert into appended_source values (the_source, the_incarnation, 0) on conflict do nothing;
  select * into known from appended_source where source = the_source for update;
  held := case when known.incarnation <> the_incarnation then 0
    else coalesce(known.last, first - 1) end;
  if first > held + 1 then return held; end if;
  if exists (select from jsonb_array_elements(events) with ordinality e (event, place)
    where first + place - 1 <= held and not exists (select from appended_event a
      where a.tenant_id = (event ->> 'tenantId')::uuid and a.source = the_source
        and a.id = (event ->> 'id')::uuid))
  then return null; end if;
  with given as materialized (
    select e.*, first + e.place - 1 as number from rows from (jsonb_to_recordset(events) as (
      "tenantId" uuid, log text, id uuid, type text, version integer, key text, partition smallint,
      "aggregateVersion" integer, "time" timestamptz, traceparent text, "causationId" uuid,
      "correlationId" text, source text, data text)) with ordinality as e ("tenantId", log, id, type,
      version, key, partition, "aggregateVersion", "time", traceparent, "causationId",
      "correlationId", source, data, place)),
  fresh as (
    insert into appended_event (tenant_id, source, id, appended_at)
    select "tenantId", the_source, id, now() from given where number > held
    on conflict do nothing returning tenant_id, id)
  insert into incoming (tenant_id, topic, log, id, type, schema_version, key, partition,
    aggregate_version, time, traceparent, causation_id, correlation_id, source, data)
  select g."tenantId", the_source, g.log, g.id, g.type, g.version, g.key, g.partition,
    g."aggregateVersion", g.time, g.traceparent, g."causationId", g."correlationId", g.source, g.data
  from given g where (g."tenantId", g.id) in (select tenant_id, id from fresh) order by g.number;
  held := greatest(held, first + jsonb_array_length(events) - 1);
  update appended_source set incarnation = the_incarnation, last = held where source = the_source;
  return held;
end $$;
revoke execute on function append_events from public;
grant execute on function append_events to event_streaming_service_platform;
