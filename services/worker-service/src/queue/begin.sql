-- The installer of the queue would make its schema, which only a privileged role may. It finds the
-- schema, and this table that it begins with.
select pg_advisory_xact_lock(7302115);
create table if not exists migrations (
  id int primary key,
  ts timestamptz default now() not null,
  breaking boolean not null default false
);
