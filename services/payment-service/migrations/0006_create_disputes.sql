-- A payer's bank takes money back. What of a payment is in dispute cannot be given back besides.
alter table payment add column dispute_state text check (dispute_state in ('open', 'lost'));

create table dispute (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  payment_id uuid not null,
  -- What the gateway calls it.
  reference text not null,
  state text not null check (
    state in ('inquiry', 'needs_response', 'under_review', 'won', 'lost', 'closed')
  ),
  amount_minor bigint not null check (amount_minor > 0),
  reason text not null,
  evidence_due_at timestamptz(3),
  withdrawn_minor bigint not null check (withdrawn_minor >= 0),
  reinstated_minor bigint not null check (reinstated_minor between 0 and withdrawn_minor),
  -- What the gateway charges for it, which need not be in the currency of the payment.
  fee_minor bigint not null,
  fee_currency text not null,
  opened_at timestamptz(3) not null,
  closed_at timestamptz(3),
  check ((closed_at is not null) = (state in ('won', 'lost', 'closed'))),
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  unique (tenant_id, payment_id, reference),
  foreign key (tenant_id, payment_id) references payment (tenant_id, id)
);
select protect('dispute', 'select, insert, update');

alter table ledger_transfer drop constraint ledger_transfer_kind_check;
alter table ledger_transfer add constraint ledger_transfer_kind_check check (
  kind in ('capture', 'refund', 'dispute', 'dispute_reversal', 'fee', 'fee_reversal')
);

-- A charge of the sandbox that its payer will dispute, or does.
alter table sandbox_charge add column dispute_state text check (
  dispute_state in ('pending', 'needs_response', 'won', 'lost')
);
alter table sandbox_charge add column dispute_minor bigint;
-- When it is opened, and then when it is lost unless it is decided before.
alter table sandbox_charge add column dispute_at timestamptz(3);
alter table sandbox_charge add column dispute_opened_at timestamptz(3);
