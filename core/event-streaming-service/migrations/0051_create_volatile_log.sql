-- A second log of the same shape, for what is worth little after a while: page views, telemetry. It has
-- positions, ranges and incarnations of its own. The writer's lease is that of the domain log.
insert into log_head (log, incarnation, next, epoch, holder, expires_at)
values ('volatile', gen_random_uuid(), 1, 0, null, now());

create table volatile_log (like domain_log including all) partition by range (position);
select protect('volatile_log', 'select');
select open_to('volatile_log', 'event_writer', 'insert');
select open_to('volatile_log', 'event_streaming_service_lookup', 'select');

-- As before, for either log. Ranges of the volatile log are smaller, or few of them would ever be full
-- and dropped.
drop function ensure_partitions(bigint, integer);
create function ensure_partitions(
  the_log text default 'domain', size bigint default null, ahead integer default null)
returns bigint language plpgsql security definer
set search_path = event_streaming_service, pg_temp set lock_timeout = '2s' as $$
declare
  width constant bigint := coalesce(size, case the_log when 'domain' then 10000000 else 1000000 end);
  ranges constant integer := coalesce(ahead, case the_log when 'domain' then 3 else 5 end);
  whole constant text := the_log || '_log';
  head bigint;
  start bigint;
  name text;
begin
  -- One caller at a time, or two would make the same range.
  perform pg_advisory_xact_lock(hashtextextended('ensure_partitions', 0));
  select next into strict head from log_head where log = the_log;
  update log_range set filled_at = now()
    where log = the_log and past <= head and filled_at is null;
  loop
    select coalesce(max(past), 0) into start from log_range where log = the_log;
    exit when start > head + (ranges - 1) * width;
    name := whole || '_' || start;
    execute format('create table %I (like %I including all)', name, whole);
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('alter table %I attach partition %I for values from (%s) to (%s)',
      whole, name, start, start + width);
    insert into log_range values (the_log, start, start + width, null);
  end loop;
  return start;
end $$;

drop function drop_partitions(interval);
create function drop_partitions(the_log text, age interval) returns integer
language plpgsql security definer
set search_path = event_streaming_service, pg_temp set lock_timeout = '2s' as $$
declare
  one log_range;
  dropped integer := 0;
begin
  for one in select * from log_range
    where log = the_log and filled_at < now() - age order by first for update loop
    execute format('drop table %I', one.log || '_log_' || one.first);
    delete from log_range where log = one.log and first = one.first;
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;

-- Where each log ends, and its floor: everything after that is still there.
drop function log_heads();
create function log_heads()
returns table (log text, incarnation uuid, "position" bigint, floor bigint)
language sql stable security definer set search_path = event_streaming_service, pg_temp as $$
  select h.log, h.incarnation, h.next - 1,
    (select greatest(min(r.first) - 1, 0) from log_range r where r.log = h.log)
  from log_head h
$$;
grant select on log_range to event_streaming_service_lookup;

-- What `read_events` is to the domain log.
create function read_volatile_events(
  the_incarnation uuid, types text[], low bigint, after bigint[], most integer)
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
  -- By place in `types`: where the history of each ends. It throws for one that is not listed.
  sinces constant bigint[] := array(select r.since
    from unnest(types) with ordinality t (type, n) join reading_rights(types) r using (type)
    order by t.n);
begin
  select h.incarnation, least(h.next - 1, low + 10000) into known, up_to
    from log_head h where h.log = 'volatile';
  if known is distinct from the_incarnation then
    raise exception using errcode = 'PNLOG',
      message = format('log volatile is of incarnation %s, not %s', known, the_incarnation);
  end if;
  return query
    select l.position, l.tenant_id, l.topic, l.partition, l.id, l.type, l.schema_version, l.key,
      l.aggregate_version, l.time, l.traceparent, l.causation_id, l.correlation_id, l.data,
      l.position <= sinces[array_position(types, l.type)]
    from volatile_log l
    where l.position > low and l.position <= up_to and l.type = any (types)
      and l.position > after[l.partition + 1]
    order by l.position limit most;
  "position" := up_to;
  return next;
end $$;

-- What `read_log` is to the domain log.
create function read_volatile_log(
  the_incarnation uuid, low bigint, tenants uuid[], most integer)
returns table ("position" bigint, tenant_id uuid, topic text, source text, id uuid, type text,
  schema_version integer, key text, aggregate_version integer, "time" timestamptz,
  traceparent text, causation_id uuid, correlation_id text, data text)
language plpgsql stable security definer
set search_path = event_streaming_service, pg_temp
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off as $$
#variable_conflict use_column
declare
  up_to bigint;
begin
  select least(h.next - 1, low + 10000) into up_to from log_head h
    where h.log = 'volatile' and h.incarnation = the_incarnation;
  if not found then return; end if;
  return query
    select l.position, l.tenant_id, l.topic, l.source, l.id, l.type, l.schema_version, l.key,
      l.aggregate_version, l.time, l.traceparent, l.causation_id, l.correlation_id, l.data
    from volatile_log l
    where l.position > low and l.position <= up_to
      and (tenants is null or l.tenant_id = any (tenants))
    order by l.position limit most;
  "position" := up_to;
  return next;
end $$;

revoke execute on function ensure_partitions, drop_partitions, log_heads, read_volatile_events,
  read_volatile_log from public;
grant execute on function ensure_partitions, drop_partitions, read_volatile_log
  to event_streaming_service_platform;
grant execute on function log_heads
  to event_consumer, event_streaming_service, event_streaming_service_platform;
grant execute on function read_volatile_events to event_consumer;
alter function log_heads owner to event_streaming_service_lookup;
alter function read_volatile_events owner to event_streaming_service_lookup;
alter function read_volatile_log owner to event_streaming_service_lookup;

select ensure_partitions('volatile');

-- A group reads one log.
alter table event_group add column log text not null default 'domain'
  check (log in ('domain', 'volatile'));
