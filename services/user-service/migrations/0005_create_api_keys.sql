-- Only hashes. A rotation moves the hash to previous_hash, which works on until its own end.
create table api_key (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  name text not null,
  prefix text not null,
  hash bytea not null,
  previous_hash bytea,
  previous_expires_at timestamptz(3),
  scopes text[] not null,
  created_by text not null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3),
  last_used_at timestamptz(3),
  revoked_at timestamptz(3),
  primary key (tenant_id, id)
);
create unique index api_key_hash on api_key (hash);
create unique index api_key_previous_hash on api_key (previous_hash);
select protect('api_key', 'select, insert, update');
select open_to('api_key', 'user_service_lookup', 'select');

-- Last uses of all tenants' keys are written together, now and then.
create policy user_service_platform_select on api_key for select to user_service_platform
  using (true);
create policy user_service_platform_update on api_key for update to user_service_platform
  using (true) with check (true);
grant select (tenant_id, id, last_used_at), update (last_used_at)
  on api_key to user_service_platform;

create function find_api_key(wanted bytea)
returns table (id uuid, tenant_id uuid, scopes text[], expires_at timestamptz)
language sql stable security definer set search_path = user_service, pg_temp as $$
  select k.id, k.tenant_id, k.scopes, k.expires_at from api_key k
  where k.hash = wanted and k.revoked_at is null
  union all
  select k.id, k.tenant_id, k.scopes, least(k.expires_at, k.previous_expires_at) from api_key k
  where k.previous_hash = wanted and k.revoked_at is null
  limit 1
$$;
select make_lookup('find_api_key(bytea)');
