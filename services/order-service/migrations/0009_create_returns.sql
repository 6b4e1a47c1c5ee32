alter table sales_order drop constraint sales_order_state_check;
alter table sales_order add constraint sales_order_state_check check (
  state in (
    'awaiting_payment', 'paid', 'fulfilling', 'shipped', 'delivered', 'cancelled', 'refunded',
    'returned'
  )
);

-- Goods that come back. Whoever makes one or moves it on holds the row of its order, so that no more is
-- returned than was bought.
create table order_return (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  order_id uuid not null,
  state text not null check (
    state in ('requested', 'approved', 'refused', 'received', 'refunding', 'refunded')
  ),
  reason text not null,
  deduction_minor bigint not null default 0 check (deduction_minor >= 0),
  refunded_minor bigint check (refunded_minor >= 0),
  check ((refunded_minor is not null) = (state = 'refunded')),
  -- When the job gives back what is decided.
  due_at timestamptz(3),
  check ((due_at is not null) = (state = 'refunding')),
  version integer not null,
  requested_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, order_id) references sales_order (tenant_id, id)
);
create index order_return_order on order_return (tenant_id, order_id);
create index order_return_due on order_return (due_at) where state = 'refunding';
select protect('order_return', 'select, insert, update');
select open_to('order_return', 'order_service_platform', 'select');

create table order_return_line (
  tenant_id uuid not null default current_tenant(),
  return_id uuid not null,
  order_id uuid not null,
  variant_id uuid not null,
  quantity integer not null check (quantity > 0),
  amount_minor bigint not null check (amount_minor >= 0),
  restocked boolean,
  primary key (tenant_id, return_id, variant_id),
  foreign key (tenant_id, return_id) references order_return (tenant_id, id),
  foreign key (tenant_id, order_id, variant_id) references order_line (tenant_id, order_id, variant_id)
);
create index order_return_line_order on order_return_line (tenant_id, order_id, variant_id);
select protect('order_return_line', 'select, insert, update');

create table order_return_change (
  tenant_id uuid not null default current_tenant(),
  return_id uuid not null,
  version integer not null,
  state text not null,
  note text,
  made_by text not null,
  at timestamptz(3) not null,
  primary key (tenant_id, return_id, version),
  foreign key (tenant_id, return_id) references order_return (tenant_id, id)
);
select protect('order_return_change', 'select, insert');
