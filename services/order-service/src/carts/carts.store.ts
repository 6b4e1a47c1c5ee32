import { command, statement } from '@prognetwork/shared-infrastructure'
import type { carts } from '../tables.ts'

export interface Cart extends Omit<typeof carts.$inferSelect, 'tenantId' | 'createdAt'> {
  readonly coupons: string[]
}
export interface CartLine {
  readonly variantId: string
  readonly quantity: number
}

const columns = `id, account_id as "accountId", currency, order_id as "orderId",
  updated_at as "updatedAt",
  array(select c.code from cart_coupon c where c.cart_id = cart.id order by c.code) as coupons`

export const insertCart = statement<
  Cart,
  [id: string, accountId: string | null, currency: string, now: string]
>(
  'cart.insert',
  `insert into cart (id, account_id, currency, created_at, updated_at)
   values ($1, $2, $3, $4, $4) returning ${columns}`,
)

export const findCart = statement<Cart, [id: string]>(
  'cart.find',
  `select ${columns} from cart where id = $1`,
)

export const lockCart = statement<Cart, [id: string]>(
  'cart.lock',
  `select ${columns} from cart where id = $1 for update`,
)

/** The customer's latest that is not ordered yet, except one. */
export const lockLatestOf = statement<Cart, [accountId: string, except: string]>(
  'cart.lock_latest',
  `select ${columns} from cart
   where account_id = $1 and order_id is null and id <> $2 order by id desc limit 1 for update`,
)

/** To be asked once the cart is locked, which a checkout locks before it begins. */
export const findOpenCheckout = statement<{ orderId: string }, [cartId: string]>(
  'checkout.find_open',
  `select order_id as "orderId" from checkout where cart_id = $1 and state = 'open'`,
)

export const listLines = statement<CartLine, [cartId: string]>(
  'cart_line.list',
  `select variant_id as "variantId", quantity from cart_line
   where cart_id = $1 order by added_at, variant_id`,
)

export const setLine = command<[cartId: string, variantId: string, quantity: number, now: string]>(
  'cart_line.set',
  `insert into cart_line (cart_id, variant_id, quantity, added_at) values ($1, $2, $3, $4)
   on conflict (tenant_id, cart_id, variant_id) do update set quantity = excluded.quantity`,
)

/** What is in both is in it once, in the greater number. */
export const addLinesOf = command<[cartId: string, otherId: string]>(
  'cart_line.add_of',
  `insert into cart_line (cart_id, variant_id, quantity, added_at)
   select $1, variant_id, quantity, added_at from cart_line where cart_id = $2
   on conflict (tenant_id, cart_id, variant_id)
   do update set quantity = greatest(cart_line.quantity, excluded.quantity)`,
)

export const addCodesOf = command<[cartId: string, otherId: string]>(
  'cart_coupon.add_of',
  `insert into cart_coupon (cart_id, code)
   select $1, code from cart_coupon where cart_id = $2 on conflict do nothing`,
)

export const removeLine = command<[cartId: string, variantId: string]>(
  'cart_line.remove',
  'delete from cart_line where cart_id = $1 and variant_id = $2',
)

export const touchCart = statement<Cart, [id: string, accountId: string | null, now: string]>(
  'cart.touch',
  `update cart set account_id = $2, updated_at = $3 where id = $1 returning ${columns}`,
)

export const removeCart = command<[id: string]>('cart.remove', 'delete from cart where id = $1')

/** Not ordered, and not changed since before a moment; in any tenant. */
export const listUntouched = statement<
  { id: string; tenantId: string },
  [before: string, limit: number]
>(
  'cart.list_untouched',
  `select id, tenant_id as "tenantId" from cart
   where order_id is null and updated_at < $1
     and not exists (select from checkout c
       where c.tenant_id = cart.tenant_id and c.cart_id = cart.id and c.state = 'open')
   order by updated_at limit $2`,
)

export const removeUntouched = command<[ids: readonly string[], before: string]>(
  'cart.remove_untouched',
  'delete from cart where id = any ($1) and order_id is null and updated_at < $2',
)

export const closeCart = command<[id: string, orderId: string, now: string]>(
  'cart.close',
  'update cart set order_id = $2, updated_at = $3 where id = $1',
)
