-- A setting of pg_trgm can be given to a function once the session has loaded it.
select extensions.show_trgm('');

-- What shoppers read, in other languages than the tenant's own: a list of objects, each with its `locale`.
alter table category add column translations jsonb not null default '[]';
alter table collection add column translations jsonb not null default '[]';
alter table attribute add column translations jsonb not null default '[]';
alter table product
  add column translations jsonb not null default '[]',
  -- Their titles by language, beside them because lists read nothing else of them.
  add column titles jsonb not null default '{}';

-- Those in one of the languages. Most tenants have none.
create function translations_in(translations jsonb, locales text[]) returns jsonb
language sql immutable as $$
  select case when translations = '[]' then translations else (
    select coalesce(jsonb_agg(t), '[]') from jsonb_array_elements(translations) t
    where t ->> 'locale' = any (locales)) end
$$;
grant execute on function translations_in(jsonb, text[]) to product_service_lookup;

-- Products of the tenant that fit words and filters, with what else they could be narrowed to.
-- A definer function, because text and array operators are not leakproof and would not use their
-- indexes under row-level security; the tenant is asked for inside. Answers one row.
--
-- A facet counts what would be found if its own filter were another, so that a shopper who chose
-- one vendor still sees the others. Of attributes a product may miss one filter at most, and counts
-- then for that attribute alone. A collection bounds all of it, and gives what is found without
-- words the order of its staff.
create or replace function find_products(
  the_words text, the_query text, the_currency text, filters jsonb, sort text, skip integer,
  take integer, the_group uuid, at timestamptz
)
returns table (total integer, matched text, ids uuid[], facets jsonb)
language plpgsql stable security definer
set search_path = product_service, extensions, pg_temp
set plan_cache_mode = force_custom_plan
set pg_trgm.word_similarity_threshold = 0.4
as $$
declare
  scope constant uuid := (select current_tenant());
  wanted constant tsquery := nullif(the_query, '')::tsquery;
  code constant text := lower(nullif(filters ->> 'code', ''));
  vendors constant text[] := array(select jsonb_array_elements_text(filters -> 'vendors'));
  types constant text[] := array(select jsonb_array_elements_text(filters -> 'types'));
  all_tags constant text[] := array(select jsonb_array_elements_text(filters -> 'tags'));
  categories constant uuid[] :=
    array(select jsonb_array_elements_text(filters -> 'categories'))::uuid[];
  collected constant uuid := (filters ->> 'collection')::uuid;
  asked constant jsonb := coalesce(filters -> 'attributes', '[]');
  lowest constant bigint := (filters ->> 'fromMinor')::bigint;
  highest constant bigint := (filters ->> 'toMinor')::bigint;
  only_available constant boolean := coalesce((filters ->> 'available')::boolean, false);
  -- What a tenant does not use costs its searches nothing.
  described constant boolean := exists (
    select from attribute a where a.tenant_id = scope and a.is_filterable
  );
  -- What facets are called is said in these languages besides.
  locales constant text[] := array(select jsonb_array_elements_text(filters -> 'locales'));
  found uuid[];
