-- A gateway that says no each time is not asked for ever: after so many refusals the money is the
-- business of staff, who ask again. So is money that was given back and did not arrive.
alter table money_back
  add column tries integer not null default 0,
  add column refusals integer not null default 0,
  add column failed_at timestamptz(3),
  add column failure text,
  add check ((failed_at is null) = (failure is null));
drop index money_back_due;
create index money_back_due on money_back (due_at) where failed_at is null;
create index money_back_failed on money_back (tenant_id, failed_at) where failed_at is not null;
create index money_back_order on money_back (tenant_id, order_id);
