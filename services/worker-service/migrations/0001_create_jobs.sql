-- Tracked jobs. The queue holds only (tenant, job): everything that a tenant wrote is here.
create table job (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  service text not null,
  kind text not null,
  state text not null check (state in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  priority smallint not null,
  input jsonb not null,
  -- Whom it is carried out for, as they were when they asked.
  principal jsonb not null,
  requested_by text not null,
  trace jsonb not null,
  progress jsonb,
  result jsonb,
  error jsonb,
  -- Tries that ended, and those that nobody followed to their end.
  attempts smallint not null default 0,
  -- Which try it is, those before it was asked to begin again counted as well.
  run smallint not null default 1,
  max_attempts smallint not null,
  abandoned smallint not null default 0,
  -- Before then it is not put into the queue.
  due_at timestamptz(3) not null,
  -- Since when it is in the queue, or comes from there.
  admitted_at timestamptz(3),
  is_cancelled boolean not null default false,
  -- Whoever follows it, and when they are taken for dead.
  lease uuid,
  lease_until timestamptz(3),
  created_at timestamptz(3) not null,
  started_at timestamptz(3),
  ended_at timestamptz(3),
  primary key (tenant_id, id),
  check ((state = 'running') = (lease is not null)),
  check ((state in ('queued', 'running')) = (ended_at is null))
);
create index job_waiting on job (tenant_id, priority desc, created_at, id)
  where state = 'queued' and admitted_at is null;
create index job_admitted on job (tenant_id) where admitted_at is not null;
-- For the job that finds what was left lying, in all tenants.
create index job_open on job (state, due_at) where ended_at is null;
create index job_ended on job (ended_at) where ended_at is not null;
select protect('job', 'select, insert, update');
select open_to('job', 'worker_service_platform', 'select, delete');
-- What was done is not done again because its history is.
select shut_while_replaying('job');

-- Puts what comes next of the tenant into the queue, so that no more than `most` of it is there and
-- in work: the next one of a tenant stands behind those of all others. One at a time for a tenant, as
-- the last thing of a short transaction.
-- A plan that was made while the table was small is kept, so it is made for the indexes.
create function admit_jobs(most integer, at timestamptz) returns void language plpgsql
set enable_seqscan = off as $$
declare
  free integer;
  next uuid;
begin
  perform pg_advisory_xact_lock(hashtextextended(current_tenant()::text, 7302116));
  select most - count(*) into free from job where admitted_at is not null;
  if free <= 0 then return; end if;
  for next in
    select id from job where state = 'queued' and admitted_at is null and due_at <= at
    order by priority desc, created_at, id limit free for update skip locked
  loop
    update job set admitted_at = at where id = next;
    perform worker_queue.submit(current_tenant(), next);
  end loop;
end $$;

-- Has the tenant's jobs admitted after this transaction, which may be long and of many tenants. Once
-- is enough for it.
create function admit_soon() returns void language plpgsql as $$
declare
  asked constant text := coalesce(current_setting('app.admit_soon', true), '');
begin
  if position(current_tenant()::text in asked) > 0 then return; end if;
  perform set_config('app.admit_soon', asked || ' ' || current_tenant(), true);
  perform worker_queue.submit(current_tenant(), null);
end $$;

-- Puts into the queue again what should have come from there by now: whoever took it may be dead. The
-- queue knows it, so it stands there once.
create function submit_again(before timestamptz, at timestamptz) returns void language plpgsql as $$
declare
  lost record;
begin
  for lost in
    update job set admitted_at = at where state = 'queued' and admitted_at < before
    returning tenant_id, id
  loop
    perform worker_queue.submit(lost.tenant_id, lost.id);
  end loop;
end $$;
