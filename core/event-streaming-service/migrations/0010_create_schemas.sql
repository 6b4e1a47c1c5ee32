-- What a tenant says of its own events: a schema per type and version. A version never changes, and
-- only its newest is added to.
create table event_schema (
  tenant_id uuid not null default current_tenant(),
  type text collate "C" not null check (length(type) <= 100),
  version integer not null check (version >= 1),
  compatibility text not null check (compatibility in ('backward', 'forward', 'full')),
  -- As text, so that it is answered as it was written.
  schema json not null,
  example json not null,
  registered_at timestamptz(3) not null,
  primary key (tenant_id, type, version)
);
select protect('event_schema', 'select, insert');
