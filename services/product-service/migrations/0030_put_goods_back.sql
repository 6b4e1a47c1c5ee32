-- Goods of orders that came back to the shelf, each lot once: what is put back for a return has its id,
-- what never left of an order that was refunded has that of the order.
create table goods_back (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  order_id uuid not null,
  put_back_at timestamptz(3) not null,
  primary key (tenant_id, id)
);
select protect('goods_back', 'select, insert');

-- Answers how the stock of each variant changed; nothing when the lot is back already. What is not
-- counted, or not there any more, stays as it is. Locks in the order of the ids.
create function put_goods_back(
  lot uuid, of_order uuid, variants uuid[], quantities integer[], adjustments uuid[], why text,
  by text, at timestamptz
)
returns table (variant_id uuid, change integer, on_hand integer) language plpgsql as $$
#variable_conflict use_column
declare
  line record;
begin
  insert into goods_back (id, order_id, put_back_at) values (lot, of_order, at) on conflict do nothing;
  if not found then
    return;
  end if;
  for line in
    select * from unnest(variants, quantities, adjustments) as l (variant, quantity, adjustment)
    order by l.variant
  loop
    update stock s set on_hand = s.on_hand + line.quantity
      where s.variant_id = line.variant and s.policy <> 'untracked'
      returning s.variant_id, line.quantity, s.on_hand into variant_id, change, on_hand;
    continue when not found;
    insert into stock_adjustment (id, variant_id, change, on_hand, reason, note, made_by, made_at)
      values (line.adjustment, variant_id, change, on_hand, 'returned', why, by, at);
    return next;
  end loop;
end $$;
