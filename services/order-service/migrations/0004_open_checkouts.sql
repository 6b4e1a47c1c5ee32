-- When it is gone on with, if it is still open then: later each time that it cannot be.
alter table checkout add column resume_at timestamptz(3) not null default '-infinity';
alter table checkout alter column resume_at drop default;
alter table checkout add column attempts integer not null default 0;
drop index checkout_open;
create index checkout_open on checkout (resume_at) where state = 'open';

-- What was given back of what was paid, as the payment says.
alter table sales_order add column refunded_minor bigint not null default 0
  check (refunded_minor between 0 and total_minor);

-- Carts of nobody are swept when they were not touched for long.
create index cart_untouched on cart (updated_at) where order_id is null;
select open_to('cart', 'order_service_platform', 'select');

-- Begins the checkout of an open cart with what is in it, and answers what it was begun with: $4 with
-- the cart's currency and lines. Nothing when the cart is ordered, empty, or not theirs; whoever orders
-- or changes a cart locks it first, so the lines are read once it is locked.
-- The commit is not waited for: the log of the server is written in order, so the commit of the
-- reservation that follows takes it to disk.
create function open_checkout(
  order_to_be uuid, of_cart uuid, of_account uuid, request jsonb, at timestamptz,
  resumed_at timestamptz
)
returns jsonb language plpgsql as $$
declare
  found_currency text;
  found_lines jsonb;
begin
  perform set_config('synchronous_commit', 'off', true);
  select currency into found_currency from cart
    where id = of_cart and order_id is null and (account_id is null or account_id = of_account)
    for share;
  select jsonb_agg(jsonb_build_object('variantId', variant_id, 'quantity', quantity)
      order by added_at, variant_id)
    into found_lines from cart_line where cart_id = of_cart;
  if found_currency is null or found_lines is null then
    return null;
  end if;
  request := request || jsonb_build_object('currency', found_currency, 'lines', found_lines);
  insert into checkout (order_id, cart_id, state, input, started_at, resume_at)
    values (order_to_be, of_cart, 'open', request, at, resumed_at);
  return request;
end $$;
