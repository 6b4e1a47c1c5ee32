-- Double entry: a row is a debit of one account and the credit of another of the same amount and
-- currency, so that no sum can come to be out of balance. Rows are added and never changed.
create table ledger_transfer (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  kind text not null check (kind in ('capture', 'refund')),
  debit text not null,
  credit text not null check (credit <> debit),
  amount_minor bigint not null check (amount_minor > 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  payment_id uuid not null,
  at timestamptz(3) not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, payment_id) references payment (tenant_id, id)
);
create index ledger_transfer_payment on ledger_transfer (tenant_id, payment_id, id);
select protect('ledger_transfer', 'select, insert');
