-- What happened to an order without its state becoming another.
alter table order_change add column note text;
