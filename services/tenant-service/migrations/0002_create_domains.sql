-- Names under which tenants are reached. Several may claim one; one of them can show it is theirs.
create table domain (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  name text not null check (name = lower(name) and name ~ '\.'),
  state text not null default 'pending' check (state in ('pending', 'verified', 'lapsed')),
  -- Published in the zone by its owner, so it is no secret; each claim has its own.
  token text not null,
  last_finding text check (
    last_finding in ('record_found', 'record_missing', 'value_wrong', 'unreachable', 'taken')
  ),
  checked_at timestamptz(3),
  verified_at timestamptz(3),
  -- Since when the record is known to be gone.
  failing_since timestamptz(3),
  -- Null when nothing looks at the record by itself any more.
  next_check_at timestamptz(3),
  created_at timestamptz(3) not null,
  primary key (tenant_id, id),
  unique (tenant_id, name),
  foreign key (tenant_id) references tenant (tenant_id)
);
-- Hosts are looked up before a tenant is known, and a verified one belongs to one tenant.
create unique index domain_verified on domain (name) where state = 'verified';
create index domain_next_check_at on domain (next_check_at) where next_check_at is not null;
select protect('domain');
select open_to('domain', 'tenant_service_platform', 'select');
select open_to('domain', 'tenant_service_lookup', 'select');

create function find_tenant_by_domain(the_name text)
returns table (id uuid, slug text, status text)
language sql stable security definer set search_path = tenant_service, pg_temp as $$
  select t.tenant_id, t.slug, t.status
  from tenant_service.domain d join tenant_service.tenant t on t.tenant_id = d.tenant_id
  where d.name = the_name and d.state = 'verified'
$$;
alter function find_tenant_by_domain(text) owner to tenant_service_lookup;
revoke execute on function find_tenant_by_domain(text) from public;
grant execute on function find_tenant_by_domain(text) to tenant_service;
