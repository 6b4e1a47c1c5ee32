create table message (
  tenant_id uuid not null default current_tenant(),
  id uuid not null,
  state text not null check (
    state in ('queued', 'sent', 'delivered', 'bounced', 'complained', 'failed', 'suppressed')
  ),
  -- Who it is to and what it says are null until it is written, and again when the person is erased.
  recipient text,
  from_name text,
  from_address text,
  reply_to text,
  subject text,
  body text,
  html text,
  -- Where its links lead, in their order; a link in the mail names one by its place.
  links text[] not null default '{}',
  tracked boolean not null,
  template text,
  template_version integer,
  -- What it is about, and the event that says so.
  event_id uuid,
  order_id uuid,
  order_version integer,
  account_id uuid,
  trace jsonb not null,
  opens integer not null default 0,
  clicks integer not null default 0,
  error text,
  provider_id text,
  attempts integer not null default 0,
  lease uuid,
  -- When something is to be done with it; null when nothing is.
  due_at timestamptz(3),
  created_at timestamptz(3) not null,
  sent_at timestamptz(3),
  primary key (tenant_id, id),
  check ((due_at is not null) = (state = 'queued'))
);
-- One mail per event, however often it is told.
create unique index message_of_event on message (tenant_id, event_id) where event_id is not null;
create index message_due on message (tenant_id, due_at) where due_at is not null;
create index message_to on message (tenant_id, recipient, id);
create index message_of_order on message (tenant_id, order_id, id) where order_id is not null;
create index message_of_account on message (tenant_id, account_id) where account_id is not null;
select protect('message', 'select, insert, update');
select open_to('message', 'email_service_platform', 'select, update');
-- History that is handled again makes no mail; what it says was erased is.
create trigger shut_while_replaying before insert on message for each row
  when (current_setting('app.replaying', true) = 'on') execute function mute();

create table attachment (
  tenant_id uuid not null default current_tenant(),
  message_id uuid not null,
  place smallint not null,
  filename text not null,
  media_type text not null,
  content bytea not null,
  primary key (tenant_id, message_id, place),
  foreign key (tenant_id, message_id) references message (tenant_id, id)
);
select protect('attachment', 'select, insert, delete');

-- What became of a mail, and when.
create table message_note (
  tenant_id uuid not null default current_tenant(),
  message_id uuid not null,
  id uuid not null,
  kind text not null,
  at timestamptz(3) not null,
  detail text,
  primary key (tenant_id, message_id, id),
  foreign key (tenant_id, message_id) references message (tenant_id, id)
);
-- The first time that a link is followed is told, and every other is counted.
create unique index message_note_click on message_note (tenant_id, message_id, detail)
  where kind = 'clicked';
select protect('message_note', 'select, insert, update');
create trigger shut_while_replaying before insert on message_note for each row
  when (current_setting('app.replaying', true) = 'on') execute function mute();
