-- Services with a database of their own read through event-streaming-service. It names the service that
-- asks; whoever else reads is its own login role, as before.
create function check_reader(reader text) returns void language plpgsql stable
set search_path = event_streaming_service, pg_temp as $$
begin
  if reader <> session_user and session_user <> 'event_streaming_service' then
    raise insufficient_privilege using message = format('%s is not %s', session_user, reader);
  end if;
end $$;

drop function reading_rights(text[]);
create function reading_rights(types text[],
  reader text default session_user) returns table (type text, since bigint)
language plpgsql stable security definer
set search_path = event_streaming_service, pg_temp as $$
#variable_conflict use_column
declare
  refused text;
begin
  perform check_reader(reader);
  select t into refused from unnest(types) t
    where not exists (select from subscription s where s.role = reader and s.type = t) limit 1;
  if refused is not null then
    raise insufficient_privilege
      using message = format('%s does not consume %s', reader, refused);
  end if;
  return query select s.type, s.since from subscription s
    where s.role = reader and s.type = any (types);
end $$;

drop function read_events(text, uuid, text[], bigint, bigint[], integer);
create function read_events(
  the_log text, the_incarnation uuid, types text[], low bigint, after bigint[], most integer,
  reader text default session_user)
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
  perform check_reader(reader);
  select h.incarnation, least(h.next - 1, low + 10000),
      (select array_agg(s.since order by n) from unnest(types) with ordinality t (type, n)
        left join subscription s on s.role = reader and s.type = t.type)
    into known, up_to, sinces from log_head h where h.log = the_log;
  if array_position(sinces, null) is not null then
    raise insufficient_privilege using message = format('%s does not consume %s', reader,
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

drop function read_volatile_events(uuid, text[], bigint, bigint[], integer);
create function read_volatile_events(
  the_incarnation uuid, types text[], low bigint, after bigint[], most integer,
  reader text default session_user)
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
    from unnest(types) with ordinality t (type, n) join reading_rights(types, reader) r using (type)
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

drop function replay_events(text, uuid, text[], bigint, bigint[], uuid, text, timestamptz, timestamptz, integer);
create function replay_events(the_log text, the_incarnation uuid, types text[], low bigint,
  up_to bigint[], the_tenant uuid, the_key text, since timestamptz, before timestamptz, most integer,
  reader text default session_user)
returns table ("position" bigint, tenant_id uuid, topic text, partition smallint, id uuid,
  type text, schema_version integer, key text, aggregate_version integer, "time" timestamptz,
  traceparent text, causation_id uuid, correlation_id text, data text)
language plpgsql stable security definer
set search_path = event_streaming_service, pg_temp set plan_cache_mode = force_custom_plan
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off as $$
#variable_conflict use_column
declare
  known uuid;
  gone bigint;
  finish constant bigint := (select max(n) from unnest(up_to) n);
  looked bigint;
begin
  perform from reading_rights(types, reader);
  select h.incarnation into known from log_head h where h.log = the_log;
  if known is distinct from the_incarnation then
    raise exception using errcode = 'PNLOG',
      message = format('log %s is of incarnation %s, not %s', the_log, known, the_incarnation);
  end if;
  select s.position into gone from log_start(the_log) s;
  if low < gone then
    raise exception using errcode = 'PNOLD',
      message = format('the log %s holds nothing up to position %s any more', the_log, gone);
  end if;
  if the_tenant is null then
    looked := least(finish, low + 10000);
  else
    select coalesce(max(own.position) filter (where own.place = 10000), finish) into looked
    from (select l.position, row_number() over (order by l.position) as place from domain_log l
      where l.tenant_id = the_tenant and l.position > low and l.position <= finish
      order by l.position limit 10000) own;
  end if;
  return query
    select l.position, l.tenant_id, l.topic, l.partition, l.id, l.type, l.schema_version, l.key,
      l.aggregate_version, l.time, l.traceparent, l.causation_id, l.correlation_id, l.data
    from domain_log l
    where l.position > low and l.position <= looked and l.type = any (types)
      and l.position <= up_to[l.partition + 1]
      and (the_tenant is null or l.tenant_id = the_tenant) and (the_key is null or l.key = the_key)
      and (since is null or l.time >= since) and (before is null or l.time < before)
    order by l.position limit most;
  "position" := looked;
  return next;
end $$;

revoke execute on function check_reader, reading_rights, read_events, read_volatile_events, replay_events
  from public;
grant execute on function reading_rights, read_events, read_volatile_events, replay_events
  to event_consumer, event_streaming_service;
alter function check_reader owner to event_streaming_service_lookup;
alter function reading_rights owner to event_streaming_service_lookup;
alter function read_events owner to event_streaming_service_lookup;
alter function read_volatile_events owner to event_streaming_service_lookup;
alter function replay_events owner to event_streaming_service_lookup;

-- Lives of the logs that have ended, and where. A service with a database of its own may still stand in
-- one of them, perhaps after its end, where other events came since.
create table log_life (
  log text not null,
  incarnation uuid not null,
  position bigint not null,
  ended_at timestamptz(3) not null,
  primary key (log, incarnation)
);
