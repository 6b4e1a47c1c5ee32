-- Numbers of invoices: without gaps for a tenant and a year, in the order in which orders were paid.
create table invoice (
  tenant_id uuid not null default current_tenant(),
  order_id uuid not null,
  paid_at timestamptz(3) not null,
  -- Null until it is given. The year is that of the tenant's clock when the order was paid.
  year integer,
  number integer check (number > 0),
  check ((year is null) = (number is null)),
  primary key (tenant_id, order_id),
  foreign key (tenant_id, order_id) references sales_order (tenant_id, id)
);
create unique index invoice_number on invoice (tenant_id, year, number);
create index invoice_waiting on invoice (tenant_id, paid_at, order_id) where number is null;
select protect('invoice', 'select, insert, update');
select open_to('invoice', 'order_service_platform', 'select');

create function keep_invoice_number() returns trigger language plpgsql as $$
begin
  raise exception 'the number of an invoice never changes';
end $$;
create trigger keep_invoice_number before update on invoice for each row
  when (old.number is not null) execute function keep_invoice_number();

-- Gives these orders the next numbers of their years, in this order; one that has a number keeps it.
-- Those of a tenant are given one after the other: what is read once the lock is held is what whoever
-- held it before has committed.
create function number_invoices(order_ids uuid[], years integer[])
returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('invoice/' || current_tenant(), 0));
  update invoice i set year = g.year, number = g.number
  from (
    select w.order_id, w.year, row_number() over (partition by w.year order by w.place)
        + coalesce((select max(n.number) from invoice n where n.year = w.year), 0) as number
    from unnest(order_ids, years) with ordinality as w (order_id, year, place)
    join invoice o on o.order_id = w.order_id and o.number is null
  ) g
  where i.order_id = g.order_id;
end $$;
