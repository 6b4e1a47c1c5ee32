create table session (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  account_id uuid not null,
  methods text[] not null,
  address text,
  user_agent text,
  created_at timestamptz(3) not null,
  last_used_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  revoked_at timestamptz(3),
  revoke_reason text,
  primary key (tenant_id, id),
  foreign key (tenant_id, account_id) references account (tenant_id, id) on delete cascade
);
create index session_account on session (tenant_id, account_id);
create index session_expires_at on session (expires_at);
select protect('session');
select open_to('session', 'user_service_platform', 'select, delete');

-- Only hashes. A used token stays until its session ends, so that its reuse is recognised.
create table refresh_token (
  tenant_id uuid not null default current_tenant(),
  hash bytea not null,
  session_id uuid not null,
  used_at timestamptz(3),
  primary key (tenant_id, hash),
  foreign key (tenant_id, session_id) references session (tenant_id, id) on delete cascade
);
create index refresh_token_session on refresh_token (tenant_id, session_id);
select protect('refresh_token');

-- Failed sign-ins, counted per address a mail goes to, whether an account exists or not.
create table sign_in_limit (
  tenant_id uuid not null default current_tenant(),
  key text not null,
  failures integer not null,
  last_failure_at timestamptz(3) not null,
  primary key (tenant_id, key)
);
create index sign_in_limit_last_failure_at on sign_in_limit (last_failure_at);
select protect('sign_in_limit');
select open_to('sign_in_limit', 'user_service_platform', 'select, delete');

-- From where an account has signed in before: such places are not shut out by failures elsewhere.
create table known_place (
  tenant_id uuid not null default current_tenant(),
  account_id uuid not null,
  place text not null,
  last_used_at timestamptz(3) not null,
  primary key (tenant_id, account_id, place),
  foreign key (tenant_id, account_id) references account (tenant_id, id) on delete cascade
);
select protect('known_place');

create table signing_key (
  kid text primary key,
  state text not null check (state in ('next', 'active', 'retired')),
  public_key jsonb not null,
  private_key_sealed bytea not null,
  created_at timestamptz(3) not null,
  activated_at timestamptz(3),
  retired_at timestamptz(3)
);
create unique index signing_key_active on signing_key (state) where state = 'active';
create unique index signing_key_next on signing_key (state) where state = 'next';
grant select, insert, update, delete on signing_key to user_service;
