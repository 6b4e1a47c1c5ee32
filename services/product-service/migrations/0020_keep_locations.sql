-- Where a tenant keeps goods. One place is there before anybody made it: it has the id of the tenant,
-- and a row only once it was renamed or moved in the order.
create table stock_location (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  name text not null,
  -- Goods are taken from the lowest first.
  priority integer not null,
  -- What lies in one that is not active is counted, and not sold.
  is_active boolean not null default true check (is_active or id <> tenant_id),
  primary key (tenant_id, id)
);
create unique index stock_location_name on stock_location (tenant_id, lower(name));
select protect('stock_location', 'select, insert, update');

-- What lies in other places than the first one. `stock` has the totals of all active places, so what
-- lies in the first is what the others leave of it, and a tenant with one place has no rows here.
-- Whoever writes here holds the row of `stock`.
create table stock_level (
  tenant_id uuid not null default current_tenant(),
  variant_id uuid not null,
  location_id uuid not null,
  on_hand integer not null,
  reserved integer not null default 0 check (reserved >= 0),
  primary key (tenant_id, variant_id, location_id),
  foreign key (tenant_id, variant_id) references variant (tenant_id, id) on delete cascade,
  foreign key (tenant_id, location_id) references stock_location (tenant_id, id)
);
create index stock_level_location on stock_level (tenant_id, location_id, variant_id);
select protect('stock_level', 'select, insert, update');

-- Some of it lies, or lay, in another place than the first.
alter table stock add column is_spread boolean not null default false;

-- From which other places a line was taken; the first one gave the rest.
create table reservation_source (
  tenant_id uuid not null default current_tenant(),
  reservation_id uuid not null,
  variant_id uuid not null,
  location_id uuid not null,
  quantity integer not null check (quantity > 0),
  primary key (tenant_id, reservation_id, variant_id, location_id),
  foreign key (tenant_id, reservation_id, variant_id)
    references reservation_line (tenant_id, reservation_id, variant_id),
  foreign key (tenant_id, location_id) references stock_location (tenant_id, id)
);
select protect('reservation_source', 'select, insert');

-- Null is the first place.
alter table stock_adjustment add column location_id uuid;
alter table stock_adjustment add foreign key (tenant_id, location_id)
  references stock_location (tenant_id, id);
alter table stock_adjustment drop constraint stock_adjustment_reason_check;
alter table stock_adjustment add constraint stock_adjustment_reason_check check (
  reason in (
    'received', 'counted', 'damaged', 'lost', 'returned', 'corrected', 'imported', 'moved'
  )
);

create function stock_locations()
returns table (id uuid, name text, priority integer, is_active boolean, is_first boolean)
language sql stable as $$
  select l.id, l.name, l.priority, l.is_active, l.id = l.tenant_id from stock_location l
  union all
  select current_tenant(), 'Main', 0, true, true
    where not exists (select from stock_location l where l.id = current_tenant())
$$;

-- What there is of a variant in each place that ever had some.
create function levels_of(of_variant uuid)
returns table (location_id uuid, on_hand integer, reserved integer, is_active boolean, priority integer)
language sql stable as $$
  with elsewhere as (
    select l.location_id, l.on_hand, l.reserved, o.is_active, o.priority
    from stock_level l join stock_location o on o.id = l.location_id
    where l.variant_id = of_variant
  )
  select * from elsewhere
  union all
  select current_tenant(), (s.on_hand - e.on_hand)::integer, (s.reserved - e.reserved)::integer,
    true, coalesce((select o.priority from stock_location o where o.id = current_tenant()), 0)
  from stock s, (select coalesce(sum(e.on_hand), 0) as on_hand,
      coalesce(sum(e.reserved), 0) as reserved from elsewhere e where e.is_active) e
  where s.variant_id = of_variant
$$;

