create table account (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  email text not null,
  display_name text not null,
  locale text not null,
  timezone text not null default 'UTC',
  status text not null default 'active' check (status in ('active', 'disabled')),
  email_verified_at timestamptz(3),
  version integer not null default 1,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  unique (tenant_id, email)
);
select protect('account');

create table credential (
  tenant_id uuid not null default current_tenant(),
  account_id uuid not null,
  password_hash text not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, account_id),
  foreign key (tenant_id, account_id) references account (tenant_id, id) on delete cascade
);
select protect('credential');

-- Links sent by mail. Only the hash is kept; a token is used by deleting its row.
create table one_time_token (
  tenant_id uuid not null default current_tenant(),
  hash bytea not null,
  purpose text not null check (purpose in ('verify_email', 'reset_password', 'set_up_platform')),
  account_id uuid,
  -- What was chosen at sign-up takes effect with the verification, for which the password is asked
  -- again: whoever signs up with somebody else's address never gets a password into that account,
  -- neither by being first nor by being last.
  password_hash text,
  display_name text,
  locale text,
  expires_at timestamptz(3) not null,
  primary key (tenant_id, hash),
  foreign key (tenant_id, account_id) references account (tenant_id, id) on delete cascade
);
create index one_time_token_account on one_time_token (tenant_id, account_id);
create index one_time_token_expires_at on one_time_token (expires_at);
select protect('one_time_token');
select open_to('one_time_token', 'user_service_platform', 'select, delete');

-- What an account may do in a tenant. Accounts of the platform's tenant are members of others too,
-- so the account is not a foreign key of this tenant.
create table membership (
  tenant_id uuid not null default current_tenant(),
  account_id uuid not null,
  roles text[] not null,
  created_at timestamptz(3) not null,
  primary key (tenant_id, account_id)
);
select protect('membership');

create table captured_mail (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  recipient text not null,
  subject text not null,
  body text not null,
  at timestamptz(3) not null,
  primary key (tenant_id, id)
);
create index captured_mail_recipient on captured_mail (tenant_id, recipient, id);
select protect('captured_mail', 'select, insert');
select open_to('captured_mail', 'user_service_platform', 'select');
