-- A checkout that was begun and has not ended is resumed, whoever began it. Its id becomes the
-- order's, and names each step to the services that carry it out, so that none is done twice.
create table checkout (
  tenant_id uuid not null default current_tenant(),
  order_id uuid not null,
  cart_id uuid not null,
  state text not null check (state in ('open', 'done', 'failed')),
  input jsonb not null,
  started_at timestamptz(3) not null,
  primary key (tenant_id, order_id)
);
create unique index checkout_cart on checkout (tenant_id, cart_id) where state = 'open';
create index checkout_open on checkout (started_at) where state = 'open';
select protect('checkout', 'select, insert, update');
select open_to('checkout', 'order_service_platform', 'select');

-- Money that came for an order that was called off meanwhile.
create table money_back (
  tenant_id uuid not null default current_tenant(),
  payment_id uuid not null,
  order_id uuid not null,
  due_at timestamptz(3) not null,
  primary key (tenant_id, payment_id)
);
create index money_back_due on money_back (due_at);
select protect('money_back');
select open_to('money_back', 'order_service_platform', 'select');
-- History that is handled again gives nothing back.
select shut_while_replaying('money_back');
