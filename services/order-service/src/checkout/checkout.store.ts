import { command, statement } from '@prognetwork/shared-infrastructure'
import type { CheckoutInput, checkouts } from '../tables.ts'

export type Checkout = Pick<
  typeof checkouts.$inferSelect,
  'orderId' | 'cartId' | 'input' | 'startedAt'
>

/** Nothing when the cart is ordered, empty or not theirs; the input comes with what is in it. */
export const openCheckout = statement<
  { input: CheckoutInput | null },
  [
    orderId: string,
    cartId: string,
    accountId: string | null,
    request: string,
    shippingMethodId: string | null,
    taxRegion: string | null,
    now: string,
    resumeAt: string,
  ]
>('checkout.open', 'select open_checkout($1, $2, $3, $4, $5, $6, $7, $8) as input')

/** Who it was for is in the order from then on, or nowhere. */
export const endCheckout = command<[orderId: string, state: 'done' | 'failed']>(
  'checkout.end',
  `update checkout set state = $2, input = input - '{email,shippingAddress,paymentMethod}'::text[]
   where order_id = $1`,
)

/** What was begun, has not ended and is due to be gone on with, in any tenant. */
export const listDue = statement<
  Checkout & { attempts: number; tenantId: string },
  [now: string, limit: number]
>(
  'checkout.list_due',
  `select order_id as "orderId", cart_id as "cartId", input, started_at as "startedAt", attempts,
     tenant_id as "tenantId"
   from checkout where state = 'open' and resume_at <= $1 order by resume_at limit $2`,
)

export const putOff = command<[orderId: string, until: string]>(
  'checkout.put_off',
  'update checkout set resume_at = $2, attempts = attempts + 1 where order_id = $1',
)
