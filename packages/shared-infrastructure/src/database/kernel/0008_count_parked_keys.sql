-- How many keys of a member's partitions are parked, of whatever tenant: for whoever looks after it.
create function count_parked_keys(the_group text, the_log text, the_partitions smallint[])
returns integer language sql stable security definer as $$
  select count(*)::integer from parked_key
  where consumer_group = the_group and log = the_log and partition = any (the_partitions)
$$;

do $$
declare
  signature constant text := 'count_parked_keys(text, text, smallint[])';
begin
  execute format('alter function %s set search_path = %I, pg_temp', signature, current_schema());
  execute format('revoke execute on function %s from public', signature);
  execute format('grant execute on function %s to %I', signature, current_schema());
  execute format('alter function %s owner to %I', signature, current_schema() || '_lookup');
end $$;
