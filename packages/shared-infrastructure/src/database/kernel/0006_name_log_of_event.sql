-- Which log an event goes to: the one that is kept, or the one that is forgotten after a while.
alter table outbox add column log text not null default 'domain'
  check (log in ('domain', 'volatile'));
