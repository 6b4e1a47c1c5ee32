create table cart (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  -- Null for a guest, whose cart is whose who knows its id.
  account_id uuid,
  currency text not null,
  order_id uuid,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id)
);
create index cart_account on cart (tenant_id, account_id) where order_id is null;
select protect('cart');

create table cart_line (
  tenant_id uuid not null default current_tenant(),
  cart_id uuid not null,
  variant_id uuid not null,
  quantity integer not null check (quantity > 0),
  added_at timestamptz(3) not null,
  primary key (tenant_id, cart_id, variant_id),
  foreign key (tenant_id, cart_id) references cart (tenant_id, id) on delete cascade
);
select protect('cart_line');
