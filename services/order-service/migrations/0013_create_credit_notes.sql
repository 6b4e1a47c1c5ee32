-- What was given back of an order that has an invoice: numbered without gaps for a tenant, in the commit
-- that notes the refund.
create table credit_note (
  tenant_id uuid not null default current_tenant(),
  number integer not null check (number > 0),
  order_id uuid not null,
  -- What told of it, which may be told again.
  event_id uuid not null,
  refund_id uuid,
  amount_minor bigint not null check (amount_minor > 0),
  -- The amount by the rates that it was taxed by.
  rates jsonb not null,
  -- The goods that came back for it; empty where it is of none.
  lines jsonb not null,
  made_at timestamptz(3) not null,
  -- Since when it counts no more, because the money did not arrive.
  voided_at timestamptz(3),
  primary key (tenant_id, number),
  unique (tenant_id, event_id),
  foreign key (tenant_id, order_id) references sales_order (tenant_id, id)
);
create index credit_note_order on credit_note (tenant_id, order_id, number);
select protect('credit_note', 'select, insert');
grant update (voided_at) on credit_note to order_service;
