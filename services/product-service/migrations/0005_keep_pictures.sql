-- Files of pictures. In which order a product shows them, and with which words, stands in its images:
-- each names the picture that is kept of it, the address it was fetched from, or both.
create table picture (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  product_id uuid not null,
  -- SHA-256 of the file as it came, in hex.
  sha256 text not null,
  source_url text,
  width integer not null check (width > 0),
  height integer not null check (height > 0),
  size_bytes integer not null,
  created_at timestamptz(3) not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, product_id) references product (tenant_id, id) on delete cascade
);
create unique index picture_content on picture (tenant_id, product_id, sha256);
select protect('picture', 'select, insert, delete');
