-- Consumer groups of outside programs: a named place in the log, and the lot that is being worked on.
create table event_group (
  tenant_id uuid not null default current_tenant(),
  name text not null,
  types text[] not null,
  incarnation uuid not null,
  position bigint not null,
  lease uuid,
  leased_to bigint,
  leased_until timestamptz(3),
  primary key (tenant_id, name)
);
select protect('event_group');
