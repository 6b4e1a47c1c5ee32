-- A definer function that finds one row before a tenant is known: owned by the role that may look
-- across tenants, callable by the running service alone.
create function make_lookup(signature text) returns void language plpgsql as $$
begin
  execute format('revoke all on function %s from public', signature);
  execute format('grant execute on function %s to user_service', signature);
  execute format('alter function %s owner to user_service_lookup', signature);
end $$;

-- Names are copied from the account, which lives in the platform's tenant and cannot be joined from
-- any other; in the platform's own tenant they are joined and may be null here.
alter table membership
  add column display_name text,
  add column email text,
  add column version integer not null default 1;
create index membership_account on membership (account_id);
select open_to('membership', 'user_service_lookup', 'select');
-- Who accepts an invitation or enters a tenant comes from the platform's tenant, through the platform
-- door, which works under one tenant at a time: no policy shows it every tenant's members.
grant select, insert, update (display_name, email) on membership to user_service_platform;

create table role (
  tenant_id uuid not null default current_tenant(),
  name text not null,
  patterns text[] not null,
  version integer not null default 1,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, name)
);
select protect('role');

-- Only the hash of the link is kept; an invitation is accepted by deleting its row.
create table invitation (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  email text not null,
  roles text[] not null,
  hash bytea not null,
  invited_by text not null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  primary key (tenant_id, id),
  unique (tenant_id, email)
);
create unique index invitation_hash on invitation (hash);
create index invitation_expires_at on invitation (expires_at);
select protect('invitation');
select open_to('invitation', 'user_service_lookup', 'select');
select open_to('invitation', 'user_service_platform', 'select, delete');

create function memberships_of(wanted uuid) returns jsonb
language sql stable security definer set search_path = user_service, pg_temp as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'tenantId', tenant_id, 'roles', roles,
    'createdAt', to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
  ) order by created_at, tenant_id), '[]')
  from membership where account_id = wanted
$$;
select make_lookup('memberships_of(uuid)');

-- The roles an account has in a tenant, null when it is no member, and whether the tenant is known.
create function standing_in(wanted_tenant uuid, wanted_account uuid)
returns table (roles text[], tenant_exists boolean)
language sql stable security definer set search_path = user_service, pg_temp as $$
  select
    (select m.roles from membership m
     where m.tenant_id = wanted_tenant and m.account_id = wanted_account),
    exists (select from membership m where m.tenant_id = wanted_tenant)
$$;
select make_lookup('standing_in(uuid, uuid)');

create function find_invitation(wanted bytea)
returns table (tenant_id uuid, email text, expires_at timestamptz)
language sql stable security definer set search_path = user_service, pg_temp as $$
  select i.tenant_id, i.email, i.expires_at from invitation i where i.hash = wanted
$$;
select make_lookup('find_invitation(bytea)');

-- Accounts of the platform's tenant and no others: the staff of every tenant.
create policy user_service_lookup_select on account for select to user_service_lookup
  using (tenant_id = '00000000-0000-7000-8000-000000000001');
grant select on account to user_service_lookup;

create function find_staff(wanted uuid) returns table (email text, display_name text)
language sql stable security definer set search_path = user_service, pg_temp as $$
  select a.email, a.display_name from account a
  where a.tenant_id = '00000000-0000-7000-8000-000000000001' and a.id = wanted
    and a.status = 'active' and a.email_verified_at is not null
$$;
select make_lookup('find_staff(uuid)');
