-- For services that handle a window of history again, on whatever transport they consume: the window
-- is read from the log itself.

grant select on log_range to event_streaming_service_lookup;

-- What is gone: everything up to a position, and the time of the oldest event that is kept.
create function log_start(the_log text) returns table ("position" bigint, oldest timestamptz)
language sql stable security definer set search_path = event_streaming_service, pg_temp
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off as $$
  select coalesce((select greatest(min(first) - 1, 0) from log_range where log = the_log), 0),
    (select time from domain_log l order by l.position limit 1)
$$;

-- The events of a window, in order from `low` on: of each partition up to a position of its own
-- (`up_to` holds one for each, in order), of one tenant and one key where that is wanted. The last row
-- has no id: its position is how far this call looked, and everything asked for up to there was
-- answered unless `most` rows were. Who asks is the login role, as in `read_events`. A custom plan
-- each time, or a window of one tenant would be looked for in everybody's events.
create function replay_events(the_log text, the_incarnation uuid, types text[], low bigint,
  up_to bigint[], the_tenant uuid, the_key text, since timestamptz, before timestamptz, most integer)
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
  perform from reading_rights(types);
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

revoke execute on function log_start, replay_events from public;
grant execute on function log_start to event_streaming_service;
grant execute on function replay_events to event_consumer;
alter function log_start owner to event_streaming_service_lookup;
alter function replay_events owner to event_streaming_service_lookup;
