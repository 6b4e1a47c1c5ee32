-- The log: every event of the platform in one dense, global order. The event writer alone appends,
-- the platform role registers who reads what, consumers read through the functions below.

-- One row per log. Whoever moves events holds this row under the epoch of its lease.
create table log_head (
  log text primary key,
  incarnation uuid not null,
  next bigint not null,
  epoch bigint not null,
  holder uuid,
  expires_at timestamptz(3) not null
) with (fillfactor = 50);
insert into log_head values ('domain', gen_random_uuid(), 1, 0, null, now());
grant select, update (next, epoch, holder, expires_at) on log_head to event_writer;
grant select on log_head to event_streaming_service_lookup, event_streaming_service_platform;

create table domain_log (
  position bigint not null,
  tenant_id uuid not null,
  topic text not null,
  partition smallint not null,
  id uuid not null,
  type text not null,
  schema_version integer not null,
  key text not null,
  aggregate_version integer,
  time timestamptz(3) not null,
  traceparent text,
  causation_id uuid,
  correlation_id text,
  data text not null,
  primary key (tenant_id, position),
  unique (position)
) partition by range (position);
select protect('domain_log', 'select');
select open_to('domain_log', 'event_writer', 'insert');
select open_to('domain_log', 'event_streaming_service_lookup', 'select');

-- The ranges of positions the log is cut into. A full one carries when it was first seen full:
-- events carry business time, which must not decide what is dropped.
create table log_range (
  log text not null,
  first bigint not null,
  past bigint not null,
  filled_at timestamptz(3),
  primary key (log, first)
);

-- Keeps `ahead` empty ranges in front of the head and notes which are full. A table is made first
-- and attached then, because making it as a partition would lock the whole log.
create function ensure_partitions(size bigint default 10000000, ahead integer default 3)
returns bigint language plpgsql security definer
set search_path = event_streaming_service, pg_temp set lock_timeout = '2s' as $$
declare
  head bigint;
  start bigint;
  name text;
begin
  -- One caller at a time, or two would make the same range.
  perform pg_advisory_xact_lock(hashtextextended('ensure_partitions', 0));
  select next into head from log_head where log = 'domain';
  update log_range set filled_at = now() where log = 'domain' and past <= head and filled_at is null;
  loop
    select coalesce(max(past), 0) into start from log_range where log = 'domain';
    exit when start > head + (ahead - 1) * size;
    name := 'domain_log_' || start;
    execute format('create table %I (like domain_log including all)', name);
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('alter table domain_log attach partition %I for values from (%s) to (%s)',
      name, start, start + size);
    insert into log_range values ('domain', start, start + size, null);
  end loop;
  return start;
end $$;

-- Drops the ranges that have been full for longer than `age`; answers how many.
create function drop_partitions(age interval) returns integer
language plpgsql security definer
set search_path = event_streaming_service, pg_temp set lock_timeout = '2s' as $$
declare
  one log_range;
  dropped integer := 0;
begin
  for one in select * from log_range
    where log = 'domain' and filled_at < now() - age order by first for update loop
    execute format('drop table %I', 'domain_log_' || one.first);
    delete from log_range where log = one.log and first = one.first;
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;

-- Who may read which type, written from the definitions. What was in the log before a service
-- asked for a type is history to it, and is handed over as a replay.
create table subscription (
  role text not null,
  type text not null,
  since bigint not null,
  primary key (role, type)
);
grant select, insert, delete on subscription to event_streaming_service_platform;
grant select on subscription to event_streaming_service_lookup;

-- Where each log ends.
create function log_heads()
returns table (log text, incarnation uuid, "position" bigint)
language sql stable security definer set search_path = event_streaming_service, pg_temp as $$
  select log, incarnation, next - 1 from log_head
$$;

-- The events of some types, each partition after a position of its own (`after` holds one for each
-- partition, in order; a partition that is not wanted is after everything), in order from `low` on.
-- The last row has no id: its position is how far this call looked, at most 10,000 on, and
-- everything asked for up to there was answered unless `most` rows were. Who asks is the login
-- role; a type that is not listed for it is refused, never passed over in silence, because a
-- consumer moves on past what it was not given.
create function read_events(
  the_log text, the_incarnation uuid, types text[], low bigint, after bigint[], most integer)
returns table ("position" bigint, tenant_id uuid, topic text, partition smallint, id uuid,
  type text, schema_version integer, key text, aggregate_version integer, "time" timestamptz,
  traceparent text, causation_id uuid, correlation_id text, data text, replaying boolean)
language plpgsql stable security definer
set search_path = event_streaming_service, pg_temp
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off as $$
#variable_conflict use_column
declare
  known uuid;
  up_to bigint;
  -- By place in `types`: where the history of each ends. A type that is not listed has none.
  sinces bigint[];
begin
  select h.incarnation, least(h.next - 1, low + 10000),
      (select array_agg(s.since order by n) from unnest(types) with ordinality t (type, n)
        left join subscription s on s.role = session_user and s.type = t.type)
    into known, up_to, sinces from log_head h where h.log = the_log;
  if array_position(sinces, null) is not null then
    raise insufficient_privilege using message = format('%s does not consume %s', session_user,
      types[array_position(sinces, null)]);
  end if;
  if known is distinct from the_incarnation then
    raise exception using errcode = 'PNLOG',
      message = format('log %s is of incarnation %s, not %s', the_log, known, the_incarnation);
  end if;
  return query
    select l.position, l.tenant_id, l.topic, l.partition, l.id, l.type, l.schema_version, l.key,
      l.aggregate_version, l.time, l.traceparent, l.causation_id, l.correlation_id, l.data,
      l.position <= sinces[array_position(types, l.type)]
    from domain_log l
    where l.position > low and l.position <= up_to and l.type = any (types)
      and l.position > after[l.partition + 1]
    order by l.position limit most;
  "position" := up_to;
  return next;
end $$;

-- Consumers may call these two and nothing else of this schema.
revoke execute on all functions in schema event_streaming_service from public;
grant execute on all functions in schema event_streaming_service
  to event_streaming_service, event_streaming_service_platform;
revoke execute on function ensure_partitions, drop_partitions from event_streaming_service;
grant usage on schema event_streaming_service to event_consumer;
do $$
declare
  signature text;
begin
  foreach signature in array array['log_heads()',
    'read_events(text, uuid, text[], bigint, bigint[], integer)'] loop
    execute format('grant execute on function %s to event_consumer', signature);
    execute format('alter function %s owner to event_streaming_service_lookup', signature);
  end loop;
end $$;
select ensure_partitions();
