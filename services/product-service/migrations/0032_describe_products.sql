-- A setting of pg_trgm can be given to a function once the session has loaded it.
select extensions.show_trgm('');

-- What products of a tenant can be described by.
create table attribute (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  key text not null check (key ~ '^[a-z][a-z0-9_]{0,39}$'),
  label text not null,
  type text not null check (type in ('text', 'number', 'boolean', 'choice')),
  choices text[] not null,
  unit text,
  is_filterable boolean not null,
  version integer not null default 1,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id)
);
create unique index attribute_key on attribute (tenant_id, key);
select protect('attribute');
select open_to('attribute', 'product_service_lookup', 'select');

-- Whoever writes a value holds the attribute, so that nobody takes away the choice that it is.
create table product_attribute (
  tenant_id uuid not null default current_tenant(),
  product_id uuid not null,
  attribute_id uuid not null,
  value text not null,
  -- The same, where it is one.
  number numeric,
  primary key (tenant_id, product_id, attribute_id),
  foreign key (tenant_id, product_id) references product (tenant_id, id) on delete cascade,
  foreign key (tenant_id, attribute_id) references attribute (tenant_id, id)
);
create index product_attribute_values
  on product_attribute (tenant_id, attribute_id, value, product_id);
select protect('product_attribute', 'select, insert, delete');
select open_to('product_attribute', 'product_service_lookup', 'select');

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
  take integer
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
    left join product_offer o on o.tenant_id = scope and o.product_id = p.id
      and o.currency = the_currency
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
          'name', c.name, 'count', g.n) order by g.n desc, c.slug), '[]')
        from (select m.category_id, count(*) as n from hit join product_category m
            on m.tenant_id = scope and m.product_id = hit.id
          where fits_vendor and fits_type and fits_tags and fits_price
          and fits_available and missing = 0 group by 1 order by 2 desc limit 50) g
        join category c on c.tenant_id = scope and c.id = g.category_id),
      'attributes', (
        select coalesce(jsonb_agg(jsonb_build_object('key', a.key, 'label', a.label,
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
