-- Nobody but its owner touches the tables of the queue; the service has this one way in. Without a
-- job it asks that those of the tenant be looked at.
select pg_advisory_xact_lock(7302115);
create or replace function submit(tenant uuid, job uuid) returns void
language sql security definer set search_path = worker_queue, pg_temp as $$
  select from add_job('carry_out', json_strip_nulls(json_build_object('tenant', tenant, 'job', job)),
    job_key := job::text, job_key_mode := 'preserve_run_at',
    priority := case when job is null then -1 else 0 end)
$$;
revoke execute on function submit(uuid, uuid) from public;
grant usage on schema worker_queue to worker_service;
grant execute on function submit(uuid, uuid) to worker_service;
