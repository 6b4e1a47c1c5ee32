// The floor that HTTP, SQL and one durable commit set: Fastify and a single statement per order, with
// conditional stock, on tables of its own; no tenant, no identity, no payment. Started as a process of
// its own with the connection as JSON in its arguments.
import { randomUUID } from 'node:crypto'
import Fastify from 'fastify'
import pg from 'pg'

const { connection, products } = JSON.parse(process.argv[2] ?? '{}')
const pool = new pg.Pool({ ...connection, max: 12 })
await pool.query(`
  drop schema if exists bare cascade;
  create schema bare;
  create table bare.stock (id integer primary key, on_hand integer not null);
  create table bare.sale (id uuid primary key, email text not null);
  create table bare.sale_line (sale_id uuid, product integer, quantity integer,
    primary key (sale_id, product));
  create table bare.outbox (id bigint generated always as identity primary key, data text not null)`)
await pool.query('insert into bare.stock select n, 1000000000 from generate_series(1, $1) n', [
  products,
])

const order = {
  name: 'order',
  text: `with taken as (
      update bare.stock set on_hand = on_hand - 1
      where id in (select id from bare.stock where id = any ($2) order by id for update)
        and on_hand >= 1 returning id),
    sold as (insert into bare.sale values ($1, $3)),
    lines as (insert into bare.sale_line select $1, id, 1 from taken),
    told as (insert into bare.outbox (data) values ($4))
    select count(*)::int as taken from taken`,
}

const app = Fastify()
app.post<{ Body: { products: number[]; email: string } }>('/orders', async ({ body }, reply) => {
  const id = randomUUID()
  const data = JSON.stringify({ id, ...body })
  await pool.query({ ...order, values: [id, body.products, body.email, data] })
  return reply.code(201).send({ id })
})
const address = await app.listen({ host: '127.0.0.1', port: 0 })
process.send?.(Number(new URL(address).port))
process.on('disconnect', () => process.exit())
