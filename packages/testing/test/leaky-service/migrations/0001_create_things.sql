create table thing (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  name text not null,
  touches integer not null default 0,
  primary key (tenant_id, id)
);
select protect('thing');
select open_to('thing', 'leaky_service_platform', 'select, update');
select open_to('thing', 'leaky_service_lookup', 'select');

create function find_thing(the_id uuid) returns table (id uuid, name text)
language sql stable security definer set search_path = leaky_service, pg_temp as $$
  select t.id, t.name from leaky_service.thing t where t.id = the_id
$$;
alter function find_thing(uuid) owner to leaky_service_lookup;
revoke execute on function find_thing(uuid) from public;
grant execute on function find_thing(uuid) to leaky_service;
