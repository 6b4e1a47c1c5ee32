-- A process that consumes beside its tables holds an advisory lock on a session of its own as long as it
-- lives. Where that lock is gone its leases are free at once, and not only when they run out.
alter table consumer_member add column session integer;
alter table replay add column session integer;

-- 1886547815 is the class of these locks ("prog"); whoever has no session is not known to be gone.
create function is_gone(session integer) returns boolean language sql stable as $$
  select session is not null and not exists (select from pg_locks l
    where l.locktype = 'advisory' and l.classid = 1886547815 and l.objid = session::oid
      and l.objsubid = 2 and l.granted
      and l.database = (select d.oid from pg_database d where d.datname = current_database()))
$$;

drop function keep_consumer_leases(text, text, uuid, integer, integer);
-- As before, and with the number of the process's lock.
create function keep_consumer_leases(the_group text, the_log text, the_member uuid, ttl_ms integer,
  partitions integer, the_session integer default null)
returns table (held smallint[], share integer, retry_in_ms double precision)
language plpgsql as $$
declare
  until constant timestamptz := now() + ttl_ms * interval '1 ms';
  missing integer;
begin
  insert into consumer_member values (the_group, the_log, the_member, until, the_session)
    on conflict (consumer_group, log, member)
    do update set expires_at = excluded.expires_at, session = excluded.session;
  delete from consumer_member
    where consumer_group = the_group and log = the_log and member <> the_member
      and (expires_at < now() or is_gone(session));
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
          and (free.member is null or free.expires_at < now()
            or not exists (select from consumer_member m where m.consumer_group = the_group
              and m.log = the_log and m.member = free.member))
        order by free.partition limit missing for update skip locked) taken
      where l.consumer_group = the_group and l.log = the_log and l.partition = taken.partition;
  end if;
  select coalesce(array_agg(partition order by partition), '{}') into held from consumer_lease
    where consumer_group = the_group and log = the_log and member = the_member;
  select min(due_in_ms) into retry_in_ms from next_parked_keys(the_group, the_log, held, 1);
  return next;
end $$;

drop function take_replay(text, text, uuid, integer);
create function take_replay(the_group text, the_log text, the_holder uuid, ttl_ms integer,
  the_session integer default null)
returns setof replay language sql as $$
  update replay r set state = 'running', started_at = coalesce(r.started_at, now()),
      holder = the_holder, session = the_session, expires_at = now() + ttl_ms * interval '1 ms'
    where r.consumer_group = the_group and r.log = the_log and r.state in ('waiting', 'running')
      and (r.holder is null or r.holder = the_holder or r.expires_at < now() or is_gone(r.session))
    returning r.*
$$;
