import type { Context } from '@prognetwork/contracts'

/** Whose prices hold, and when: the last arguments of every statement that shows or takes one. */
export type Shopper = readonly [accountId: string | null, now: string]

/** Who asks; a visitor and a program have the prices of everyone. */
export function shopperOf({ principal, now }: Context): Shopper {
  return [principal.kind === 'user' ? principal.subject : null, now]
}

/** The group of an account, by the name of the parameter that has its id. */
export const groupOf = (accountId: string) =>
  `(select m.group_id from customer_group_member m where m.account_id = ${accountId}::uuid)`

/** The offer `o` that holds for a product `p`, as the condition of a join. */
export const offerOf = (currency: string, accountId: string, now: string) =>
  `o.product_id = p.id and o.currency = ${currency}
    and offer_holds(o, ${groupOf(accountId)}, ${now}::timestamptz)`
