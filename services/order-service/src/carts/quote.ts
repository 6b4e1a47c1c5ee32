// What a cart comes to when it is sent somewhere, by the same rules as its checkout.
import type { Context } from '@prognetwork/contracts'
import {
  cartEmpty,
  goodsUnavailable,
  type orderContract,
  shippingUnfit,
} from '@prognetwork/contracts/order'
import { productContract } from '@prognetwork/contracts/product'
import {
  type Call,
  type Database,
  type Handlers,
  Problem,
  statement,
} from '@prognetwork/shared-infrastructure'
import { isTooMuch, type Line, priceOrder, type Terms } from '../pricing/pricing.ts'
import { shownTotals } from '../pricing/shown-totals.ts'
import { fitting, listMethods, type Method } from '../shipping/shipping.ts'
import { taxRegionOf } from '../taxes/taxes.ts'
import type { Cart, CartLine } from './carts.store.ts'
import { accountOf, type Carts } from './carts.ts'

type Quote = Handlers<typeof orderContract>['quoteCart']

const findTerms = statement<
  { terms: Pick<Terms, 'promotions' | 'taxRate' | 'classRates'> },
  [cartId: string, currency: string, country: string, region: string | null, now: string]
>('cart.find_terms', 'select cart_terms($1, $2, $3, $4, $5) as terms')

/** Codes of the cart that are used up: by everybody, or by whoever asks. */
const listUsedUp = statement<{ code: string | null }, [cartId: string, accountId: string | null]>(
  'cart.list_used_up',
  `select p.code from cart_coupon c join promotion p on p.code = c.code
   where c.cart_id = $1 and (p.used >= p.use_limit or
     p.limit_per_customer <= case when $2::uuid is null then p.limit_per_customer
       else (select count(*) from redemption r
         where r.promotion_id = p.id and r.account_id = $2) end)`,
)

export function createQuote(parts: {
  readonly db: Database
  readonly call: Call
  readonly carts: Carts
}): Quote {
  const { db, call, carts } = parts

  async function linesOf(
    ctx: Context,
    { currency }: Cart,
    lines: readonly CartLine[],
  ): Promise<Line[]> {
    if (lines.length === 0) throw new Problem(cartEmpty, 'Put something into it first')
    const { items } = await call(ctx, productContract.operations.offerVariants, {
      body: { accountId: accountOf(ctx), currency, lines: lines.map((one) => ({ ...one })) },
    })
    const offers = new Map(items.map((one) => [one.variantId, one]))
    const priced = inOrder(lines).map(({ variantId, quantity }) => {
      const offer = offers.get(variantId)
      if (!offer?.unitPrice || !offer.available)
        throw new Problem(goodsUnavailable, 'Look at the lines of the cart')
      const { productId, taxClass, unitPrice } = offer
      return { productId, quantity, unitMinor: unitPrice.amountMinor, taxClass }
    })
    if (isTooMuch(priced))
      throw new Problem(goodsUnavailable, 'It is more than can be paid at once')
    return priced
  }

  return async (ctx, { params, body }) => {
    const { country, region, shippingMethodId } = body
    const { cart, lines: inCart } = await carts.find(ctx, params.cartId)
    const { currency } = cart
    const [[found], usedUp, methods] = await db.readAll(ctx, [
      findTerms(cart.id, currency, country, taxRegionOf(region), ctx.now),
      listUsedUp(cart.id, accountOf(ctx)),
      listMethods(),
    ])
    if (!found) throw new Error('the terms of a cart were not answered')
    const lines = await linesOf(ctx, cart, inCart)
    const fits = fitting(methods, currency, country)
    const chosen = methods.length === 0 ? null : choose(fits, shippingMethodId)
    const codes = new Set(usedUp.map((one) => one.code))
    const promotions = found.terms.promotions.filter(({ code }) => !code || !codes.has(code))
    const under = (shipping: Method | null) =>
      priceOrder(lines, { ...found.terms, promotions, shipping })
    const totals = under(chosen)
    const taking = new Set(totals.discounts.map((one) => one.code))
    return {
      ...shownTotals(totals, currency),
      shippingMethodId: chosen?.id ?? null,
      shippingMethods: fits.map((one) => ({
        ...{ id: one.id, name: one.name },
        amount: { amountMinor: under(one).shipping?.amountMinor ?? 0, currency },
      })),
      idleCoupons: cart.coupons.filter((code) => !taking.has(code)),
    }
  }
}

/** As goods are held: cents that are left over go to the earlier lines. */
function inOrder(lines: readonly CartLine[]): CartLine[] {
  return lines.toSorted((one, other) => (one.variantId < other.variantId ? -1 : 1))
}

function choose(fits: readonly Method[], id: string | undefined): Method {
  const chosen = id === undefined ? fits[0] : fits.find((one) => one.id === id)
  if (!chosen) throw shippingUnfitted()
  return chosen
}

export function shippingUnfitted(): Problem {
  return new Problem(shippingUnfit, 'Ask for a quote, which says how it can be sent there', {
    errors: [
      {
        pointer: '/body/shippingMethodId',
        expected: 'a method that goes to the country and has a price in the currency of the cart',
        detail: 'There is none, or it is another',
      },
    ],
  })
}
