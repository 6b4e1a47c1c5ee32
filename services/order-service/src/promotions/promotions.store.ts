import { command, statement } from '@prognetwork/shared-infrastructure'
import type { promotions } from '../tables.ts'

export type Promotion = Omit<typeof promotions.$inferSelect, 'tenantId'>

const columns = `id, name, code, kind, basis_points as "basisPoints", amount_minor as "amountMinor",
  currency, product_ids as "productIds", minimum_minor as "minimumMinor",
  minimum_currency as "minimumCurrency", starts_at as "startsAt", ends_at as "endsAt",
  use_limit as "useLimit", limit_per_customer as "limitPerCustomer", combinable, used,
  created_at as "createdAt"`

export const insertPromotion = command<[promotion: string]>(
  'promotion.insert',
  `insert into promotion (id, name, code, kind, basis_points, amount_minor, currency, product_ids,
     minimum_minor, minimum_currency, starts_at, ends_at, use_limit, limit_per_customer, combinable,
     created_at)
   select id, name, code, kind, "basisPoints", "amountMinor", currency, "productIds", "minimumMinor",
     "minimumCurrency", "startsAt", "endsAt", "useLimit", "limitPerCustomer", combinable, "createdAt"
   from jsonb_to_record($1::jsonb) as p (id uuid, name text, code text, kind text,
     "basisPoints" integer, "amountMinor" bigint, currency text, "productIds" uuid[],
     "minimumMinor" bigint, "minimumCurrency" text, "startsAt" timestamptz, "endsAt" timestamptz,
     "useLimit" integer, "limitPerCustomer" integer, combinable boolean, "createdAt" timestamptz)`,
)

export const listPromotionsOf = statement<Promotion, [before: string | null, limit: number]>(
  'promotion.list',
  `select ${columns} from promotion where ($1::uuid is null or id < $1) order by id desc limit $2`,
)

/** One that has ended already keeps its end. */
export const setEnd = statement<Promotion, [id: string, now: string]>(
  'promotion.end',
  `update promotion set ends_at = least(ends_at, $2) where id = $1 returning ${columns}`,
)

/** Whether somebody could use the code at this moment. */
export const findUsable = statement<{ id: string }, [code: string, now: string]>(
  'promotion.find_usable',
  `select id from promotion
   where code = $1 and coalesce(starts_at <= $2, true) and coalesce(ends_at > $2, true)
     and coalesce(used < use_limit, true)`,
)

export const addCode = command<[cartId: string, code: string]>(
  'cart_coupon.add',
  'insert into cart_coupon (cart_id, code) values ($1, $2) on conflict do nothing',
)

export const removeCode = command<[cartId: string, code: string]>(
  'cart_coupon.remove',
  'delete from cart_coupon where cart_id = $1 and code = $2',
)

/** What the codes of an order took is free for others again. */
export const releaseCoupons = command<[orderId: string]>(
  'redemption.release',
  'select release_coupons($1)',
)
