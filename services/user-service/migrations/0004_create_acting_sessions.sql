-- Somebody of the platform's tenant at work for another one. The row belongs to the tenant that is
-- acted for, which can see and end it. Account and parent session are rows of the platform's tenant,
-- so neither is a foreign key of this one; the door asks for the parent at every request.
create table acting_session (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  account_id uuid not null,
  parent_id uuid not null,
  standing text not null check (standing in ('member', 'operator')),
  reason text check (standing <> 'operator' or reason is not null),
  display_name text not null,
  email text not null,
  address text,
  user_agent text,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  ended_at timestamptz(3),
  primary key (tenant_id, id)
);
create index acting_session_account on acting_session (tenant_id, account_id);
create index acting_session_expires_at on acting_session (expires_at);
select protect('acting_session');

select open_to('acting_session', 'user_service_platform', 'select, delete');
grant insert on acting_session to user_service_platform;
