-- A read model that shows in which order events were handled, and how often each.
create table shelf (
  tenant_id uuid not null default current_tenant(),
  thing_id uuid not null,
  versions integer[] not null,
  primary key (tenant_id, thing_id)
);
select protect('shelf');

-- What a job would send.
create table letter (
  tenant_id uuid not null default current_tenant(),
  seq bigint generated always as identity,
  thing_id uuid not null,
  primary key (tenant_id, seq)
);
select protect('letter');
select shut_while_replaying('letter');
