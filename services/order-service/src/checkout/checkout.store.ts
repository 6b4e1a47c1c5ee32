import { command, statement } from '@prognetwork/shared-infrastructure'
import type { checkouts } from '../tables.ts'

export type Checkout = Pick<
  typeof checkouts.$inferSelect,
  'orderId' | 'cartId' | 'input' | 'startedAt'
>

/**
 * For a row that the next commit takes to disk, because the log of the server is written in order:
 * the reservation that follows it is waited for.
 */
export const commitLazily = command(
  'checkout.commit_lazily',
  "select set_config('synchronous_commit', 'off', true)",
)

/** Nothing when the cart was ordered meanwhile: whoever orders it locks it first, as this does. */
export const openCheckout = statement<
  { orderId: string },
  [orderId: string, cartId: string, input: string, now: string]
>(
  'checkout.open',
  `insert into checkout (order_id, cart_id, state, input, started_at)
   select $1, id, 'open', $3, $4 from cart where id = $2 and order_id is null for share
   returning order_id as "orderId"`,
)

/** Who it was for is in the order from then on, or nowhere. */
export const endCheckout = command<[orderId: string, state: 'done' | 'failed']>(
  'checkout.end',
  `update checkout set state = $2, input = input - '{email,shippingAddress,paymentMethod}'::text[]
   where order_id = $1`,
)

/** What was begun and has not ended, in any tenant. */
export const listOpen = statement<Checkout & { tenantId: string }, [before: string, limit: number]>(
  'checkout.list_open',
  `select order_id as "orderId", cart_id as "cartId", input, started_at as "startedAt",
     tenant_id as "tenantId"
   from checkout where state = 'open' and started_at < $1 order by started_at limit $2`,
)
