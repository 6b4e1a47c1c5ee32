-- What a service that consumes events keeps in its own schema: how far it has read, which process
-- reads what, and the events that went wrong. The position is written in the transaction that has
-- the effects; the leases only keep two processes from doing the same work.

create table consumer_position (
  consumer_group text not null,
  log text not null,
  partition smallint not null,
  incarnation uuid not null,
  position bigint not null,
  primary key (consumer_group, log, partition)
) with (fillfactor = 50);

create table consumer_member (
  consumer_group text not null,
  log text not null,
  member uuid not null,
  expires_at timestamptz(3) not null,
  primary key (consumer_group, log, member)
);

create table consumer_lease (
  consumer_group text not null,
  log text not null,
  partition smallint not null,
  member uuid,
  expires_at timestamptz(3) not null,
  primary key (consumer_group, log, partition)
) with (fillfactor = 50);

-- A key whose first event failed: every later event of it waits behind that one. `attempts`,
-- `retry_at` and `last_error` are those of the first event; `dead` waits for a person.
create table parked_key (
  tenant_id uuid not null default current_tenant(),
  consumer_group text not null,
  log text not null,
  key text not null,
  partition smallint not null,
  state text not null check (state in ('waiting', 'dead')),
  attempts integer not null,
  retry_at timestamptz(3) not null,
  last_error text not null,
  primary key (tenant_id, consumer_group, log, key)
);
create index parked_key_partition on parked_key (consumer_group, log, partition);
create index parked_key_retry_at on parked_key (consumer_group, log, retry_at)
  where state = 'waiting';

create table parked_event (
  tenant_id uuid not null default current_tenant(),
  consumer_group text not null,
  log text not null,
  key text not null,
  position bigint not null,
  event jsonb not null,
  primary key (tenant_id, consumer_group, log, key, position),
  foreign key (tenant_id, consumer_group, log, key) references parked_key
);

select protect('parked_key');
select protect('parked_event');
select open_to('parked_key', current_schema() || '_lookup', 'select');
do $$ begin
  execute format('grant select, insert, update on consumer_position to %I', current_schema());
  execute format('grant select, insert, update, delete on consumer_member to %I', current_schema());
  execute format('grant select, insert, update on consumer_lease to %I', current_schema());
end $$;

-- The parked keys of one partition, of whatever tenant.
create function parked_keys(the_group text, the_log text, the_partition smallint)
returns table (tenant_id uuid, key text)
language sql stable security definer as $$
  select tenant_id, key from parked_key
  where consumer_group = the_group and log = the_log and partition = the_partition
$$;

-- The parked keys that are tried again next, of whatever tenant.
create function next_parked_keys(the_group text, the_log text, the_partitions smallint[], most integer)
returns table (tenant_id uuid, key text, due_in_ms double precision)
language sql stable security definer as $$
  select tenant_id, key, extract(epoch from retry_at - now()) * 1000 from parked_key
  where consumer_group = the_group and log = the_log and state = 'waiting'
    and partition = any (the_partitions)
  order by retry_at limit most
$$;

do $$
declare
  signature text;
begin
  foreach signature in array array['parked_keys(text, text, smallint)',
    'next_parked_keys(text, text, smallint[], integer)'] loop
    execute format('alter function %s set search_path = %I, pg_temp', signature, current_schema());
    execute format('revoke execute on function %s from public', signature);
    execute format('grant execute on function %s to %I', signature, current_schema());
    execute format('alter function %s owner to %I', signature, current_schema() || '_lookup');
  end loop;
end $$;

-- Says that a member is alive, renews its leases, and takes free ones up to its fair share.
-- Answers what it holds; what is above the share it gives up when the work in hand is done.
create function keep_consumer_leases(
  the_group text, the_log text, the_member uuid, ttl_ms integer, partitions integer)
returns table (held smallint[], share integer, retry_in_ms double precision)
language plpgsql as $$
declare
  until constant timestamptz := now() + ttl_ms * interval '1 ms';
  missing integer;
