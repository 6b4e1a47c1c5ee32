-- What the sandbox knows, as a gateway elsewhere would: its truth, not ours.
create table sandbox_charge (
  tenant_id uuid not null default current_tenant(),
  reference text not null,
  state text not null check (
    state in ('processing', 'requires_action', 'authorized', 'captured', 'failed', 'voided')
  ),
  amount_minor bigint not null,
  captured_minor bigint not null default 0 check (captured_minor between 0 and amount_minor),
  refunded_minor bigint not null default 0 check (refunded_minor between 0 and captured_minor),
  -- Whether the money is taken as soon as it may be.
  takes boolean not null,
  failure_code text,
  challenge text,
  -- When it comes to be known what becomes of it, and whether that is good.
  settles_at timestamptz(3),
  succeeds boolean not null default true,
  primary key (tenant_id, reference)
);
create unique index sandbox_charge_challenge on sandbox_charge (tenant_id, challenge)
  where challenge is not null;
select protect('sandbox_charge', 'select, insert, update');