begin
  matched := 'words';
  if wanted is null and code is null then
    found := null;
  else
    found := array(
      select p.id from product p
      where p.tenant_id = scope and p.status = 'active' and p.search @@ wanted
      union
      select v.product_id from variant v join product p on p.tenant_id = scope
        and p.id = v.product_id and p.status = 'active'
      where v.tenant_id = scope and lower(v.sku) like code || '%'
    );
    if cardinality(found) = 0 then
      matched := 'similar';
      found := array(
        select p.id from product p
        where p.tenant_id = scope and p.status = 'active' and the_words <% p.words
        order by word_similarity(the_words, p.words) desc, p.id limit 200
      );
    end if;
  end if;
  if collected is not null then
    found := array(
      select c.product_id from collection_product c
      where c.tenant_id = scope and c.collection_id = collected
        and (found is null or c.product_id = any (found))
    );
  end if;
  return query
  with hit as materialized (
    select p.id, p.vendor, p.type, p.tags, p.title_key, o.from_minor as price,
      s.available, p.search, p.words, c.position,
      cardinality(vendors) = 0 or p.vendor = any (vendors) as fits_vendor,
      cardinality(types) = 0 or p.type = any (types) as fits_type,
      p.tags @> all_tags as fits_tags,
      cardinality(categories) = 0 or exists (select from product_category c
        where c.tenant_id = scope and c.product_id = p.id and c.category_id = any (categories))
        as fits_category,
      coalesce((lowest is null or o.from_minor >= lowest)
        and (highest is null or o.from_minor <= highest), false) as fits_price,
      s.available or not only_available as fits_available, coalesce(a.missing, 0) as missing, a.missed
    from product p
    left join lateral (
      select o.from_minor from product_offer o
      where o.tenant_id = scope and o.product_id = p.id and o.currency = the_currency
        and offer_holds(o, the_group, at)
      order by o.begins_at limit 1
    ) o on true
    left join collection_product c on c.tenant_id = scope and c.collection_id = collected
      and c.product_id = p.id
    cross join lateral (select exists (select from stock k where k.tenant_id = scope
      and k.product_id = p.id and (k.policy <> 'deny' or k.on_hand > k.reserved)) as available) s
    left join lateral (
      select count(*) as missing, min(q.id) as missed
      from jsonb_to_recordset(asked)
        as q (id text, accepted text[], ranges jsonb)
      where not exists (select from product_attribute v
        where v.tenant_id = scope and v.product_id = p.id and v.attribute_id = q.id::uuid
          and (v.value = any (q.accepted) or exists (
            select from jsonb_to_recordset(q.ranges) as r (lowest numeric, highest numeric)
            where (r.lowest is null or v.number >= r.lowest)
              and (r.highest is null or v.number <= r.highest))))
    ) a on asked <> '[]'
    where p.tenant_id = scope and p.status = 'active' and (found is null or p.id = any (found))
  ), fit as materialized (
    select * from hit where fits_vendor and fits_type and fits_tags and fits_category
      and fits_price and fits_available and missing = 0
  )
  select (select count(*) from fit)::integer, find_products.matched,
    array(select f.id from fit f order by
      case when sort = 'relevance' and wanted is not null and find_products.matched = 'words'
        then ts_rank(f.search, wanted) end desc nulls last,
      case when sort = 'relevance' and wanted is not null and find_products.matched = 'similar'
        then word_similarity(the_words, f.words) end desc nulls last,
      case when sort = 'relevance' and wanted is null then f.position end,
      case when sort = 'price' then f.price end nulls last,
      case when sort = '-price' then f.price end desc nulls last,
      case when sort = 'title' then f.title_key end,
      f.id desc
      offset skip limit take),
    jsonb_build_object(
      'vendors', (select coalesce(jsonb_agg(jsonb_build_object('value', g.value, 'count', g.n)
          order by g.n desc, g.value), '[]')
        from (select vendor as value, count(*) as n from hit where vendor is not null
          and fits_type and fits_tags and fits_category and fits_price
          and fits_available and missing = 0 group by 1 order by 2 desc, 1 limit 50) g),
      'types', (select coalesce(jsonb_agg(jsonb_build_object('value', g.value, 'count', g.n)
          order by g.n desc, g.value), '[]')
        from (select type as value, count(*) as n from hit where type is not null
          and fits_vendor and fits_tags and fits_category and fits_price
          and fits_available and missing = 0 group by 1 order by 2 desc, 1 limit 50) g),
      'tags', (select coalesce(jsonb_agg(jsonb_build_object('value', g.value, 'count', g.n)
          order by g.n desc, g.value), '[]')
        from (select tag as value, count(*) as n from fit, unnest(tags) as tag
          group by 1 order by 2 desc, 1 limit 50) g),
      'categories', (select coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'slug', c.slug,
          'name', c.name, 'count', g.n, 'translations', translations_in(c.translations, locales)) order by g.n desc, c.slug), '[]')
        from (select m.category_id, count(*) as n from hit join product_category m
            on m.tenant_id = scope and m.product_id = hit.id
          where fits_vendor and fits_type and fits_tags and fits_price
          and fits_available and missing = 0 group by 1 order by 2 desc limit 50) g
        join category c on c.tenant_id = scope and c.id = g.category_id),
      'attributes', (
        select coalesce(jsonb_agg(jsonb_build_object('key', a.key, 'label', a.label,
          'translations', translations_in(a.translations, locales),
          'type', a.type, 'unit', a.unit, 'values', g.counted, 'bounds', case a.type when 'number'
            then jsonb_build_object('from', g.lowest::text, 'to', g.highest::text) end)
          order by a.label, a.key), '[]')
        from (
          select n.attribute_id, min(n.number) as lowest, max(n.number) as highest,
            jsonb_agg(jsonb_build_object('value', n.value, 'count', n.n) order by n.place)
              filter (where n.place <= 50) as counted
          from (
            select v.attribute_id, v.value, v.number, count(*) as n, row_number() over (
              partition by v.attribute_id order by count(*) desc, v.value) as place
            from hit join product_attribute v on v.tenant_id = scope and v.product_id = hit.id
              join attribute a on a.tenant_id = scope and a.id = v.attribute_id
                and a.is_filterable
            where described and fits_vendor and fits_type and fits_tags and fits_category
              and fits_price and fits_available
              and (missing = 0 or missing = 1 and missed = v.attribute_id::text)
            group by v.attribute_id, v.value, v.number
          ) n group by n.attribute_id
        ) g join attribute a on a.tenant_id = scope and a.id = g.attribute_id),
      'availability', jsonb_build_object(
        'available', (select count(*) from hit where available and fits_vendor and fits_type
          and fits_tags and fits_category and fits_price and missing = 0),
        'unavailable', (select count(*) from hit where not available and fits_vendor and fits_type
          and fits_tags and fits_category and fits_price and missing = 0)),
      'price', (select jsonb_build_object('fromMinor', min(price), 'toMinor', max(price))
        from hit where fits_vendor and fits_type and fits_tags and fits_category
          and fits_available and missing = 0)
    );
