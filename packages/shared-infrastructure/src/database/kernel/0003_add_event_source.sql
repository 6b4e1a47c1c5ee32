-- What an outside publisher called itself (CloudEvents `source`); null for events of the service.
alter table outbox add column source text;
