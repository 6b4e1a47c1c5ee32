-- What is reserved is counted whatever the policy says, because the policy may change while it is:
-- otherwise the end of a reservation that was not counted would free what another one holds.

create or replace function hold_stock(variants uuid[], quantities integer[])
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

create or replace function end_reservations(
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