end $$;

-- What a variant is called in the nearest of the languages, whose order is that of the list: the title,
-- and option values as far as there are words for them. Empty where there is none.
create function sold_as(option_values text[], translations jsonb, locales text[]) returns jsonb
language sql immutable as $$
  with fit as materialized (
    select t, l.place from unnest(locales) with ordinality l (locale, place)
      join jsonb_array_elements(translations) t on t ->> 'locale' = l.locale
  )
  select coalesce((
    select jsonb_build_object('title', f.t -> 'title', 'optionValues', array(
      select coalesce((
        select w ->> 'text' from fit n, jsonb_array_elements(n.t -> 'terms') w
        where w ->> 'term' = v.value order by n.place limit 1
      ), v.value)
      from unnest(option_values) with ordinality v (value, place) order by v.place))
    from fit f order by f.place limit 1), '{}')
$$;

-- As before, in the language of whoever orders. Holds what an order wants, all or nothing, and
-- answers the offer: a line for each of the variants.
-- Fails with PN002 where something is not on sale, PN003 where it has no price in the currency, and
-- PN001 where there is too little; their detail says of what.
-- Rows of stock are locked in the order of the ids, which the caller brings, and as the last thing the
-- transaction does: whoever wants the same variant waits for nothing but the commit. One at a time by
-- its key is the plan that stays right while tables grow.
-- What is reserved is counted whatever the policy says, because the policy may change while it is.
create function hold_goods(
  reservation uuid, order_wanting uuid, wanted_currency text, variants uuid[], quantities integer[],
  until timestamptz, at timestamptz, of_account uuid, locales text[]
)
returns jsonb language plpgsql
-- Everything is looked up by keys, so that one plan is right for all.
set plan_cache_mode = force_generic_plan
as $$
declare
  of_group constant uuid := (
    select m.group_id from customer_group_member m where m.account_id = of_account
  );
  one record;
  called jsonb;
  lines jsonb := '[]';
  is_short boolean := false;
  short jsonb;
begin
  for one in
    select w.variant_id, w.quantity, p.id as product_id, p.title, p.translations, p.tax_class, v.sku,
      v.option_values, r.amount_minor
    from unnest(variants, quantities) with ordinality as w (variant_id, quantity, place)
      left join variant v on v.id = w.variant_id
      left join product p on p.id = v.product_id and p.status = 'active'
      left join lateral prices_at(v.id, of_group, at) r on r.currency = wanted_currency
    order by w.place
  loop
    if one.product_id is null then
      raise exception 'not on sale' using errcode = 'PN002', detail = one.variant_id;
    elsif one.amount_minor is null then
      raise exception 'no price' using errcode = 'PN003', detail = one.variant_id;
    end if;
    called := jsonb_build_object('title', one.title, 'optionValues', one.option_values);
    if cardinality(locales) > 0 and one.translations <> '[]' then
      called := called || sold_as(one.option_values, one.translations, locales);
    end if;
    lines := lines || (called || jsonb_build_object('variantId', one.variant_id, 'productId', one.product_id,
      'sku', one.sku,
      'quantity', one.quantity, 'taxClass', one.tax_class,
      'unitPrice', jsonb_build_object('amountMinor', one.amount_minor, 'currency', wanted_currency)));
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

-- For processes of the version before, which run on while this one takes over.
create or replace function hold_goods(
  reservation uuid, order_wanting uuid, wanted_currency text, variants uuid[], quantities integer[],
  until timestamptz, at timestamptz, of_account uuid
)
returns jsonb language sql as $$
  select hold_goods(reservation, order_wanting, wanted_currency, variants, quantities, until, at,
    of_account, '{}')
$$;
