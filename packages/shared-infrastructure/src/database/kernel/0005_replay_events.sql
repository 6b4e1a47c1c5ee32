-- History that a service handles again. A replay works through a window of the log in the log's order
-- and keeps how far it has come in the transaction that has the effects. From its start to its end it
-- holds the partitions it concerns: live consumption of them waits, or the order within a key broke.

create table replay (
  id uuid primary key,
  consumer_group text not null,
  log text not null,
  incarnation uuid not null,
  state text not null
    check (state in ('waiting', 'running', 'paused', 'done', 'cancelled', 'failed')),
  types text[] not null,
  -- What of the window is wanted; null is all of it.
  of_tenant uuid,
  of_key text,
  since timestamptz(3),
  before timestamptz(3),
  -- The window: after `start`, up to `finish`; everything up to `position` is done.
  start bigint not null,
  finish bigint not null,
  position bigint not null,
  handled bigint not null default 0,
  muted bigint not null default 0,
  asked_by text not null,
  asked_at timestamptz(3) not null,
  started_at timestamptz(3),
  ended_at timestamptz(3),
  failure text,
  -- The process that works on it.
  holder uuid,
  expires_at timestamptz(3)
) with (fillfactor = 50);
create unique index replay_under_way on replay (consumer_group, log) where ended_at is null;
create index replay_asked_at on replay (asked_at, id);

-- The replay that holds the partition; its position stays where it is meanwhile.
alter table consumer_position add column replay uuid references replay;

do $$ begin
  execute format('grant select, insert, update on replay to %I', current_schema());
  execute format('grant select on consumer_position to %I', current_schema() || '_lookup');
end $$;

-- Answers `started`, also for one that has been; `busy` while another is under way; `empty` when
-- nothing in the window was consumed yet. Locking the positions waits for the batches in hand.
create function start_replay(one replay, the_partition smallint, is_paused boolean)
returns text language plpgsql as $$
declare
  reached bigint;
begin
  perform from consumer_position p
    where p.consumer_group = one.consumer_group and p.log = one.log
      and p.incarnation = one.incarnation
      and (the_partition is null or p.partition = the_partition)
    order by p.partition for update;
  if exists (select from replay r where r.id = one.id) then return 'started'; end if;
  select max(p.position) into reached from consumer_position p
    where p.consumer_group = one.consumer_group and p.log = one.log
      and p.incarnation = one.incarnation
      and (the_partition is null or p.partition = the_partition);
  one.finish := least(reached, one.finish);
  if reached is null or one.finish <= one.start then return 'empty'; end if;
  one.position := one.start;
  one.state := case when is_paused then 'paused' else 'waiting' end;
  one.handled := 0;
  one.muted := 0;
  insert into replay select one.* on conflict do nothing;
  if not found then
    return case when exists (select from replay r where r.id = one.id)
      then 'started' else 'busy' end;
  end if;
  update consumer_position p set replay = one.id
    where p.consumer_group = one.consumer_group and p.log = one.log
      and p.incarnation = one.incarnation
      and (the_partition is null or p.partition = the_partition);
  return 'started';
end $$;

-- The replay that nobody works on, or this process does already.
create function take_replay(the_group text, the_log text, the_holder uuid, ttl_ms integer)
returns setof replay language sql as $$
  update replay r set state = 'running', started_at = coalesce(r.started_at, now()),
      holder = the_holder, expires_at = now() + ttl_ms * interval '1 ms'
    where r.consumer_group = the_group and r.log = the_log and r.state in ('waiting', 'running')
      and (r.holder is null or r.holder = the_holder or r.expires_at < now())
    returning r.*
$$;

-- Moves a replay on with the effects of a batch, unless somebody paused, cancelled or took it over.
create function move_replay(the_id uuid, the_holder uuid, after bigint, reached bigint,
  events integer, ttl_ms integer)
