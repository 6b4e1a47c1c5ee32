-- Pictures that a product list named and that were not kept yet, for the job that fetches them.
create table wanted_picture (
  tenant_id uuid not null default current_tenant(),
  product_id uuid not null,
  -- SHA-256 of the address, in hex: an address is longer than an entry of an index may be.
  url_key text not null,
  url text not null,
  line integer not null,
  job_id uuid not null,
  state text not null check (state in ('wanted', 'kept', 'failed')),
  reason text,
  wanted_at timestamptz(3) not null,
  primary key (tenant_id, product_id, url_key),
  foreign key (tenant_id, product_id) references product (tenant_id, id) on delete cascade
);
create index wanted_picture_job on wanted_picture (tenant_id, job_id, state, product_id);
select protect('wanted_picture');
