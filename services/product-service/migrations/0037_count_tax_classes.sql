-- Which classes products have besides the standard one is asked for with the rates.
create index product_tax_class on product (tenant_id, tax_class)
  where tax_class <> 'standard' and status <> 'archived';
