-- Which lines of the tenant fit, newest first. It runs as the look-up role, because the operators of
-- text search are not leakproof: under row-level security they would never use their index. The
-- lines themselves are then read under the caller's own policies.
create function find_log_lines(
  the_words text, lowest integer, the_service text, the_trace uuid, since timestamptz,
  until timestamptz, before timestamptz, before_seq bigint, take integer)
returns table (at timestamptz, seq bigint)
language plpgsql stable security definer
set search_path = monitoring_service, extensions, pg_temp
set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  scope constant uuid := (select current_tenant());
  wanted constant tsquery := websearch_to_tsquery('simple', the_words);
begin
  return query
    select l.at, l.seq from log_line l
    where l.tenant_id = scope
      and (wanted is null or log_words(l.sentence, l.fields) @@ wanted)
      and (lowest is null or l.level >= lowest)
      and (the_service is null or l.service = the_service)
      and (the_trace is null or l.trace_id = the_trace)
      and (since is null or l.at >= since) and (until is null or l.at < until)
      and (before is null or (l.at, l.seq) < (before, before_seq))
    order by l.at desc, l.seq desc limit take;
end $$;
revoke execute on function find_log_lines from public;
grant execute on function find_log_lines to monitoring_service;
alter function find_log_lines owner to monitoring_service_lookup;