-- Adds to what lies in a place. The caller holds the row of the location and then that of the stock,
-- and is answered the total of all active places.
create function change_level(of_variant uuid, location uuid, change integer)
returns integer language plpgsql as $$
declare
  is_sold boolean := true;
  total integer;
begin
  if location <> current_tenant() then
    select is_active into strict is_sold from stock_location where id = location;
    insert into stock_level as l (variant_id, location_id, on_hand)
      values (of_variant, location, change)
      on conflict (tenant_id, variant_id, location_id)
      do update set on_hand = l.on_hand + excluded.on_hand;
  end if;
  update stock s set
      on_hand = s.on_hand + case when is_sold then change else 0 end,
      is_spread = s.is_spread or location <> current_tenant()
    where s.variant_id = of_variant returning s.on_hand into total;
  return total;
end $$;

-- Opens or closes a place whose row the caller holds: what lies there is in the totals or is not.
create function switch_location(location uuid, opening boolean)
returns table (variant_id uuid, change integer, on_hand integer) language plpgsql as $$
#variable_conflict use_column
declare
  sign constant integer := case when opening then 1 else -1 end;
begin
  update stock_location set is_active = opening where id = location;
  perform from stock s where s.variant_id in
      (select l.variant_id from stock_level l where l.location_id = location)
    order by s.variant_id for update;
  return query update stock s set
      on_hand = s.on_hand + sign * l.on_hand,
      reserved = s.reserved + sign * l.reserved
    from stock_level l where l.location_id = location and l.variant_id = s.variant_id
    returning s.variant_id, sign * l.on_hand, s.on_hand;
end $$;

-- Says of what hold_goods has just held, and of the same variants, from which places it is taken: from
-- each in their order what is free there. What is sold beyond what there is comes from the first one.
-- The rows of stock are this transaction's already; answers the lines as they came.
create function take_from_places(
  lines jsonb, reservation uuid, variants uuid[], quantities integer[]
)
returns jsonb language plpgsql as $$
declare
  one record;
  missing integer;
  taken integer;
begin
  for n in 1 .. cardinality(variants) loop
    continue when not exists (select from stock where variant_id = variants[n] and is_spread);
    missing := quantities[n];
    for one in
      select l.location_id, l.on_hand - l.reserved
          + case when l.location_id = current_tenant() then quantities[n] else 0 end as free
      from levels_of(variants[n]) l where l.is_active order by l.priority, l.location_id
    loop
      taken := least(missing, one.free);
      continue when taken <= 0;
      missing := missing - taken;
      if one.location_id <> current_tenant() then
        update stock_level set reserved = reserved + taken
          where variant_id = variants[n] and location_id = one.location_id;
        insert into reservation_source (reservation_id, variant_id, location_id, quantity)
          values (reservation, variants[n], one.location_id, taken);
      end if;
    end loop;
  end loop;
  return lines;
end $$;

-- What reservations held of a variant that lies in several places leaves them or is free again, each
-- part where it was taken from. A place that was closed since has its part out of the totals already.
create function end_spread(reservations uuid[], of_variant uuid, quantity integer, ending text)
returns void language plpgsql as $$
declare
  whole stock;
  leaving integer;
  inside integer := quantity;
  source record;
begin
  select * into whole from stock where variant_id = of_variant for update;
  leaving := case when ending = 'committed' and whole.policy <> 'untracked' then 1 else 0 end;
  for source in
    select r.location_id, sum(r.quantity)::integer as quantity, o.is_active
    from reservation_source r join stock_location o on o.id = r.location_id
    where r.variant_id = of_variant and r.reservation_id = any (reservations)
    group by r.location_id, o.is_active
  loop
    update stock_level l set
        reserved = greatest(l.reserved - source.quantity, 0),
        on_hand = l.on_hand - leaving * source.quantity
      where l.variant_id = of_variant and l.location_id = source.location_id;
    if not source.is_active then
      inside := inside - source.quantity;
    end if;
  end loop;
  update stock s set
      reserved = greatest(s.reserved - inside, 0), on_hand = s.on_hand - leaving * inside
    where s.variant_id = of_variant;
