-- No key on the thing: an event that is handled twice leaves two rows.
create table taking (
  tenant_id uuid not null default current_tenant(),
  seq bigint generated always as identity,
  thing_id uuid not null,
  version integer not null,
  member text not null,
  primary key (tenant_id, seq)
);
select protect('taking');
