create table category (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  parent_id uuid,
  slug text not null,
  name text not null,
  version integer not null default 1,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, parent_id) references category (tenant_id, id),
  check (parent_id <> id)
);
create unique index category_slug on category (tenant_id, slug);
create index category_parent on category (tenant_id, parent_id);
select protect('category');

create table product (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  -- A product is named by id or by slug, so a slug never looks like an id.
  slug text not null check (slug !~ '^[0-9a-f]{8}-[0-9a-f]{4}-'),
  title text not null,
  -- HTML of the few elements that the service lets through.
  description text not null,
  vendor text,
  type text,
  tags text[] not null,
  status text not null check (status in ('draft', 'active', 'archived')),
  -- Names of what its variants differ in, such as Size; a variant has a value for each.
  options text[] not null,
  images jsonb not null,
  -- Folded (no case, no accents): by what lists sort, what is misspelt, what is searched.
  title_key text collate "C" not null,
  words text not null,
  search tsvector not null,
  version integer not null default 1,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id)
);
create unique index product_slug on product (tenant_id, slug);
create index product_by_title on product (tenant_id, title_key, id) where status = 'active';
create index product_by_vendor on product (tenant_id, vendor, id) where status = 'active';
create index product_by_type on product (tenant_id, type, id) where status = 'active';
create index product_search on product
  using gin (tenant_id extensions.uuid_ops, search);
create index product_words on product
  using gin (tenant_id extensions.uuid_ops, words extensions.gin_trgm_ops);
create index product_tags on product
  using gin (tenant_id extensions.uuid_ops, tags);
select protect('product');

create table product_category (
  tenant_id uuid not null default current_tenant(),
  product_id uuid not null,
  category_id uuid not null,
  primary key (tenant_id, product_id, category_id),
  foreign key (tenant_id, product_id) references product (tenant_id, id) on delete cascade,
  foreign key (tenant_id, category_id) references category (tenant_id, id) on delete cascade
);
create index product_category_members on product_category (tenant_id, category_id, product_id);
select protect('product_category', 'select, insert, delete');

create table variant (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  product_id uuid not null,
  position integer not null,
  sku text,
  barcode text,
  option_values text[] not null,
  weight_grams integer check (weight_grams >= 0),
  image_url text,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, product_id) references product (tenant_id, id) on delete cascade
);
create unique index variant_sku on variant (tenant_id, sku);
create index variant_sku_key on variant (tenant_id, lower(sku) text_pattern_ops);
create unique index variant_options on variant (tenant_id, product_id, option_values);
select protect('variant');

-- What a variant costs, in each currency it is sold in.
create table price (
  tenant_id uuid not null default current_tenant(),
  variant_id uuid not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  amount_minor bigint not null check (amount_minor >= 0),
  compare_at_minor bigint check (compare_at_minor >= 0),
  primary key (tenant_id, variant_id, currency),
  foreign key (tenant_id, variant_id) references variant (tenant_id, id) on delete cascade
);
select protect('price');

-- The range of a product's prices, derived from `price` by refresh_offers().
create table product_offer (
  tenant_id uuid not null default current_tenant(),
  product_id uuid not null,
  currency text not null,
  from_minor bigint not null,
  to_minor bigint not null,
  -- The former price of the cheapest variant.
  compare_at_minor bigint,
  primary key (tenant_id, product_id, currency),
  foreign key (tenant_id, product_id) references product (tenant_id, id) on delete cascade
);
create index product_offer_by_price on product_offer (tenant_id, currency, from_minor, product_id);
select protect('product_offer', 'select, insert, delete');

-- Called last by every transaction that changed prices or variants of these products.
create function refresh_offers(products uuid[]) returns void language sql as $$
  delete from product_offer where product_id = any (products);
  insert into product_offer (product_id, currency, from_minor, to_minor, compare_at_minor)
  select v.product_id, p.currency, min(p.amount_minor), max(p.amount_minor),
    (array_agg(p.compare_at_minor order by p.amount_minor, p.variant_id))[1]
  from variant v join price p on p.variant_id = v.id
  where v.product_id = any (products)
  group by v.product_id, p.currency;
$$;