begin
  insert into consumer_member values (the_group, the_log, the_member, until)
    on conflict (consumer_group, log, member) do update set expires_at = excluded.expires_at;
  delete from consumer_member
    where consumer_group = the_group and log = the_log and expires_at < now();
  insert into consumer_lease
    select the_group, the_log, n, null, now() from generate_series(0, partitions - 1) n
    where not exists (select from consumer_lease l where l.consumer_group = the_group
      and l.log = the_log and l.partition = n)
    on conflict do nothing;
  update consumer_lease set expires_at = until
    where consumer_group = the_group and log = the_log and member = the_member;
  get diagnostics missing = row_count;
  select ceil(partitions::numeric / count(*)) into share from consumer_member
    where consumer_group = the_group and log = the_log;
  missing := share - missing;
  if missing > 0 then
    update consumer_lease l set member = the_member, expires_at = until
      from (select free.partition from consumer_lease free
        where free.consumer_group = the_group and free.log = the_log
          and (free.member is null or free.expires_at < now())
        order by free.partition limit missing for update skip locked) taken
      where l.consumer_group = the_group and l.log = the_log and l.partition = taken.partition;
  end if;
  select coalesce(array_agg(partition order by partition), '{}') into held from consumer_lease
    where consumer_group = the_group and log = the_log and member = the_member;
  select min(due_in_ms) into retry_in_ms from next_parked_keys(the_group, the_log, held, 1);
  return next;
end $$;

create function park_key(the_group text, the_log text, the_key text, the_partition smallint,
  dead boolean, the_attempts integer, retry_in_ms double precision, sentence text)
returns void language sql as $$
  insert into parked_key
    (consumer_group, log, key, partition, state, attempts, retry_at, last_error)
  values (the_group, the_log, the_key, the_partition, case when dead then 'dead' else 'waiting' end,
    the_attempts, now() + retry_in_ms * interval '1 ms', sentence)
$$;

-- Counts one more failure of the first event, unless another process did meanwhile.
create function note_parked_failure(the_group text, the_log text, the_key text,
  dead boolean, the_attempts integer, retry_in_ms double precision, sentence text)
returns void language sql as $$
  update parked_key set state = case when dead then 'dead' else 'waiting' end,
      attempts = the_attempts, retry_at = now() + retry_in_ms * interval '1 ms',
      last_error = sentence
    where consumer_group = the_group and log = the_log and key = the_key
      and state = 'waiting' and attempts = the_attempts - 1
$$;

-- The first event of a key that is due, with the key's row locked; nothing when somebody else has
-- it. The event is looked up after the lock: one found before it may have been handled meanwhile.
create function take_due_event(the_group text, the_log text, the_key text)
returns table (attempts integer, event jsonb) language plpgsql as $$
#variable_conflict use_column
begin
  select k.attempts into take_due_event.attempts from parked_key k
    where k.consumer_group = the_group and k.log = the_log and k.key = the_key
      and k.state = 'waiting' and k.retry_at <= now() for update skip locked;
  if not found then return; end if;
  select e.event into take_due_event.event from parked_event e
    where e.consumer_group = the_group and e.log = the_log and e.key = the_key
    order by e.position limit 1;
  if found then return next; end if;
end $$;

-- Lets a key be tried again from its first event on; twice does nothing more.
create function redrive_key(the_group text, the_log text, the_key text)
returns boolean language plpgsql as $$
begin
  update parked_key set state = 'waiting', attempts = 0, retry_at = now()
    where consumer_group = the_group and log = the_log and key = the_key;
  return found;
end $$;

-- Takes the first event off a parked key. The key's row is locked, so that nobody appends to a key
-- that is about to be free again; the last event takes the row with it.
create function unpark_first(the_group text, the_log text, the_key text)
returns boolean language plpgsql as $$
begin
  perform from parked_key
    where consumer_group = the_group and log = the_log and key = the_key for update;
  delete from parked_event where consumer_group = the_group and log = the_log and key = the_key
    and position = (select min(position) from parked_event
      where consumer_group = the_group and log = the_log and key = the_key);
  if not found then return false; end if;
  if exists (select from parked_event
    where consumer_group = the_group and log = the_log and key = the_key) then
    update parked_key set state = 'waiting', attempts = 0, retry_at = now(), last_error = ''
      where consumer_group = the_group and log = the_log and key = the_key;
  else
    delete from parked_key
      where consumer_group = the_group and log = the_log and key = the_key;
  end if;
  return true;
end $$;
