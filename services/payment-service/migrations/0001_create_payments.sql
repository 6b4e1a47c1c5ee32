create table payment (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  order_id uuid not null,
  gateway text not null,
  -- What the gateway calls it.
  reference text not null,
  state text not null check (
    state in ('processing', 'requires_action', 'authorized', 'captured', 'failed', 'voided')
  ),
  amount_minor bigint not null check (amount_minor > 0),
  currency text not null,
  captured_minor bigint not null default 0 check (captured_minor between 0 and amount_minor),
  refunded_minor bigint not null default 0 check (refunded_minor between 0 and captured_minor),
  card_brand text,
  card_last4 text,
  failure_code text check ((failure_code is not null) = (state = 'failed')),
  action_url text,
  version integer not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  unique (tenant_id, gateway, reference)
);
-- No order is paid twice, whatever happens at once: only what failed or was let go makes room.
create unique index payment_order on payment (tenant_id, order_id)
  where state not in ('failed', 'voided');
create index payment_of_order on payment (tenant_id, order_id, id);
create index payment_processing on payment (updated_at) where state = 'processing';
select protect('payment', 'select, insert, update');
select open_to('payment', 'payment_service_platform', 'select');

create table refund (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  payment_id uuid not null,
  amount_minor bigint not null check (amount_minor > 0),
  reason text,
  made_by text not null,
  created_at timestamptz(3) not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, payment_id) references payment (tenant_id, id)
);
create index refund_payment on refund (tenant_id, payment_id, id);
select protect('refund', 'select, insert');
