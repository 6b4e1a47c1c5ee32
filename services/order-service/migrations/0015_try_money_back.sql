-- What a payment refuses to give back is asked for less and less often, and its shop is shown why.
alter table money_back
  add column attempts integer not null default 0,
  -- The code of what was said last.
  add column problem text;
create index money_back_order on money_back (tenant_id, order_id);
