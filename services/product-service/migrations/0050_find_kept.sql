-- Products of the tenant as its staff look for them, whatever their status; newest first. A definer
-- function, because text operators are not leakproof and would not use their indexes under row-level
-- security; the tenant is asked for inside. `code` is the beginning of a SKU, as a pattern.
create function find_kept(
  the_status text, the_query text, code text, categories uuid[], before uuid, take integer
)
returns setof uuid
language plpgsql stable security definer
set search_path = product_service, extensions, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
  scope constant uuid := (select current_tenant());
  wanted constant tsquery := nullif(the_query, '')::tsquery;
  found uuid[];
begin
  if code <> '' then
    found := array(
      select p.id from product p where p.tenant_id = scope and p.search @@ wanted
      union
      select v.product_id from variant v
      where v.tenant_id = scope and lower(v.sku) like lower(code) || '%'
    );
  end if;
  return query
  select p.id from product p
  where p.tenant_id = scope
    and (the_status is null or p.status = the_status)
    and (before is null or p.id < before)
    and (found is null or p.id = any (found))
    and (categories is null or exists (
      select from product_category c
      where c.tenant_id = scope and c.product_id = p.id and c.category_id = any (categories)
    ))
  order by p.id desc limit take;
end $$;

alter function find_kept(text, text, text, uuid[], uuid, integer) owner to product_service_lookup;
revoke execute on function find_kept(text, text, text, uuid[], uuid, integer) from public;
grant execute on function find_kept(text, text, text, uuid[], uuid, integer) to product_service;
