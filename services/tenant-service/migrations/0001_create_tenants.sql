-- A tenant is a row of its own scope: id and tenant_id are the same.
create table tenant (
  tenant_id uuid not null default current_tenant(),
  name text not null,
  slug text not null check (slug !~ '^[0-9a-f]{8}-'),
  status text not null check (status in ('provisioning', 'active', 'suspended')),
  owner_id uuid not null,
  version integer not null default 1,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id)
);
-- Slugs are looked up before a tenant is known, and belong to one tenant of the whole platform.
create unique index tenant_slug on tenant (slug);
create index tenant_status on tenant (status) where status = 'provisioning';
select protect('tenant', 'select, update');
select open_to('tenant', 'tenant_service_platform', 'select, update');
select open_to('tenant', 'tenant_service_lookup', 'select');
grant insert on tenant to tenant_service_platform;

create table provisioning_step (
  tenant_id uuid not null default current_tenant(),
  name text not null,
  position smallint not null,
  state text not null default 'waiting' check (state in ('waiting', 'done')),
  attempts integer not null default 0,
  last_error text,
  finished_at timestamptz(3),
  primary key (tenant_id, name)
);
select protect('provisioning_step', 'select, update');
grant insert on provisioning_step to tenant_service_platform;

-- Every version of the settings; the one in force at a time is the last that began before it.
create table settings_version (
  tenant_id uuid not null default current_tenant(),
  version integer not null,
  settings jsonb not null,
  changed_by text not null,
  valid_from timestamptz(3) not null,
  primary key (tenant_id, version)
);
select protect('settings_version', 'select, insert');
grant insert on settings_version to tenant_service_platform;

create function find_tenant_by_slug(the_slug text)
returns table (id uuid, slug text, status text)
language sql stable security definer set search_path = tenant_service, pg_temp as $$
  select t.tenant_id, t.slug, t.status from tenant_service.tenant t where t.slug = the_slug
$$;
create function find_tenant_by_id(the_id uuid)
returns table (id uuid, slug text, status text)
language sql stable security definer set search_path = tenant_service, pg_temp as $$
  select t.tenant_id, t.slug, t.status from tenant_service.tenant t where t.tenant_id = the_id
$$;
do $$
declare
  signature text;
begin
  foreach signature in array array['find_tenant_by_slug(text)', 'find_tenant_by_id(uuid)'] loop
    execute format('alter function %s owner to tenant_service_lookup', signature);
    execute format('revoke execute on function %s from public', signature);
    execute format('grant execute on function %s to tenant_service', signature);
  end loop;
end $$;
