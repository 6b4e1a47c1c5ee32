-- Lists go through orders by when they were placed, or by what they come to; neither ever changes.
create index sales_order_placed on sales_order (tenant_id, placed_at, id);
create index sales_order_total on sales_order (tenant_id, total_minor, id);
