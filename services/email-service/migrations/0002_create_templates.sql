-- What mails of a tenant are made of, where it is not the platform's own. The MJML is made into HTML
-- when a draft is saved, and never while mails are sent.
create table template_version (
  tenant_id uuid not null default current_tenant(),
  name text not null,
  version integer not null check (version > 0),
  state text not null check (state in ('draft', 'published', 'kept')),
  subject text not null,
  mjml text not null,
  body text not null,
  html text not null,
  sample jsonb not null,
  made_by text not null,
  created_at timestamptz(3) not null,
  published_at timestamptz(3),
  primary key (tenant_id, name, version)
);
create unique index template_version_draft on template_version (tenant_id, name)
  where state = 'draft';
create unique index template_version_published on template_version (tenant_id, name)
  where state = 'published';
select protect('template_version', 'select, insert, update');

create table sender (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  name text not null,
  -- Null for the platform's own address.
  address text,
  reply_to text,
  is_default boolean not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id)
);
create unique index sender_default on sender (tenant_id) where is_default;
select protect('sender');

-- Addresses that nothing is sent to.
create table suppression (
  tenant_id uuid not null default current_tenant(),
  address text not null,
  reason text not null check (reason in ('bounced', 'complained', 'asked')),
  since timestamptz(3) not null,
  primary key (tenant_id, address)
);
select protect('suppression');
