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

/** Which offers `o` hold, as the condition of a join with their products `p`. */
export const isOffered = (currency: string, accountId: string, now: string) =>
  `o.product_id = p.id and o.currency = ${currency}
    and offer_holds(o, ${groupOf(accountId)}, ${now}::timestamptz)`

/**
 * Joins the one offer `o` that holds for a product `p`, if any. One is the most there can be. That it is
 * said keeps the planner, who guesses how many hold at an unknown moment, from reading all of them first;
 * and their order is that of the one index by product, which it takes then even before it has counted.
 */
export const joinOffer = (...shopper: Parameters<typeof isOffered>) =>
  `left join lateral (select o.* from product_offer o where ${isOffered(...shopper)}
    order by o.begins_at limit 1) o on true`
