-- Orders that were paid and are not counted yet.
create table uncounted_sale (
  tenant_id uuid not null default current_tenant(),
  reservation_id uuid not null,
  paid_at timestamptz(3) not null,
  primary key (tenant_id, reservation_id)
);
select protect('uncounted_sale', 'select, insert, delete');
select open_to('uncounted_sale', 'product_service_platform', 'select');

-- Scores fade without being touched: an order of today adds twice what one of thirty days ago did, so
-- that old scores stay what they are and are only outgrown. They compare with each other, and mean
-- nothing by themselves.
create table product_popularity (
  tenant_id uuid not null default current_tenant(),
  product_id uuid not null,
  score double precision not null,
  primary key (tenant_id, product_id),
  foreign key (tenant_id, product_id) references product (tenant_id, id) on delete cascade
);
create index product_popularity_order on product_popularity (tenant_id, score desc, product_id);
select protect('product_popularity', 'select, insert, update');

create table product_pair (
  tenant_id uuid not null default current_tenant(),
  product_id uuid not null,
  other_id uuid not null,
  score double precision not null,
  primary key (tenant_id, product_id, other_id),
  foreign key (tenant_id, product_id) references product (tenant_id, id) on delete cascade,
  foreign key (tenant_id, other_id) references product (tenant_id, id) on delete cascade
);
create index product_pair_order on product_pair (tenant_id, product_id, score desc, other_id);
create index product_pair_other on product_pair (tenant_id, other_id);
select protect('product_pair');

-- Products that were made or changed, and not compared with others since.
create table uncompared_product (
  tenant_id uuid not null default current_tenant(),
  product_id uuid not null,
  primary key (tenant_id, product_id),
  foreign key (tenant_id, product_id) references product (tenant_id, id) on delete cascade
);
select protect('uncompared_product', 'select, insert, delete');
select open_to('uncompared_product', 'product_service_platform', 'select');

create table similar_product (
  tenant_id uuid not null default current_tenant(),
  product_id uuid not null,
  other_id uuid not null,
  score double precision not null,
  primary key (tenant_id, product_id, other_id),
  foreign key (tenant_id, product_id) references product (tenant_id, id) on delete cascade,
  foreign key (tenant_id, other_id) references product (tenant_id, id) on delete cascade
);
create index similar_product_order on similar_product (tenant_id, product_id, score desc, other_id);
create index similar_product_other on similar_product (tenant_id, other_id);
select protect('similar_product');

-- What paid orders were of, each product once, and what an order of that moment adds to a score.
create function sold_products(reservations uuid[], times timestamptz[])
returns table (reservation_id uuid, product_id uuid, weight double precision)
language sql stable as $$
  select o.id, b.product_id,
    power(2, least(extract(epoch from o.paid_at) / 2592000 - 600, 1000))::double precision
  from unnest(reservations, times) as o (id, paid_at),
    lateral (select distinct v.product_id from reservation_line l join variant v on v.id = l.variant_id
      where l.reservation_id = o.id order by v.product_id limit 20) b
$$;

-- Both are planned each time: a plan that was made for empty tables takes any index of a tenant's rows.

-- Counts paid orders: what was in each, and what with what. Of each product the strongest pairs are
-- kept. Answers how many orders it counted.
create function count_sales(take integer) returns integer language plpgsql
set plan_cache_mode = force_custom_plan as $$
declare
  reservations uuid[];
  times timestamptz[];
  touched uuid[];
begin
  with sale as (
    delete from uncounted_sale u where u.reservation_id = any (array(
      select s.reservation_id from uncounted_sale s order by s.reservation_id limit take))
    returning u.reservation_id, u.paid_at
  )
  select array_agg(s.reservation_id), array_agg(s.paid_at) into reservations, times from sale s;
  insert into product_popularity as p (product_id, score)
    select s.product_id, sum(s.weight) from sold_products(reservations, times) s
    group by s.product_id order by s.product_id
    on conflict (tenant_id, product_id) do update set score = p.score + excluded.score;
  insert into product_pair as p (product_id, other_id, score)
    select s.product_id, o.product_id, sum(s.weight)
    from sold_products(reservations, times) s
      join sold_products(reservations, times) o
        on o.reservation_id = s.reservation_id and o.product_id <> s.product_id
    group by s.product_id, o.product_id order by s.product_id, o.product_id
    on conflict (tenant_id, product_id, other_id) do update set score = p.score + excluded.score;
  touched := array(select distinct s.product_id from sold_products(reservations, times) s);
  delete from product_pair p using (
      select t.id, (select x.score from product_pair x where x.product_id = t.id
        order by x.score desc offset 100 limit 1) as weakest from unnest(touched) as t (id)) w
    where p.product_id = w.id and p.score <= w.weakest;
  return coalesce(cardinality(reservations), 0);
end $$;

-- Compares products with those of their categories, their type and their vendor, the newest of each, and
-- keeps for both sides who comes closest. A product that is not on sale is like no other.
create function compare_products(take integer) returns integer language plpgsql
set plan_cache_mode = force_custom_plan as $$
declare
  one product;
  waiting uuid[];
begin
  with gone as (
    delete from uncompared_product u where u.product_id = any (array(
      select w.product_id from uncompared_product w order by w.product_id limit take))
    returning u.product_id
  )
  select array_agg(g.product_id order by g.product_id) into waiting from gone g;
  for one in select p.* from unnest(waiting) as w (id) join product p on p.id = w.id order by p.id loop
    delete from similar_product where product_id = one.id;
    delete from similar_product where other_id = one.id;
    continue when one.status <> 'active';
    with near as (
      select m.product_id as id, 0.5 as points from product_category c, lateral (
        select o.product_id from product_category o
        where o.category_id = c.category_id order by o.product_id desc limit 60) m
      where c.product_id = one.id
      union all
      (select p.id, 0.25 from product p where p.status = 'active' and p.type = one.type
        order by p.id desc limit 60)
      union all
      (select p.id, 0.1 from product p where p.status = 'active' and p.vendor = one.vendor
        order by p.id desc limit 60)
    ), close as (
      select p.id, n.points + extensions.similarity(p.words, one.words) as score
      from (select x.id, sum(x.points) as points from near x group by x.id
          order by points desc, x.id desc limit 60) n
        join product p on p.id = n.id and p.status = 'active'
      where p.id <> one.id
      order by score desc, p.id limit 12
    )
    insert into similar_product (product_id, other_id, score)
      select one.id, c.id, c.score from close c
      union all
      select c.id, one.id, c.score from close c;
  end loop;
  return coalesce(cardinality(waiting), 0);
end $$;
