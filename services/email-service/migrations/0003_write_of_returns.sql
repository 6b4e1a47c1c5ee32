-- The return that a mail about an order is about.
alter table message add column return_id uuid;
