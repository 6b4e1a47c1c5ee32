create table review (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  product_id uuid not null,
  account_id text not null,
  stars integer not null check (stars between 1 and 5),
  text text not null,
  author text not null,
  state text not null check (state in ('pending', 'approved', 'rejected')),
  created_at timestamptz(3) not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, product_id) references product (tenant_id, id) on delete cascade
);
create unique index review_author on review (tenant_id, product_id, account_id);
create index review_shown on review (tenant_id, product_id, id) include (stars)
  where state = 'approved';
create index review_state on review (tenant_id, state, id);
create index review_account on review (tenant_id, account_id);
select protect('review');

-- What approved reviews come to, derived from them by refresh_ratings().
alter table product
  add column review_count integer not null default 0,
  add column review_stars integer not null default 0;

-- Called by every transaction that changed which reviews of these products are approved, after it did.
-- Products are locked in the order of their ids, and counted once they are: whoever was before has
-- committed by then, and whoever comes later counts again.
create function refresh_ratings(products uuid[]) returns void language plpgsql as $$
begin
  perform from product where id = any (products) order by id for no key update;
  update product p set review_count = r.count, review_stars = r.stars
    from (select w.id, count(v.id)::integer as count, coalesce(sum(v.stars), 0)::integer as stars
      from (select distinct unnest(products) as id) w
        left join review v on v.product_id = w.id and v.state = 'approved'
      group by w.id) r
    where p.id = r.id and (p.review_count, p.review_stars) is distinct from (r.count, r.stars);
end $$;
