-- Webhooks: addresses that tenants name, and what is sent to them. An event becomes a delivery per
-- endpoint that wants it, in the transaction that moves the position on; so it becomes one once.

create table webhook_endpoint (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  url text not null,
  -- Types, or patterns with `*`.
  event_types text[] not null,
  description text not null,
  enabled boolean not null,
  disabled_reason text check (disabled_reason in ('by_hand', 'gone', 'failing')),
  -- Sealed by the key ring. The secret before signs as well until its time.
  secret bytea not null,
  previous_secret bytea,
  previous_secret_until timestamptz(3),
  -- Where the log ended when it was made, or enabled again: earlier events are not sent by themselves.
  after_position bigint not null,
  -- The first failure since the last success.
  failing_since timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  check (enabled = (disabled_reason is null))
);
create index webhook_endpoint_enabled on webhook_endpoint (tenant_id) where enabled;
select protect('webhook_endpoint');
select open_to('webhook_endpoint', 'event_streaming_service_platform', 'select');

-- Its endpoint may be gone: what was sent is forgotten by age, and never in the request that removes
-- the endpoint, which might be long.
create table webhook_delivery (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  endpoint_id uuid not null,
  event_id uuid not null,
  event_type text not null,
  -- Which event it is: an outside publisher may use an id again. A test has none, it is not logged.
  position bigint,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
  attempts integer not null default 0,
  -- Since it was made, or asked for again.
  failures integer not null default 0,
  -- When it is sent next. While it is being sent: when whoever does it is taken for dead.
  due_at timestamptz(3),
  lease uuid,
  created_at timestamptz(3) not null,
  settled_at timestamptz(3),
  primary key (tenant_id, id),
  unique (tenant_id, endpoint_id, position),
  check ((state = 'waiting') = (due_at is not null))
);
create index webhook_delivery_waiting on webhook_delivery (tenant_id, endpoint_id, due_at)
  where state = 'waiting';
create index webhook_delivery_failed on webhook_delivery (tenant_id, endpoint_id, id)
  where state = 'failed';
create index webhook_delivery_of_endpoint on webhook_delivery (tenant_id, endpoint_id, id);
-- For the job that forgets, which does so for all tenants.
create index webhook_delivery_created_at on webhook_delivery (created_at);
select protect('webhook_delivery', 'select, insert, update');
select open_to('webhook_delivery', 'event_streaming_service_platform',
  'select, insert, update, delete');

create table webhook_attempt (
  tenant_id uuid not null default current_tenant(),
  delivery_id uuid not null,
  number integer not null,
  at timestamptz(3) not null,
  duration_ms integer not null,
  status smallint,
  reply text not null,
  error text,
  primary key (tenant_id, delivery_id, number),
  foreign key (tenant_id, delivery_id) references webhook_delivery on delete cascade
);
select protect('webhook_attempt', 'select, insert');

-- Up to where the log has become deliveries. It stands beside the log and is restored with it.
create table webhook_position (
  log text primary key,
  position bigint not null
);
insert into webhook_position select log, next - 1 from log_head where log = 'domain';
grant select, update (position) on webhook_position to event_streaming_service_platform;
select open_to('domain_log', 'event_streaming_service_platform', 'select');

create function fits_event_types(type text, event_types text[]) returns boolean
language sql immutable parallel safe as $$
  select exists (select from unnest(event_types) pattern
    where type like replace(replace(pattern, '_', '\_'), '*', '%'))
$$;

-- A UUIDv7 (RFC 9562): many are made in one statement, which no application could name.
create function new_delivery_id() returns uuid language sql volatile as $$
  select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
      placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
      from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
$$;

-- Makes deliveries of at most `most` positions of the log. Whoever holds the position's row does it,
-- and whoever comes meanwhile has nothing to do. Each statement sees what was committed before it,
-- so an endpoint gets every event that is logged after it was made. Without any enabled endpoint the
-- position goes to the end at once.
create function fan_out_webhooks(most integer)
returns table (made integer, is_behind boolean, is_idle boolean)
language plpgsql set search_path = event_streaming_service, pg_temp
set enable_seqscan = off as $$
declare
  low bigint;
  head bigint;
  up_to bigint;
begin
  made := 0;
  is_behind := false;
  is_idle := false;
  select p.position into low from webhook_position p where p.log = 'domain'
    for update skip locked;
  if not found then return next; return; end if;
  select h.next - 1 into head from log_head h where h.log = 'domain';
  is_idle := not exists (select from webhook_endpoint e where e.enabled);
  up_to := case when is_idle then head else least(head, low + most) end;
  is_behind := up_to < head;
  if up_to > low then
    if not is_idle then
      insert into webhook_delivery
        (tenant_id, id, endpoint_id, event_id, event_type, position, due_at, created_at)
      select l.tenant_id, new_delivery_id(), e.id, l.id, l.type, l.position, now(), now()
      from domain_log l
      join webhook_endpoint e on e.tenant_id = l.tenant_id and e.enabled
        and e.after_position < l.position and fits_event_types(l.type, e.event_types)
      where l.position > low and l.position <= up_to
      on conflict (tenant_id, endpoint_id, position) do nothing;
      get diagnostics made = row_count;
    end if;
    update webhook_position p set position = up_to where p.log = 'domain';
  end if;
  return next;
end $$;

revoke execute on function fits_event_types, new_delivery_id, fan_out_webhooks from public;
grant execute on function fits_event_types, new_delivery_id
  to event_streaming_service, event_streaming_service_platform;
grant execute on function fan_out_webhooks to event_streaming_service_platform;
