-- migration: every-tenant
-- Each place has a rate for what is taxed as standard, and may have others. A place that has any is
-- looked at alone, so a region says all that is true of it.
alter table tax_rate add column tax_class text not null default 'standard';
alter table tax_rate drop constraint tax_rate_pkey;
alter table tax_rate add primary key (tenant_id, country, region, tax_class);

-- By which rate a line was taxed, once and for all.
alter table order_line add column tax_basis_points integer;
update order_line l set tax_basis_points = (o.totals #>> '{tax,basisPoints}')::integer
  from sales_order o where o.tenant_id = l.tenant_id and o.id = l.order_id;
update sales_order set totals = jsonb_set(totals, '{tax}', jsonb_build_object(
    'isIncluded', totals #> '{tax,isIncluded}', 'amountMinor', totals #> '{tax,amountMinor}',
    'rates', jsonb_build_array((totals -> 'tax') - 'isIncluded')))
  where jsonb_typeof(totals -> 'tax') = 'object';

-- As before, with the rates of other classes at the place.
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
        and tax_class = 'standard'
      order by region desc limit 1),
    'classRates', coalesce((
      select jsonb_agg(jsonb_build_object('taxClass', tax_class, 'name', name,
        'basisPoints', basis_points, 'isIncluded', included) order by tax_class)
      from tax_rate where country = to_country and tax_class <> 'standard' and region = (
        select max(region) from tax_rate where country = to_country and region in ('', to_region))
    ), '[]'))
$$;
