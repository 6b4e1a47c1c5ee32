-- Where a log lives: the database server by its own number, the database, and the timeline of the
-- server. Another server or database than before means that this is a copy, whose numbers of
-- transactions are not those that outboxes hold and whose end may be missing; another timeline means
-- that the server was promoted or wound back. A data directory put back as it was looks like itself.
alter table log_head add column home text;
grant update (home) on log_head to event_writer;

-- `server/database/timeline`; null where the server does not say.
create function present_home() returns text language plpgsql stable
set search_path = event_streaming_service, pg_temp as $$
begin
  return (select format('%s/%s/%s', s.system_identifier, d.oid,
      ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int)
    from pg_control_system() s, pg_database d where d.datname = current_database());
exception when others then
  return null;
end $$;

-- Whether events may be moved into a log that lived there; the timeline is another question.
create function is_home(home text) returns boolean language sql stable
set search_path = event_streaming_service, pg_temp as $$
  select coalesce(split_part(home, '/', 1) = split_part(present, '/', 1)
    and split_part(home, '/', 2) = split_part(present, '/', 2), true)
  from (select present_home() as present) p
$$;
revoke execute on function present_home, is_home from public;
grant execute on function present_home, is_home to event_writer;
