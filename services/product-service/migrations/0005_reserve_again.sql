-- An order whose reservation expired or was released may reserve again: a payment that took too long
-- is tried once more.
drop index reservation_order;
create unique index reservation_order on reservation (tenant_id, order_id)
  where state in ('held', 'committed');
