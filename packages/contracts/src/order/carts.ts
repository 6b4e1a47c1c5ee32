import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { currency, id, languageTag, money, nothing, text, timestamp } from '../shapes.ts'
import { couponCode, couponUnavailable } from './promotions.ts'
import { country, exampleLine, exampleTotals, orderLine, quantity, totals } from './shapes.ts'
import { shippingUnfit } from './shipping.ts'

export const cartMissing = problem('missing', 'order.cart_missing', 'There is no such cart')
export const cartClosed = problem(
  'conflict',
  'order.cart_closed',
  'What was in the cart was ordered',
)
export const cartFull = problem(
  'unprocessable',
  'order.cart_full',
  'The cart holds as many different things as it may',
)

export const cartEmpty = problem(
  'unprocessable',
  'order.cart_empty',
  'There is nothing in the cart',
)
export const goodsUnavailable = problem(
  'conflict',
  'order.goods_unavailable',
  'Something in the cart cannot be bought as it is there',
)
export const checkoutUnderWay = problem(
  'conflict',
  'order.checkout_under_way',
  'The cart is being ordered at this moment',
)

const cartLine = orderLine.extend({
  /** Null of what is not sold any more, or not in this currency. */
  unitPrice: money.nullable(),
  total: money.nullable(),
  available: z.boolean(),
})

const cart = z.object({
  id: id('cart'),
  state: z.enum(['open', 'ordered']),
  currency,
  lines: z.array(cartLine),
  /** Variants in it that are not on sale any more; they have to be removed before it is ordered. */
  gone: z.array(id('variant')),
  /** What can be bought of it, at the prices of now. */
  total: money,
  /** Codes that were typed in. */
  coupons: z.array(z.string()),
  orderId: id('order').nullable(),
  updatedAt: timestamp,
})
const exampleCart = {
  id: examples.id(25),
  state: 'open',
  currency: 'GBP',
  lines: [{ ...exampleLine, available: true }],
  gone: [],
  total: exampleLine.total,
  coupons: ['SPRING-10'],
  orderId: null,
  updatedAt: examples.time,
} as const
const empty = { ...exampleCart, lines: [], coupons: [], total: { amountMinor: 0, currency: 'GBP' } }

const byCart = z.strictObject({ cartId: id('cart') })
const exampleParams = { cartId: examples.id(25) }

/** Whoever knows the id of a guest's cart has it; a customer's is theirs alone. */
export const createCart = operation('POST', '/v1/carts', {
  summary: 'Begin a cart; its currency is that of the shop without one',
  auth: { public: true },
  body: z.strictObject({ currency: currency.optional() }),
  reply: { 201: cart },
  example: { body: {}, reply: empty },
})

export const readCart = operation('GET', '/v1/carts/{cartId}', {
  summary: 'A cart with the prices of now, and whether there is enough of each',
  auth: { public: true },
  params: byCart,
  /** In which things are called, where they are translated. */
  query: z.strictObject({ locale: languageTag.optional() }),
  reply: { 200: cart },
  problems: [cartMissing],
  example: { params: exampleParams, query: { locale: 'en-GB' }, reply: exampleCart },
})

export const setCartLine = operation('PUT', '/v1/carts/{cartId}/lines/{variantId}', {
  summary: 'How many of a variant the cart holds',
  auth: { public: true },
  params: byCart.extend({ variantId: id('variant') }),
  body: z.strictObject({ quantity }),
  reply: { 200: cart },
  problems: [cartMissing, cartClosed, cartFull, checkoutUnderWay, goodsUnavailable],
  example: {
    params: { ...exampleParams, variantId: examples.id(11) },
    body: { quantity: 2 },
    reply: exampleCart,
  },
})

export const removeCartLine = operation('DELETE', '/v1/carts/{cartId}/lines/{variantId}', {
  summary: 'Take a variant out of the cart',
  auth: { public: true },
  params: byCart.extend({ variantId: id('variant') }),
  reply: { 204: nothing },
  problems: [cartMissing, cartClosed, checkoutUnderWay],
  example: { params: { ...exampleParams, variantId: examples.id(11) } },
})

export const takeCart = operation('POST', '/v1/carts/{cartId}/owner', {
  summary: "Make a guest's cart one's own after signing in; what is in an earlier one is added",
  auth: { signedIn: true },
  params: byCart,
  reply: { 200: cart },
  problems: [cartMissing, cartClosed, cartFull, checkoutUnderWay],
  example: { params: exampleParams, reply: exampleCart },
})

const byCoupon = byCart.extend({ code: couponCode })
const exampleCoupon = { ...exampleParams, code: 'SPRING-10' }

export const addCoupon = operation('PUT', '/v1/carts/{cartId}/coupons/{code}', {
  summary: 'Pay less by a code; whether it takes something off is said by the quote',
  auth: { public: true },
  params: byCoupon,
  reply: { 200: cart },
  problems: [cartMissing, cartClosed, checkoutUnderWay, couponUnavailable],
  example: { params: exampleCoupon, reply: exampleCart },
})

export const removeCoupon = operation('DELETE', '/v1/carts/{cartId}/coupons/{code}', {
  summary: 'Do without a code',
  auth: { public: true },
  params: byCoupon,
  reply: { 204: nothing },
  problems: [cartMissing, cartClosed, checkoutUnderWay],
  example: { params: exampleCoupon },
})

export const quoteCart = operation('POST', '/v1/carts/{cartId}/quote', {
  summary: 'What the cart comes to when it is sent somewhere, and how it can be sent there',
  auth: { public: true },
  params: byCart,
  body: z.strictObject({
    country,
    region: text(1, 100).nullable().default(null),
    /** Without one, the first that fits. */
    shippingMethodId: id('shipping_method').optional(),
  }),
  reply: {
    200: totals.extend({
      shippingMethodId: id('shipping_method').nullable(),
      shippingMethods: z.array(
        z.object({ id: id('shipping_method'), name: z.string(), amount: money }),
      ),
      /** Codes of the cart that take nothing off. */
      idleCoupons: z.array(z.string()),
    }),
  },
  problems: [cartMissing, cartEmpty, goodsUnavailable, shippingUnfit],
  example: {
    params: exampleParams,
    body: { country: 'GB' },
    reply: {
      ...exampleTotals,
      shippingMethodId: examples.id(27),
      shippingMethods: [
        { id: examples.id(27), name: 'Standard', amount: { amountMinor: 499, currency: 'GBP' } },
      ],
      idleCoupons: [],
    },
  },
})