returns void language plpgsql as $$
begin
  update replay r set position = reached, handled = r.handled + events,
      muted = r.muted + muted_rows(), expires_at = now() + ttl_ms * interval '1 ms'
    where r.id = the_id and r.holder = the_holder and r.state = 'running' and r.position = after;
  if not found then
    raise exception using errcode = 'PNGON', message = 'somebody else has the replay by now';
  end if;
end $$;

-- Live consumption goes on from where it was. A process ends only what it still works on; a person
-- cancels what is under way in any state.
create function end_replay(the_id uuid, the_holder uuid, the_state text, why text)
returns boolean language plpgsql as $$
begin
  update replay r set state = the_state, failure = why, ended_at = now(), holder = null
    where r.id = the_id and r.ended_at is null
      and (the_state = 'cancelled' or (r.state = 'running' and r.holder = the_holder));
  if not found then return false; end if;
  update consumer_position p set replay = null where p.replay = the_id;
  return true;
end $$;

-- Parked keys of a partition that is held are not tried: what the replay does comes first.
create or replace function take_due_event(the_group text, the_log text, the_key text)
returns table (attempts integer, event jsonb) language plpgsql as $$
#variable_conflict use_column
declare
  its_partition smallint;
begin
  select k.attempts, k.partition into take_due_event.attempts, its_partition from parked_key k
    where k.consumer_group = the_group and k.log = the_log and k.key = the_key
      and k.state = 'waiting' and k.retry_at <= now() for update skip locked;
  if not found then return; end if;
  -- Kept to the end of the transaction: a replay that begins meanwhile waits for it.
  perform from consumer_position p
    where p.consumer_group = the_group and p.log = the_log and p.partition = its_partition
      and p.replay is null for key share;
  if not found then return; end if;
  select e.event into take_due_event.event from parked_event e
    where e.consumer_group = the_group and e.log = the_log and e.key = the_key
    order by e.position limit 1;
  if found then return next; end if;
end $$;

create or replace function next_parked_keys(
  the_group text, the_log text, the_partitions smallint[], most integer)
returns table (tenant_id uuid, key text, due_in_ms double precision)
language sql stable security definer as $$
  select k.tenant_id, k.key, extract(epoch from k.retry_at - now()) * 1000 from parked_key k
  where k.consumer_group = the_group and k.log = the_log and k.state = 'waiting'
    and k.partition = any (the_partitions)
    and not exists (select from consumer_position p where p.consumer_group = the_group
      and p.log = the_log and p.partition = k.partition and p.replay is not null)
  order by k.retry_at limit most
$$;
do $$ begin
  execute format('alter function next_parked_keys(text, text, smallint[], integer)
    set search_path = %I, pg_temp', current_schema());
end $$;

-- In a replay a key may fail on an event before the one it is parked for.
create or replace function park_key(the_group text, the_log text, the_key text,
  the_partition smallint, dead boolean, the_attempts integer, retry_in_ms double precision,
  sentence text)
returns void language sql as $$
  insert into parked_key
    (consumer_group, log, key, partition, state, attempts, retry_at, last_error)
  values (the_group, the_log, the_key, the_partition, case when dead then 'dead' else 'waiting' end,
    the_attempts, now() + retry_in_ms * interval '1 ms', sentence)
  on conflict (tenant_id, consumer_group, log, key) do update
    set state = excluded.state, attempts = excluded.attempts, retry_at = excluded.retry_at,
      last_error = excluded.last_error
$$;

-- What leaves the service through a table, such as events and mails, does not leave it again while
-- history is handled: the row is not written, and counted.
create function mute() returns trigger language plpgsql as $$
begin
  perform set_config('app.muted', (muted_rows() + 1)::text, true);
  return null;
end $$;

-- How many rows this transaction has not written.
create function muted_rows() returns bigint language sql stable as $$
  select coalesce(nullif(current_setting('app.muted', true), '')::bigint, 0)
$$;

create function shut_while_replaying(target regclass) returns void language plpgsql as $$
begin
  execute format('create trigger shut_while_replaying before insert or update or delete
    on %s for each row
    when (current_setting(''app.replaying'', true) = ''on'') execute function mute()', target);
end $$;
select shut_while_replaying('outbox');
