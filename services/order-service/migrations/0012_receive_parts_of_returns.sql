-- migration: every-tenant
-- How many of a line have come: what did not may be asked for anew. And the tax in what was paid for it.
alter table order_return_line add column received integer
  check (received between 0 and quantity);
alter table order_return_line add column tax_minor bigint not null default 0
  check (tax_minor between 0 and amount_minor);
update order_return_line set received = quantity where restocked is not null;
update order_return_line r set tax_minor = least(r.amount_minor, l.tax_minor * r.quantity / l.quantity)
  from order_line l
  where l.tenant_id = r.tenant_id and l.order_id = r.order_id and l.variant_id = r.variant_id;
alter table order_return_line alter column tax_minor drop default;
alter table order_return_line add check ((received is not null) = (restocked is not null));
