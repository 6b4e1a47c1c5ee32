create table thing (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  version integer not null,
  primary key (tenant_id, id)
);
select protect('thing');
