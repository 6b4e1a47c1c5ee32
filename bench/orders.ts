import { productContract } from '@prognetwork/contracts/product'
import type pg from 'pg'
import { load } from './load.ts'
import type { ServerProcess } from './server-process.ts'
import type { Shop } from './shop.ts'

const { createProduct } = productContract.operations

/** Things on sale, more than anybody buys. */
export async function makeVariants({ staff }: Shop, products: number): Promise<string[]> {
  const made: string[] = []
  for (let n = 0; n < products; n++) {
    const { status, body } = await staff.call(createProduct, {
      body: {
        title: `Thing ${n}`,
        status: 'active',
        variants: [{ onHand: 1_000_000, prices: [{ amountMinor: 1_000 + n, currency: 'EUR' }] }],
      },
    })
    if (status !== 201) throw new Error(`no product: ${JSON.stringify(body)}`)
    made.push(...body.variants.map((one) => one.id))
  }
  return made
}

/** Carts of guests as they are when somebody goes to the till. */
export function createCarts(sql: pg.Client, tenantId: string) {
  return async (variants: readonly string[], things: number, count: number) => {
    const { rows } = await sql.query<{ id: string }>(
      `with made as (
         insert into order_service.cart (tenant_id, id, currency, created_at, updated_at)
         select $1, gen_random_uuid(), 'EUR', $5, $5 from generate_series(1, $2) returning id),
       filled as (
         insert into order_service.cart_line (tenant_id, cart_id, variant_id, quantity, added_at)
         select distinct on (made.id, v) $1::uuid, made.id, v, 1, $5::timestamptz
         from made cross join lateral (
           select ($3::uuid[])[1 + floor(random() * cardinality($3::uuid[]))::int] as v
           from generate_series(1, $4) where made.id is not null) one)
       select id from made`,
      [tenantId, count, variants, things, '2026-01-01T00:00:00Z'],
    )
    // As the server does by itself within a minute: a plan made for empty tables takes any index.
    await sql.query('analyze')
    return rows.map((row) => row.id)
  }
}

/** What somebody fills in at the till. */
export const form = {
  email: 'ada@example.com',
  shippingAddress: { name: 'Ada', lines: ['1 Street'], city: 'London', country: 'GB' },
  paymentMethod: 'sandbox_4242424242424242_1290',
}

/** Buyers at the till, each with the next of the carts. */
export async function order(
  { origin }: ServerProcess,
  shop: Shop,
  carts: string[],
  { workers, seconds }: { workers: number; seconds: number },
) {
  return load(origin, {
    ...{ connections: workers, seconds, status: 201 },
    next() {
      const cartId = carts.pop()
      if (cartId === undefined) throw new Error('there are not enough carts')
      return {
        method: 'POST',
        path: '/api/v1/checkouts',
        headers: { 'content-type': 'application/json', 'prog-tenant': shop.slug },
        body: JSON.stringify({ cartId, ...form }),
      }
    },
  })
}

/** Until what orders tell has been handled, and mails about them are written. */
export async function settled(sql: pg.Client): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const { rows } = await sql.query(
      `select exists (select from product_service.reservation where state = 'held')
         or exists (select from order_service.outbox)
         or exists (select from email_service.message where due_at is not null) as waits`,
    )
    if (!rows[0].waits) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('what orders tell is not handled')
}
