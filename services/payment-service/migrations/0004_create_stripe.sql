-- The account of a tenant at Stripe. What opens it is sealed under the key ring; of the rest nothing
-- does: the endpoint only keeps others from finding where webhooks are heard.
create table stripe_account (
  tenant_id uuid not null default current_tenant(),
  secret_key bytea not null,
  secret_key_hint text not null,
  signing_secret bytea,
  signing_secret_hint text check ((signing_secret_hint is null) = (signing_secret is null)),
  endpoint bytea not null,
  set_at timestamptz(3) not null,
  -- Up to which event of the account's own list it is known what happened, in Stripe's seconds.
  told_until bigint not null,
  -- When that list is to be read again.
  look_at timestamptz(3) not null,
  primary key (tenant_id)
);
create index stripe_account_look_at on stripe_account (look_at);
select protect('stripe_account');
select open_to('stripe_account', 'payment_service_platform', 'select');

-- What Stripe told of payments, once each: not what it said, which may be old by the time it comes.
create table stripe_event (
  tenant_id uuid not null default current_tenant(),
  id text not null,
  type text not null,
  reference text not null,
  received_at timestamptz(3) not null,
  handled_at timestamptz(3),
  -- When it is handled again, should it not have been.
  due_at timestamptz(3) not null,
  primary key (tenant_id, id)
);
create index stripe_event_due on stripe_event (due_at) where handled_at is null;
create index stripe_event_handled on stripe_event (handled_at) where handled_at is not null;
select protect('stripe_event');
select open_to('stripe_event', 'payment_service_platform', 'select, delete');
