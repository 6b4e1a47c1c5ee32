-- Makes the days up to `ahead` days from today, the one before today among them. Tables are made first
-- and attached then, because making one as a partition would lock the whole table.
create function ensure_days(today date, ahead integer) returns void
language plpgsql security definer
set search_path = monitoring_service, pg_temp set lock_timeout = '2s' as $$
declare
  whole text;
  name text;
  one date;
begin
  -- One caller at a time, or two would make the same day.
  perform pg_advisory_xact_lock(hashtextextended('ensure_days', 0));
  foreach whole in array array['span', 'log_line', 'touched_object'] loop
    for n in -1 .. ahead loop
      one := today + n;
      name := whole || '_' || to_char(one, 'YYYYMMDD');
      continue when to_regclass('monitoring_service.' || name) is not null;
      execute format('create table %I (like %I including all)', name, whole);
      execute format('alter table %I enable row level security', name);
      execute format('alter table %I force row level security', name);
      execute format('alter table %I attach partition %I for values from (%L) to (%L)', whole, name,
        case whole when 'touched_object' then one::text else one || ' 00:00:00+00' end,
        case whole when 'touched_object' then (one + 1)::text else one + 1 || ' 00:00:00+00' end);
    end loop;
  end loop;
end $$;

-- Drops every day before `first`; answers how many tables.
create function drop_days(first date) returns integer
language plpgsql security definer
set search_path = monitoring_service, pg_temp set lock_timeout = '2s' as $$
declare
  one record;
  dropped integer := 0;
begin
  for one in
    -- Materialized, or names of other tables might be read as dates before they are left out.
    with day as materialized (
      select c.relname::text as name from pg_inherits i
      join pg_class c on c.oid = i.inhrelid
      where i.inhparent = any (array['span', 'log_line', 'touched_object']::regclass[]))
    select name from day where to_date(right(name, 8), 'YYYYMMDD') < first order by 1
  loop
    execute format('drop table %I', one.name);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;

revoke execute on function ensure_days, drop_days from public;
grant execute on function ensure_days, drop_days to monitoring_service_platform;
