-- Uses up the codes of a cart for an order to be. Fails with PN010 and the code as its detail where one
-- cannot be used any more, or takes nothing off in the currency of the cart. The row of the code is
-- locked before uses are counted: a statement that waits for a row still counts as it was before.
create or replace function redeem_coupons(
  of_cart uuid, order_to_be uuid, of_account uuid, at timestamptz
)
returns void language plpgsql as $$
declare
  wanted text;
  found_currency text := (select c.currency from cart c where c.id = of_cart);
  redeemed uuid;
begin
  for wanted in select code from cart_coupon where cart_id = of_cart order by code loop
    perform from promotion where code = wanted for no key update;
    update promotion p set used = used + 1
      where p.code = wanted
        and coalesce(starts_at <= at, true) and coalesce(ends_at > at, true)
        and coalesce(p.currency = found_currency, true)
        and coalesce(p.minimum_currency = found_currency, true)
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

-- The same as before, of a region in small letters: what those are is said in one place, not by the
-- locale of the server as well.
create or replace function cart_terms(
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
      from tax_rate where country = to_country and region in ('', to_region)
      order by region desc limit 1))
$$;

drop function open_checkout(uuid, uuid, uuid, jsonb, uuid, timestamptz, timestamptz);

-- Begins the checkout of an open cart with what is in it, and answers what it was begun with: the
-- request with the cart's currency, its lines, and the terms that it is priced under, however long it
-- takes. Nothing when the cart is ordered, empty, or not theirs; PN010 for a code that cannot be used,
-- PN011 when it cannot be sent like that. Whoever orders or changes a cart locks it first, so it is
-- read once it is locked; and one that is being ordered is told before its codes, which are in use.
-- The commit is not waited for: the log of the server is written in order, so the commit of the
-- reservation that follows takes it to disk.
create function open_checkout(
  order_to_be uuid, of_cart uuid, of_account uuid, request jsonb, ship_by uuid, tax_region text,
  at timestamptz, resumed_at timestamptz
)
returns jsonb language plpgsql as $$
declare
  country constant text := request -> 'shippingAddress' ->> 'country';
  found_currency text;
  found_lines jsonb;
  shipping jsonb;
begin
  perform set_config('synchronous_commit', 'off', true);
  select currency into found_currency from cart
    where id = of_cart and order_id is null and (account_id is null or account_id = of_account)
    for no key update;
  select jsonb_agg(jsonb_build_object('variantId', variant_id, 'quantity', quantity)
      order by added_at, variant_id)
    into found_lines from cart_line where cart_id = of_cart;
  if found_currency is null or found_lines is null then
    return null;
  end if;
  if exists (select from checkout where cart_id = of_cart and state = 'open') then
    raise exception 'under way' using errcode = 'unique_violation', constraint = 'checkout_cart';
  end if;
  perform redeem_coupons(of_cart, order_to_be, of_account, at);
  if ship_by is not null then
    shipping := shipping_of(ship_by, found_currency, country);
  end if;
  if shipping is null
    and (ship_by is not null or exists (select from shipping_method where removed_at is null)) then
    raise exception 'shipping' using errcode = 'PN011';
  end if;
  request := request || jsonb_build_object('currency', found_currency, 'lines', found_lines,
    'terms', jsonb_build_object('shipping', shipping)
      || cart_terms(of_cart, found_currency, country, tax_region, at));
  insert into checkout (order_id, cart_id, state, input, started_at, resume_at)
    values (order_to_be, of_cart, 'open', request, at, resumed_at);
  return request;
end $$;
