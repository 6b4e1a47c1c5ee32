-- A browser's session belongs to the client whose server holds its cookie, of which only the hash is
-- here. It ends when nobody uses it, which moves expires_at, and at renewable_until in any case.
alter table session
  add column client text,
  add column credential_hash bytea,
  add column renewable_until timestamptz(3),
  -- When the person showed who they are, where that was in another session.
  add column authenticated_at timestamptz(3),
  add constraint session_client check (
    num_nonnulls(client, credential_hash, renewable_until) in (0, 3)
  );
create unique index session_credential on session (tenant_id, credential_hash);

-- Acting for a tenant in a browser has a cookie of its own, beside that of the session it came from.
alter table acting_session
  add column client text,
  add column credential_hash bytea,
  add constraint acting_session_client check (num_nonnulls(client, credential_hash) in (0, 2));
create unique index acting_session_credential on acting_session (tenant_id, credential_hash);

-- A used code stays until it is swept, so that its reuse is recognised and ends what it gave.
create table sign_in_code (
  tenant_id uuid not null default current_tenant(),
  hash bytea not null,
  session_id uuid not null,
  client text not null,
  return_origin text not null,
  challenge bytea not null,
  expires_at timestamptz(3) not null,
  used_at timestamptz(3),
  opened_session_id uuid,
  primary key (tenant_id, hash),
  foreign key (tenant_id, session_id) references session (tenant_id, id) on delete cascade,
  foreign key (tenant_id, opened_session_id) references session (tenant_id, id) on delete cascade
);
create index sign_in_code_session on sign_in_code (tenant_id, session_id);
create index sign_in_code_opened_session on sign_in_code (tenant_id, opened_session_id);
create index sign_in_code_expires_at on sign_in_code (expires_at);
select protect('sign_in_code', 'select, insert, update');
select open_to('sign_in_code', 'user_service_platform', 'select, delete');
