-- What tenants and outside publishers do with the log.

-- What an outside publisher called itself; null for events of services.
alter table domain_log add column source text;

-- Ids that outsiders have published under within a day, so that the same event twice is one.
create table published_event (
  tenant_id uuid not null default current_tenant(),
  source text not null,
  id uuid not null,
  digest bytea not null,
  published_at timestamptz(3) not null,
  primary key (tenant_id, source, id)
);
create index published_event_at on published_event (published_at);
select protect('published_event', 'select, insert');
select open_to('published_event', 'event_streaming_service_platform', 'select, delete');

-- Everything in the log after a position, of whatever tenant, for streams and whoever copies it:
-- the callers give each tenant its own. Another incarnation than the log's answers nothing but the
-- last row, which has no id and says how far was looked, at most 10,000 positions on.
create function read_log(the_incarnation uuid, low bigint, tenants uuid[], most integer)
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
    where h.log = 'domain' and h.incarnation = the_incarnation;
  if not found then return; end if;
  return query
    select l.position, l.tenant_id, l.topic, l.source, l.id, l.type, l.schema_version, l.key,
      l.aggregate_version, l.time, l.traceparent, l.causation_id, l.correlation_id, l.data
    from domain_log l
    where l.position > low and l.position <= up_to
      and (tenants is null or l.tenant_id = any (tenants))
    order by l.position limit most;
  "position" := up_to;
  return next;
end $$;
revoke execute on function read_log from public;
grant execute on function read_log to event_streaming_service_platform;
alter function read_log owner to event_streaming_service_lookup;