end $$;

-- As before; what lies in several places is ended by the function above.
create or replace function end_reservations(
  reservations uuid[], ending text, at timestamptz
)
returns table (id uuid, order_id uuid) language plpgsql as $$
declare
  one uuid;
  line record;
  ended uuid[] := '{}';
begin
  for one in select r from unnest(reservations) r order by r loop
    update reservation r set state = ending, ended_at = at
      where r.id = one and r.state = 'held'
      returning r.id, r.order_id into id, order_id;
    if found then
      ended := ended || one;
      return next;
    end if;
  end loop;
  for line in
    select l.variant_id, sum(l.quantity)::integer as quantity
    from unnest(ended) e join reservation_line l on l.reservation_id = e
    group by l.variant_id order by l.variant_id
  loop
    update stock s set
        reserved = greatest(s.reserved - line.quantity, 0),
        on_hand = s.on_hand - case
          when ending = 'committed' and s.policy <> 'untracked' then line.quantity else 0 end
      where s.variant_id = line.variant_id and not s.is_spread;
    if not found then
      perform end_spread(ended, line.variant_id, line.quantity, ending);
    end if;
  end loop;
end $$;

-- Goods of an order that was called off before they left go back to where they were taken from.
create function take_back(reservation uuid, at timestamptz)
returns table (id uuid, order_id uuid) language plpgsql as $$
declare
  line record;
  source record;
  inside integer;
begin
  update reservation r set state = 'released', ended_at = at
    where r.id = reservation and r.state = 'committed'
    returning r.id, r.order_id into id, order_id;
  if not found then
    return;
  end if;
  for line in
    select l.variant_id, l.quantity from reservation_line l
    where l.reservation_id = reservation order by l.variant_id
  loop
    perform from stock s where s.variant_id = line.variant_id and s.policy <> 'untracked' for update;
    continue when not found;
    inside := line.quantity;
    for source in
      select r.location_id, r.quantity, o.is_active
      from reservation_source r join stock_location o on o.id = r.location_id
      where r.reservation_id = reservation and r.variant_id = line.variant_id
    loop
      update stock_level l set on_hand = l.on_hand + source.quantity
        where l.variant_id = line.variant_id and l.location_id = source.location_id;
      if not source.is_active then
        inside := inside - source.quantity;
      end if;
    end loop;
    update stock s set on_hand = s.on_hand + inside where s.variant_id = line.variant_id;
  end loop;
  return next;
end $$;

-- Of which variants somebody wants to hear when they run low, and whether they were told.
create table stock_threshold (
  tenant_id uuid not null default current_tenant(),
  variant_id uuid not null,
  below integer not null check (below > 0),
  is_low boolean not null default false,
  primary key (tenant_id, variant_id),
  foreign key (tenant_id, variant_id) references variant (tenant_id, id) on delete cascade
);
select protect('stock_threshold');
select open_to('stock_threshold', 'product_service_platform', 'select');
select open_to('stock', 'product_service_platform', 'select');

-- What is on its way. What arrives of it becomes stock by an adjustment.
create table incoming_stock (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  variant_id uuid not null,
  -- Null is the first place.
  location_id uuid,
  expected integer not null check (expected > 0),
  received integer not null default 0 check (received >= 0),
  supplier text,
  due_on date,
  state text not null check (state in ('expected', 'received', 'cancelled')),
  made_by text not null,
  made_at timestamptz(3) not null,
  ended_at timestamptz(3),
  primary key (tenant_id, id),
  foreign key (tenant_id, variant_id) references variant (tenant_id, id) on delete cascade,
  foreign key (tenant_id, location_id) references stock_location (tenant_id, id)
);
create index incoming_stock_variant on incoming_stock (tenant_id, variant_id, id);
select protect('incoming_stock', 'select, insert, update');
