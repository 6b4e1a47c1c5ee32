-- For services without a connection to this database: event-streaming-service reads for them, each
-- the types that its definition lists, and whoever asks for another incarnation gets no events.
-- Answers as one row: at most `most` events after `low`, looking at most 10,000 positions on.
create function follow_events(the_role text, the_incarnation uuid, low bigint, most integer)
returns table (incarnation uuid, up_to bigint, types text[], events jsonb)
language plpgsql stable security definer
set search_path = event_streaming_service, pg_temp
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off as $$
begin
  select h.incarnation, h.next - 1 into incarnation, up_to from log_head h where h.log = 'domain';
  select coalesce(array_agg(s.type), '{}') into types from subscription s where s.role = the_role;
  if incarnation is distinct from the_incarnation then
    return next;
    return;
  end if;
  up_to := least(up_to, low + 10000);
  select coalesce(jsonb_agg(jsonb_build_object(
      'log', 'domain', 'incarnation', the_incarnation, 'position', e.position,
      'tenantId', e.tenant_id, 'source', e.topic, 'partition', e.partition, 'id', e.id,
      'type', e.type, 'version', e.schema_version, 'key', e.key,
      'aggregateVersion', e.aggregate_version,
      'time', to_char(e.time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'traceparent', e.traceparent, 'causationId', e.causation_id,
      'correlationId', e.correlation_id, 'data', e.data, 'replaying', false)
      order by e.position), '[]'),
    case when count(*) = most then max(e.position) else up_to end
    into events, up_to
  from (
    select l.* from domain_log l
    where l.position > low and l.position <= up_to and l.type = any (types)
    order by l.position limit most) e;
  return next;
end $$;
revoke execute on function follow_events from public;
grant execute on function follow_events to event_streaming_service;
alter function follow_events owner to event_streaming_service_lookup;
