// The floor that HTTP and SQL set: Fastify and one plain statement per request on the same tables,
// without row-level security, identity or anything else. Started as a process of its own with the
// connection as JSON in its arguments.
import Fastify from 'fastify'
import pg from 'pg'

const { connection, tenantId } = JSON.parse(process.argv[2] ?? '{}')
const pool = new pg.Pool({ ...connection, max: 6 })

const list = {
  name: 'list',
  text: `select p.id, p.slug, p.title, p.vendor, p.type, p.images -> 0 as image, o.from_minor,
      o.to_minor, o.compare_at_minor,
      coalesce((select true from product_service.stock s where s.tenant_id = $1
        and s.product_id = p.id and (s.policy <> 'deny' or s.on_hand > s.reserved) limit 1), false)
        as available
    from product_service.product p left join product_service.product_offer o
      on o.tenant_id = $1 and o.product_id = p.id and o.currency = 'EUR'
    where p.tenant_id = $1 and p.status = 'active' order by p.id desc limit 21`,
}
const detail = {
  name: 'detail',
  text: `select p.*, (select json_agg(json_build_object('id', v.id, 'sku', v.sku,
      'optionValues', v.option_values, 'prices', (select json_agg(json_build_object(
        'amountMinor', r.amount_minor, 'currency', r.currency)) from product_service.price r
        where r.tenant_id = $1 and r.variant_id = v.id)) order by v.position)
      from product_service.variant v where v.tenant_id = $1 and v.product_id = p.id) as variants
    from product_service.product p
    where p.tenant_id = $1 and p.slug = $2 and p.status = 'active'`,
}

const app = Fastify()
app.get('/list', async () => (await pool.query({ ...list, values: [tenantId] })).rows)
app.get<{ Params: { slug: string } }>('/detail/:slug', async ({ params }) => {
  const { rows } = await pool.query({ ...detail, values: [tenantId, params.slug] })
  return rows[0]
})
const address = await app.listen({ host: '127.0.0.1', port: 0 })
process.send?.(Number(new URL(address).port))
process.on('disconnect', () => process.exit())
