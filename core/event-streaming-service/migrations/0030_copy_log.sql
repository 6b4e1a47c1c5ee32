-- What a service may read, for consumers that read from a copy of the log in a broker: brokers know
-- no login roles. For each type where the history ends; a type that is not listed is refused.
create function reading_rights(types text[]) returns table (type text, since bigint)
language plpgsql stable security definer
set search_path = event_streaming_service, pg_temp as $$
#variable_conflict use_column
declare
  refused text;
begin
  select t into refused from unnest(types) t
    where not exists (select from subscription s where s.role = session_user and s.type = t) limit 1;
  if refused is not null then
    raise insufficient_privilege
      using message = format('%s does not consume %s', session_user, refused);
  end if;
  return query select s.type, s.since from subscription s
    where s.role = session_user and s.type = any (types);
end $$;

-- For whoever copies the log into a broker: all events after `low`, in order, until there are `most`
-- or they have `most_bytes` of data, but one at the least.
create function copy_events(the_incarnation uuid, low bigint, most integer, most_bytes bigint)
returns table ("position" bigint, tenant_id uuid, topic text, partition smallint, id uuid,
  type text, schema_version integer, key text, aggregate_version integer, "time" timestamptz,
  traceparent text, causation_id uuid, correlation_id text, data text)
language plpgsql stable security definer
set search_path = event_streaming_service, pg_temp
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off as $$
#variable_conflict use_column
declare
  known uuid;
  up_to bigint;
begin
  select h.incarnation, h.next - 1 into known, up_to from log_head h where h.log = 'domain';
  if known is distinct from the_incarnation then
    raise exception using errcode = 'PNLOG',
      message = format('the log is of incarnation %s, not %s', known, the_incarnation);
  end if;
  return query
    select e.position, e.tenant_id, e.topic, e.partition, e.id, e.type, e.schema_version, e.key,
      e.aggregate_version, e.time, e.traceparent, e.causation_id, e.correlation_id, e.data
    from (
      select l.*, sum(octet_length(l.data)) over (order by l.position) - octet_length(l.data)
        as before
      from domain_log l where l.position > low and l.position <= up_to
      order by l.position limit most) e
    where e.before < most_bytes order by e.position;
end $$;

revoke execute on function reading_rights, copy_events from public;
grant execute on function reading_rights to event_consumer;
grant execute on function copy_events to event_writer;
alter function reading_rights owner to event_streaming_service_lookup;
alter function copy_events owner to event_streaming_service_lookup;
