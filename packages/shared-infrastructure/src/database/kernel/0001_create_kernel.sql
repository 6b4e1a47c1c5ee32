-- What every service's schema has. Names are unqualified: the runner sets search_path to the schema,
-- and the schema has the name of the role that the running service connects as.

create function current_tenant() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.tenant_id', true), '')::uuid $$;

-- Forced row-level security with the one policy every table of tenant data has.
create function protect(target regclass, privileges text default 'select, insert, update, delete')
returns void language plpgsql as $$
declare
  own constant text :=
    '(tenant_id = (select nullif(current_setting(''app.tenant_id'', true), '''')::uuid))';
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('create policy tenant on %s using %s with check %s', target, own, own);
  execute format('grant %s on %s to %I', privileges, target, current_schema());
end $$;

-- A declared exception: one role sees the rows of every tenant in one table.
create function open_to(target regclass, role_name text, privileges text)
returns void language plpgsql as $$
declare
  command text;
begin
  foreach command in array string_to_array(replace(privileges, ' ', ''), ',') loop
    execute case command
      when 'select' then format('create policy %I on %s for select to %I using (true)',
        role_name || '_select', target, role_name)
      when 'delete' then format('create policy %I on %s for delete to %I using (true)',
        role_name || '_delete', target, role_name)
      when 'update' then format('create policy %I on %s for update to %I using (true) with check (true)',
        role_name || '_update', target, role_name)
      when 'insert' then format('create policy %I on %s for insert to %I with check (true)',
        role_name || '_insert', target, role_name)
    end;
  end loop;
  execute format('grant %s on %s to %I', privileges, target, role_name);
end $$;

-- Events of this service on their way to the log; the business transaction writes them here.
create table outbox (
  seq bigint generated always as identity primary key,
  xid xid8 not null default pg_current_xact_id(),
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  type text not null,
  schema_version integer not null,
  key text not null,
  partition smallint not null,
  aggregate_version integer,
  time timestamptz(3) not null,
  traceparent text,
  causation_id uuid,
  correlation_id text,
  data text not null
);
create index outbox_xid on outbox (xid);
select protect('outbox', 'insert');
select open_to('outbox', 'event_writer', 'select, delete');

-- Answers of requests that carried an Idempotency-Key, kept for 24 hours.
create table idempotency (
  tenant_id uuid not null default current_tenant(),
  principal text not null,
  operation text not null,
  key text not null,
  request_hash bytea not null,
  reply jsonb,
  claimed_at timestamptz(3) not null,
  primary key (tenant_id, principal, operation, key)
);
create index idempotency_claimed_at on idempotency (claimed_at);
select protect('idempotency', 'select, insert, update');
select open_to('idempotency', current_schema() || '_platform', 'select, delete');
-- Work through the platform door carries keys, events and audit rows as well, one tenant at a time.
do $$ begin
  execute format('grant insert, update on idempotency to %I', current_schema() || '_platform');
  execute format('grant insert on outbox to %I', current_schema() || '_platform');
end $$;

create function claim_answer(text, text, text, bytea, timestamptz, jsonb)
returns void language plpgsql set lock_timeout = '100ms' as $$
begin
  insert into idempotency (principal, operation, key, request_hash, claimed_at, reply)
  values ($1, $2, $3, $4, $5, $6);
end $$;

-- Who did what, append-only: the service may insert and read, nothing else.
create table audit (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  at timestamptz(3) not null,
  xid xid8 not null default pg_current_xact_id(),
  action text not null,
  outcome text not null check (outcome in ('success', 'failure')),
  subject text not null,
  actor text,
  resource text,
  detail jsonb not null,
  address text,
  trace_id text not null,
  sealed boolean not null default false,
  primary key (tenant_id, id)
);
create index audit_unsealed on audit (xid) where not sealed;
select protect('audit', 'select, insert');
do $$ begin
  execute format('grant insert on audit to %I', current_schema() || '_platform');
end $$;
select open_to('audit', current_schema() || '_platform', 'select');
-- The sealer may note that it has seen a row; what the row says it cannot change.
do $$ begin
  execute format('create policy sealer on audit for update to %I using (true) with check (true)',
    current_schema() || '_platform');
  execute format('grant update (sealed) on audit to %I', current_schema() || '_platform');
end $$;

-- The chain over a tenant's audit rows: each link holds the digest of its row and of the link before.
create table audit_seal (
  tenant_id uuid not null default current_tenant(),
  position bigint not null,
  audit_id uuid not null,
  digest bytea not null,
  primary key (tenant_id, position),
  unique (tenant_id, audit_id)
);
select protect('audit_seal', 'select');
select open_to('audit_seal', current_schema() || '_platform', 'select, insert');

-- Keys that encrypt one person's data in events; deleting a key erases that person from history.
create table subject_key (
  tenant_id uuid not null default current_tenant(),
  subject text not null,
  wrapped bytea not null,
  primary key (tenant_id, subject)
);
select protect('subject_key');

-- Which process may do a recurring job; taken over when it expires.
create table lease (
  name text primary key,
  holder uuid not null,
  epoch bigint not null,
  expires_at timestamptz(3) not null,
  last_run_at timestamptz(3)
);
do $$ begin
  execute format('grant select, insert, update on lease to %I', current_schema());
end $$;
