import { command, statement } from '@prognetwork/shared-infrastructure'
import type { CheckoutInput, checkouts } from '../tables.ts'

export type Checkout = Pick<
  typeof checkouts.$inferSelect,
  'orderId' | 'cartId' | 'input' | 'startedAt'
>

/** Nothing when the cart is ordered, empty or not theirs; the input comes with what is in it. */
export const openCheckout = statement<
  { input: CheckoutInput | null },
  [orderId: string, cartId: string, accountId: string | null, request: string, now: string]
>('checkout.open', 'select open_checkout($1, $2, $3, $4, $5) as input')

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
