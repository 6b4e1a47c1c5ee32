-- What a product is taxed as; order-service knows what that comes to where.
alter table product add column tax_class text not null default 'standard'
  check (tax_class ~ '^[a-z][a-z0-9_]{0,39}$');

-- As before, and each line says what it is taxed as. Holds what an order wants, all or nothing, and
-- answers the offer: a line for each of the variants.
-- Fails with PN002 where something is not on sale, PN003 where it has no price in the currency, and
-- PN001 where there is too little; their detail says of what.
-- Rows of stock are locked in the order of the ids, which the caller brings, and as the last thing the
-- transaction does: whoever wants the same variant waits for nothing but the commit. One at a time by
-- its key is the plan that stays right while tables grow.
-- What is reserved is counted whatever the policy says, because the policy may change while it is.
create or replace function hold_goods(
  reservation uuid, order_wanting uuid, wanted_currency text, variants uuid[], quantities integer[],
  until timestamptz, at timestamptz
)
returns jsonb language plpgsql as $$
declare
  one record;
  lines jsonb := '[]';
  is_short boolean := false;
  short jsonb;
begin
  for one in
    select w.variant_id, w.quantity, p.id as product_id, p.title, p.tax_class, v.sku, v.option_values,
      r.amount_minor
    from unnest(variants, quantities) with ordinality as w (variant_id, quantity, place)
      left join variant v on v.id = w.variant_id
      left join product p on p.id = v.product_id and p.status = 'active'
      left join price r on r.variant_id = v.id and r.currency = wanted_currency
    order by w.place
  loop
    if one.product_id is null then
      raise exception 'not on sale' using errcode = 'PN002', detail = one.variant_id;
    elsif one.amount_minor is null then
      raise exception 'no price' using errcode = 'PN003', detail = one.variant_id;
    end if;
    lines := lines || jsonb_build_object('variantId', one.variant_id, 'productId', one.product_id,
      'title', one.title, 'sku', one.sku, 'optionValues', one.option_values,
      'quantity', one.quantity, 'taxClass', one.tax_class,
      'unitPrice', jsonb_build_object('amountMinor', one.amount_minor, 'currency', wanted_currency));
  end loop;
  insert into reservation (id, order_id, state, expires_at, created_at, offer)
    values (reservation, order_wanting, 'held', until, at, lines);
  insert into reservation_line (reservation_id, variant_id, quantity)
    select reservation, w.variant_id, w.quantity
    from unnest(variants, quantities) as w (variant_id, quantity);
  for n in 1 .. cardinality(variants) loop
    update stock set reserved = reserved + quantities[n]
      where variant_id = variants[n]
        and (policy <> 'deny' or on_hand - reserved >= quantities[n]);
    is_short := is_short or not found;
  end loop;
  if is_short then
    select jsonb_agg(jsonb_build_object('variantId', w.variant_id, 'wanted', w.quantity,
        'available', greatest(s.on_hand - s.reserved, 0)))
      into short
      from unnest(variants, quantities) as w (variant_id, quantity)
        left join stock s using (variant_id)
      where s.variant_id is null or (s.policy = 'deny' and s.on_hand - s.reserved < w.quantity);
    if short is null then
      raise exception 'it came back this very moment' using errcode = 'serialization_failure';
    end if;
    raise exception 'not enough stock' using errcode = 'PN001', detail = short;
  end if;
  return lines;
end $$;
