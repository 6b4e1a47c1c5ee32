-- migration: every-tenant

-- What there is already was never compared, and what was sold never counted.
insert into uncompared_product (tenant_id, product_id) select tenant_id, id from product;
insert into uncounted_sale (tenant_id, reservation_id, paid_at)
  select tenant_id, id, ended_at from reservation where state = 'committed';
