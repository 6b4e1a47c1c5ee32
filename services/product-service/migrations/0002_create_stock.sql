create table stock (
  tenant_id uuid not null default current_tenant(),
  variant_id uuid not null,
  product_id uuid not null,
  on_hand integer not null,
  reserved integer not null default 0 check (reserved >= 0),
  -- deny: never more than there is; continue: sold beyond it; untracked: there is no count.
  policy text not null check (policy in ('deny', 'continue', 'untracked')),
  primary key (tenant_id, variant_id),
  foreign key (tenant_id, variant_id) references variant (tenant_id, id) on delete cascade
);
create index stock_product on stock (tenant_id, product_id);
select protect('stock');

create table stock_adjustment (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  variant_id uuid not null,
  change integer not null,
  on_hand integer not null,
  reason text not null
    check (reason in ('received', 'counted', 'damaged', 'returned', 'corrected', 'imported')),
  note text,
  made_by text not null,
  made_at timestamptz(3) not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, variant_id) references variant (tenant_id, id) on delete cascade
);
create index stock_adjustment_variant on stock_adjustment (tenant_id, variant_id, id);
select protect('stock_adjustment', 'select, insert');

create table reservation (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  order_id uuid not null,
  state text not null check (state in ('held', 'committed', 'released', 'expired')),
  expires_at timestamptz(3) not null,
  created_at timestamptz(3) not null,
  ended_at timestamptz(3),
  primary key (tenant_id, id)
);
-- One that expired or was released does not keep its order from reserving again.
create unique index reservation_order on reservation (tenant_id, order_id)
  where state in ('held', 'committed');
-- The sweep looks for what is due in every tenant at once.
create index reservation_due on reservation (expires_at) where state = 'held';
select protect('reservation', 'select, insert, update');
select open_to('reservation', 'product_service_platform', 'select');

create table reservation_line (
  tenant_id uuid not null default current_tenant(),
  reservation_id uuid not null,
  variant_id uuid not null,
  quantity integer not null check (quantity > 0),
  primary key (tenant_id, reservation_id, variant_id),
  foreign key (tenant_id, reservation_id) references reservation (tenant_id, id)
);
create index reservation_line_variant on reservation_line (tenant_id, variant_id);
select protect('reservation_line', 'select, insert');

-- Takes what is wanted from what is free, or fails with PN001 and the shortages as its detail.
-- Rows are locked in the order of their ids, and as the last thing the transaction does: whoever
-- wants the same variant waits for nothing but the commit.
-- What is reserved is counted whatever the policy says, because the policy may change while it is.
create function hold_stock(variants uuid[], quantities integer[])
returns void language plpgsql as $$
declare
  short jsonb;
begin
  perform from stock where variant_id = any (variants) order by variant_id for update;
  select jsonb_agg(jsonb_build_object('variantId', w.variant_id,
      'wanted', w.quantity, 'available', greatest(s.on_hand - s.reserved, 0)))
    into short
    from unnest(variants, quantities) as w (variant_id, quantity)
      left join stock s using (variant_id)
    where s.variant_id is null or (s.policy = 'deny' and s.on_hand - s.reserved < w.quantity);
  if short is not null then
    raise exception 'not enough stock' using errcode = 'PN001', detail = short::text;
  end if;
  update stock s set reserved = s.reserved + w.quantity
    from unnest(variants, quantities) as w (variant_id, quantity)
    where s.variant_id = w.variant_id;
end $$;

-- Ends those of the reservations that are still held, and answers which; what they held leaves the
-- house when they are committed and is free again otherwise. Locks in the order of the ids.
create function end_reservations(
  reservations uuid[], ending text, at timestamptz
)
returns table (id uuid, order_id uuid) language plpgsql as $$
declare
  ended uuid[];
begin
  with mine as (
    select r.id from reservation r where r.id = any (reservations) and r.state = 'held'
    order by r.id for update
  ), moved as (
    update reservation r set state = ending, ended_at = at from mine where r.id = mine.id
    returning r.id
  )
  select array_agg(moved.id) into ended from moved;
  perform from stock s where s.variant_id in
      (select l.variant_id from reservation_line l where l.reservation_id = any (ended))
    order by s.variant_id for update;
  update stock s set
      reserved = greatest(s.reserved - l.quantity, 0),
      on_hand = s.on_hand
        - case when ending = 'committed' and s.policy <> 'untracked' then l.quantity else 0 end
    from (select l.variant_id, sum(l.quantity)::integer as quantity from reservation_line l
      where l.reservation_id = any (ended) group by l.variant_id) l
    where s.variant_id = l.variant_id;
  return query select r.id, r.order_id from reservation r where r.id = any (ended) order by r.id;
end $$;
