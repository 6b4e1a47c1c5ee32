create table sales_order (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  reference text not null,
  state text not null check (
    state in ('awaiting_payment', 'paid', 'shipped', 'delivered', 'cancelled', 'refunded')
  ),
  account_id uuid,
  email text not null,
  shipping_address jsonb not null,
  currency text not null,
  total_minor bigint not null check (total_minor >= 0),
  reservation_id uuid not null,
  -- Null where there was nothing to pay.
  payment_id uuid,
  action_url text,
  tracking jsonb,
  reason text,
  version integer not null,
  placed_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id)
);
create unique index sales_order_reference on sales_order (tenant_id, reference);
create unique index sales_order_payment on sales_order (tenant_id, payment_id);
create index sales_order_account on sales_order (tenant_id, account_id, id);
create index sales_order_email on sales_order (tenant_id, email, id);
create index sales_order_awaiting on sales_order (placed_at) where state = 'awaiting_payment';
select protect('sales_order', 'select, insert, update');
select open_to('sales_order', 'order_service_platform', 'select');

create table order_line (
  tenant_id uuid not null default current_tenant(),
  order_id uuid not null,
  variant_id uuid not null,
  product_id uuid not null,
  title text not null,
  sku text,
  option_values text[] not null,
  quantity integer not null check (quantity > 0),
  unit_minor bigint not null check (unit_minor >= 0),
  primary key (tenant_id, order_id, variant_id),
  foreign key (tenant_id, order_id) references sales_order (tenant_id, id)
);
select protect('order_line', 'select, insert');

-- What an order became and when; what it was at any moment is read from here.
create table order_change (
  tenant_id uuid not null default current_tenant(),
  order_id uuid not null,
  version integer not null,
  state text not null,
  tracking jsonb,
  reason text,
  made_by text not null,
  at timestamptz(3) not null,
  primary key (tenant_id, order_id, version),
  foreign key (tenant_id, order_id) references sales_order (tenant_id, id)
);
select protect('order_change', 'select, insert');
