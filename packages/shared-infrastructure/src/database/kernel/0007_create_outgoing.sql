-- For a service whose database is not that of the log: its events under dense numbers, in the order in
-- which they are sent to the log. Of every other service these tables stay empty.
create table outgoing_head (
  incarnation uuid primary key,
  next bigint not null
) with (fillfactor = 50);
insert into outgoing_head values (gen_random_uuid(), 1);

create table outgoing (
  number bigint primary key,
  tenant_id uuid not null,
  log text not null,
  id uuid not null,
  type text not null,
  schema_version integer not null,
  key text not null,
  partition smallint not null,
  aggregate_version integer,
  time timestamptz(3) not null,
  traceparent text,
  causation_id uuid,
  correlation_id text,
  source text,
  data text not null
);
select protect('outgoing', 'select');
select open_to('outgoing', current_schema() || '_platform', 'select, insert, delete');
select open_to('outbox', current_schema() || '_platform', 'select, delete');
do $$ begin
  execute format('grant select, update (next) on outgoing_head to %I',
    current_schema() || '_platform');
end $$;
