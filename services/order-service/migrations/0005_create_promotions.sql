create table promotion (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  name text not null,
  -- Null of what everybody gets.
  code text,
  kind text not null check (kind in ('percent', 'amount', 'free_shipping')),
  basis_points integer check ((kind = 'percent') = (basis_points is not null)),
  amount_minor bigint check ((kind = 'amount') = (amount_minor is not null)),
  currency text check ((kind = 'amount') = (currency is not null)),
  product_ids uuid[],
  minimum_minor bigint,
  minimum_currency text check ((minimum_minor is null) = (minimum_currency is null)),
  starts_at timestamptz(3),
  ends_at timestamptz(3),
  use_limit integer,
  limit_per_customer integer,
  combinable boolean not null,
  -- By how many orders, and checkouts that may become one.
  used integer not null default 0 check (used between 0 and coalesce(use_limit, used)),
  created_at timestamptz(3) not null,
  primary key (tenant_id, id)
);
create unique index promotion_code on promotion (tenant_id, code);
select protect('promotion', 'select, insert, update');

create table redemption (
  tenant_id uuid not null default current_tenant(),
  promotion_id uuid not null,
  order_id uuid not null,
  account_id uuid,
  primary key (tenant_id, promotion_id, order_id),
  foreign key (tenant_id, promotion_id) references promotion (tenant_id, id)
);
create index redemption_account on redemption (tenant_id, promotion_id, account_id);
create index redemption_order on redemption (tenant_id, order_id);
select protect('redemption', 'select, insert, delete');

create table cart_coupon (
  tenant_id uuid not null default current_tenant(),
  cart_id uuid not null,
  code text not null,
  primary key (tenant_id, cart_id, code),
  foreign key (tenant_id, cart_id) references cart (tenant_id, id) on delete cascade
);
select protect('cart_coupon');

create table shipping_method (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  name text not null,
  countries text[],
  amount_minor bigint not null check (amount_minor >= 0),
  currency text not null,
  free_from_minor bigint,
  removed_at timestamptz(3),
  primary key (tenant_id, id)
);
select protect('shipping_method', 'select, insert, update');

create table tax_rate (
  tenant_id uuid not null default current_tenant(),
  country text not null,
  -- Empty for all of the country that has no rate of its own.
  region text not null,
  name text not null,
  basis_points integer not null check (basis_points between 0 and 10000),
  included boolean not null,
  primary key (tenant_id, country, region)
);
select protect('tax_rate');

-- What it came to and how; null of orders from before there was anything but lines.
alter table sales_order add column totals jsonb;
alter table order_line
  add column discount_minor bigint not null default 0,
  add column tax_minor bigint not null default 0;

-- Under which terms a cart is priced that goes to a place: the promotions that everybody gets or that
-- it has the code of, and the tax.
create function cart_terms(
  of_cart uuid, wanted_currency text, to_country text, to_region text, at timestamptz
)
returns jsonb language sql stable as $$
  select jsonb_build_object(
    'promotions', coalesce((
      select jsonb_agg(jsonb_build_object('id', id, 'name', name, 'code', code, 'kind', kind,
        'basisPoints', basis_points, 'amountMinor', amount_minor, 'productIds', product_ids,
        'minimumMinor', minimum_minor, 'isCombinable', combinable) order by id)
      from promotion
      where coalesce(starts_at <= at, true) and coalesce(ends_at > at, true)
        and coalesce(currency = wanted_currency, true)
        and coalesce(minimum_currency = wanted_currency, true)
        and (code is null or code in (select c.code from cart_coupon c where c.cart_id = of_cart))
    ), '[]'),
    'taxRate', (
      select jsonb_build_object('name', name, 'basisPoints', basis_points, 'isIncluded', included)
      from tax_rate where country = to_country and region in ('', lower(to_region))
      order by region desc limit 1))
$$;

create function shipping_of(method uuid, wanted_currency text, to_country text)
returns jsonb language sql stable as $$
  select jsonb_build_object('name', name, 'amountMinor', amount_minor,
    'freeFromMinor', free_from_minor)
  from shipping_method
  where id = method and removed_at is null and currency = wanted_currency
    and (countries is null or to_country = any (countries))
$$;

-- Uses up the codes of a cart for an order to be. Fails with PN010 and the code as its detail where one
-- cannot be used any more: whoever uses the last one locks its row first.
create function redeem_coupons(
  of_cart uuid, order_to_be uuid, of_account uuid, at timestamptz
)
returns void language plpgsql as $$
declare
  wanted text;
  redeemed uuid;
begin
  for wanted in select code from cart_coupon where cart_id = of_cart order by code loop
    update promotion p set used = used + 1
      where p.code = wanted
        and coalesce(starts_at <= at, true) and coalesce(ends_at > at, true)
        and coalesce(used < use_limit, true)
        and (limit_per_customer is null or limit_per_customer >
          case when of_account is null then limit_per_customer
            else (select count(*) from redemption r
              where r.promotion_id = p.id and r.account_id = of_account) end)
      returning id into redeemed;
    if not found then
      raise exception 'coupon' using errcode = 'PN010', detail = wanted;
    end if;
    insert into redemption (promotion_id, order_id, account_id)
      values (redeemed, order_to_be, of_account);
  end loop;
end $$;

-- What an order used up is free again: it came to nothing.
create function release_coupons(of_order uuid)
returns void language sql as $$
  with back as (delete from redemption where order_id = of_order returning promotion_id)
  update promotion p set used = used - 1 from back where p.id = back.promotion_id
$$;

drop function open_checkout(uuid, uuid, uuid, jsonb, timestamptz, timestamptz);

-- Begins the checkout of an open cart with what is in it, and answers what it was begun with: the
-- request with the cart's currency, its lines, and the terms that it is priced under, however long it
-- takes. Nothing when the cart is ordered, empty, or not theirs; PN010 for a code that cannot be used,
-- PN011 when it cannot be sent like that. Whoever orders or changes a cart locks it first, so it is
-- read once it is locked.
-- The commit is not waited for: the log of the server is written in order, so the commit of the
-- reservation that follows takes it to disk.
create function open_checkout(
  order_to_be uuid, of_cart uuid, of_account uuid, request jsonb, ship_by uuid, at timestamptz,
  resumed_at timestamptz
)
returns jsonb language plpgsql as $$
declare
  place jsonb := request -> 'shippingAddress';
  found_currency text;
  found_lines jsonb;
  shipping jsonb;
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
  perform redeem_coupons(of_cart, order_to_be, of_account, at);
  if ship_by is not null then
    shipping := shipping_of(ship_by, found_currency, place ->> 'country');
  end if;
  if shipping is null
    and (ship_by is not null or exists (select from shipping_method where removed_at is null)) then
    raise exception 'shipping' using errcode = 'PN011';
  end if;
  request := request || jsonb_build_object('currency', found_currency, 'lines', found_lines,
    'terms', jsonb_build_object('shipping', shipping)
      || cart_terms(of_cart, found_currency, place ->> 'country', place ->> 'region', at));
  insert into checkout (order_id, cart_id, state, input, started_at, resume_at)
    values (order_to_be, of_cart, 'open', request, at, resumed_at);
  return request;
end $$;
