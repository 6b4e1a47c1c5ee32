alter table sales_order drop constraint sales_order_state_check;
alter table sales_order add constraint sales_order_state_check check (
  state in (
    'awaiting_payment', 'paid', 'fulfilling', 'shipped', 'delivered', 'cancelled', 'refunded'
  )
);

-- A parcel. Whoever makes one holds the row of its order, so that no two send the same goods. Orders that
-- were sent before there were fulfilments have none.
create table fulfilment (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  order_id uuid not null,
  -- What the order became by it.
  order_version integer not null,
  tracking jsonb not null,
  shipped_at timestamptz(3) not null,
  delivered_at timestamptz(3),
  primary key (tenant_id, id),
  unique (tenant_id, order_id, order_version),
  foreign key (tenant_id, order_id) references sales_order (tenant_id, id)
);
select protect('fulfilment', 'select, insert, update');

create table fulfilment_line (
  tenant_id uuid not null default current_tenant(),
  fulfilment_id uuid not null,
  order_id uuid not null,
  variant_id uuid not null,
  quantity integer not null check (quantity > 0),
  primary key (tenant_id, fulfilment_id, variant_id),
  foreign key (tenant_id, fulfilment_id) references fulfilment (tenant_id, id),
  foreign key (tenant_id, order_id, variant_id) references order_line (tenant_id, order_id, variant_id)
);
select protect('fulfilment_line', 'select, insert');
