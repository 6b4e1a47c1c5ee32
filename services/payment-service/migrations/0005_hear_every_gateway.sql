-- What gateways told, whichever it was.
alter table stripe_event rename to gateway_event;
alter table gateway_event add column gateway text not null default 'stripe';
alter table gateway_event alter column gateway drop default;
alter table gateway_event drop constraint stripe_event_pkey;
alter table gateway_event add constraint gateway_event_pkey primary key (tenant_id, gateway, id);
alter index stripe_event_due rename to gateway_event_due;
alter index stripe_event_handled rename to gateway_event_handled;

-- What the sandbox has yet to tell, as a gateway elsewhere would: gone once it was heard.
create table sandbox_event (
  tenant_id uuid not null default current_tenant(),
  id text not null,
  type text not null,
  reference text not null,
  due_at timestamptz(3) not null,
  primary key (tenant_id, id)
);
create index sandbox_event_due on sandbox_event (due_at);
select protect('sandbox_event');
select open_to('sandbox_event', 'payment_service_platform', 'select');
