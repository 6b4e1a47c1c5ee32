import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { email, id, languageTag, money, page, pageQuery, text, timestamp } from '../shapes.ts'
import { cartEmpty, cartMissing, checkoutUnderWay, goodsUnavailable } from './carts.ts'
import { couponUnavailable } from './promotions.ts'
import {
  address,
  exampleAddress,
  exampleFulfilment,
  exampleOrder,
  order,
  orderState,
  priced,
  sentFulfilment,
} from './shapes.ts'
import { shippingUnfit } from './shipping.ts'

export const orderMissing = problem('missing', 'order.order_missing', 'There is no such order')
export const orderUnfit = problem(
  'conflict',
  'order.order_unfit',
  'The order is not in a state in which this can be done',
)
export const paymentFailed = problem(
  'unprocessable',
  'order.payment_failed',
  'The payment failed; nothing was ordered',
)
export const totalChanged = problem(
  'conflict',
  'order.total_changed',
  'It comes to something else by now; nothing was ordered',
)

/** The key shows the order to whoever has it; guests have nothing else. */
const placed = order.extend({ key: z.string() })
export const exampleKey = `${examples.id(15)}.Zk3vQB7B6MrGQZaxCuFg4oh2zG8S0xJmB6x9jM5hQ2d`

export const checkOut = operation('POST', '/v1/checkouts', {
  summary: 'Order and pay what is in a cart: all of it, or nothing happens',
  auth: { public: true },
  body: z.strictObject({
    cartId: id('cart'),
    email,
    shippingAddress: address,
    /** What the form of the payment gateway gave; Stripe's (`pm_...`) pays there. */
    paymentMethod: z.string().min(1).max(200),
    /** Needed where the shop has shipping methods. */
    shippingMethodId: id('shipping_method').optional(),
    /** In which things were called to the customer; the order names them so. */
    locale: languageTag.optional(),
    /** What the customer was shown; at any other sum nothing is ordered. */
    expectedTotal: priced(0).optional(),
  }),
  /** The order may still await its payment. Asked for again, it is answered again. */
  reply: { 201: placed },
  problems: [
    cartMissing,
    cartEmpty,
    couponUnavailable,
    shippingUnfit,
    goodsUnavailable,
    totalChanged,
    paymentFailed,
    checkoutUnderWay,
  ],
  example: {
    body: {
      cartId: examples.id(25),
      email: examples.email,
      shippingAddress: exampleAddress,
      paymentMethod: 'sandbox_4242424242424242_1230',
    },
    reply: { ...exampleOrder, key: exampleKey },
  },
})

const byOrder = z.strictObject({ orderId: id('order') })
const exampleParams = { orderId: examples.id(15) }

const change = z.object({
  state: orderState,
  at: timestamp,
  /** The account or service that brought it about; to customers, `shop` for whoever works there. */
  by: z.string(),
  note: z.string().nullable(),
})
/** Each is read by its number; one that is void counts no more. */
const creditNote = z.object({
  number: z.int(),
  writtenNumber: z.string(),
  amount: money,
  madeAt: timestamp,
  isVoid: z.boolean(),
})
const withHistory = order.extend({
  history: z.array(change),
  creditNotes: z.array(creditNote),
})
/** Money that is to go back and has not yet: that of an order that was called off. */
const owedBack = z.object({
  /** How often it was tried in vain. */
  attempts: z.int(),
  /** The code of what came of it last; `payment.refund_failed` where it was given and came back. */
  problem: z.string().nullable(),
  nextAt: timestamp,
})
const forStaff = withHistory.extend({ owedBack: owedBack.nullable() })
const exampleHistory = {
  ...exampleOrder,
  history: [{ state: 'paid', at: examples.time, by: examples.id(), note: null }],
  creditNotes: [
    {
      ...{ number: 42, writtenNumber: 'CN-000042', madeAt: examples.time, isVoid: false },
      amount: { amountMinor: 1_599, currency: 'GBP' },
    },
  ],
} as const

/** What a list of orders can be sorted by; `customer` is their e-mail address. */
const orderSort = z.enum(['placed', 'total', 'customer'])

export const listOrders = operation('GET', '/v1/orders', {
  summary: 'Orders of the shop, newest first unless sorted otherwise',
  auth: { permission: 'order:order:read' },
  query: pageQuery.extend({
    state: orderState.optional(),
    email: email.optional(),
    reference: z.string().min(1).max(20).optional(),
    /** Of which money is to go back and has not yet; or of which none is. */
    isOwedBack: z.stringbool({ truthy: ['true'], falsy: ['false'] }).optional(),
    /** Placed at this moment or later, and before that one. */
    from: timestamp.optional(),
    to: timestamp.optional(),
    sort: orderSort.default('placed'),
    order: z.enum(['asc', 'desc']).default('desc'),
  }),
  reply: { 200: page(order) },
  example: { query: { state: 'paid' }, reply: { items: [exampleOrder], next: null } },
})

export const readOrder = operation('GET', '/v1/orders/{orderId}', {
  summary: 'An order and how it came to be what it is',
  auth: { permission: 'order:order:read' },
  params: byOrder,
  /** As it was at a moment; as it is now without one. */
  query: z.strictObject({ asOf: timestamp.optional() }),
  reply: { 200: forStaff },
  problems: [orderMissing],
  example: { params: exampleParams, query: {}, reply: { ...exampleHistory, owedBack: null } },
})

export const listMyOrders = operation('GET', '/v1/me/orders', {
  summary: "The customer's own orders, newest first",
  auth: { signedIn: true },
  query: pageQuery,
  reply: { 200: page(order) },
  example: { query: {}, reply: { items: [exampleOrder], next: null } },
})

export const readMyOrder = operation('GET', '/v1/me/orders/{orderId}', {
  summary: "One of the customer's own orders",
  auth: { signedIn: true },
  params: byOrder,
  reply: { 200: withHistory },
  problems: [orderMissing],
  example: { params: exampleParams, reply: exampleHistory },
})

/** The key stands in the mails about the order; whoever has it sees the order. */
export const lookUpOrder = operation('GET', '/v1/order-look-ups/{key}', {
  summary: 'The order of a key that a guest was given',
  auth: { public: true },
  params: z.strictObject({ key: z.string().min(40).max(120) }),
  reply: { 200: withHistory },
  problems: [orderMissing],
  example: {
    params: { key: exampleKey },
    reply: exampleHistory,
  },
})

export const tooManyFollowers = problem(
  'limited',
  'order.too_many_followers',
  'As many follow orders of this shop as may',
)

/** Says only that something happened, the first time when it opens: the order is read again then. */
const noticed = z.object({ at: timestamp })

export const followMyOrder = operation('GET', '/v1/me/orders/{orderId}/changes', {
  summary: "When one of the customer's own orders changes",
  auth: { signedIn: true },
  params: byOrder,
  stream: true,
  reply: { 200: noticed },
  problems: [orderMissing, tooManyFollowers],
  example: { params: exampleParams, reply: { at: examples.time } },
})

export const followOrder = operation('GET', '/v1/order-look-ups/{key}/changes', {
  summary: 'When the order of a key changes',
  auth: { public: true },
  params: z.strictObject({ key: z.string().min(40).max(120) }),
  stream: true,
  reply: { 200: noticed },
  problems: [orderMissing, tooManyFollowers],
  example: { params: { key: exampleKey }, reply: { at: examples.time } },
})

/** With what was sent by that version; null where it was not about that. */
export const described = placed.extend({ fulfilment: sentFulfilment.nullable() })

/** At its version, and with the key that shows it: for what is written to who bought it. */
export const describeOrder = operation('GET', '/v1/order-descriptions/{orderId}', {
  summary: 'The order of a shop as it was at one of its versions, with its key',
  auth: { service: ['email-service'] },
  params: byOrder,
  query: z.strictObject({ version: z.coerce.number().int().min(1).max(1_000_000) }),
  reply: { 200: described },
  problems: [orderMissing],
  example: {
    params: exampleParams,
    query: { version: '1' },
    reply: { ...exampleOrder, key: exampleKey, fulfilment: exampleFulfilment },
  },
})

export const shipOrder = operation('POST', '/v1/orders/{orderId}/shipment', {
  summary: 'All that is left of the goods is on its way',
  auth: { permission: 'order:order:update' },
  params: byOrder,
  body: z.strictObject({ carrier: text(1, 100), number: text(1, 100) }),
  reply: { 200: order },
  problems: [orderMissing, orderUnfit],
  example: {
    params: exampleParams,
    body: { carrier: 'Royal Mail', number: 'RM123456785GB' },
    reply: {
      ...exampleOrder,
      state: 'shipped',
      tracking: { carrier: 'Royal Mail', number: 'RM123456785GB' },
    },
  },
})

export const deliverOrder = operation('POST', '/v1/orders/{orderId}/delivery', {
  summary: 'The goods have arrived',
  auth: { permission: 'order:order:update' },
  params: byOrder,
  reply: { 200: order },
  problems: [orderMissing, orderUnfit],
  example: { params: exampleParams, reply: { ...exampleOrder, state: 'delivered' } },
})

export const cancelOrder = operation('POST', '/v1/orders/{orderId}/cancellation', {
  summary: 'Call off what was not shipped yet: the money goes back, the goods are free again',
  auth: { permission: 'order:order:cancel' },
  params: byOrder,
  body: z.strictObject({ reason: text(1, 500) }),
  reply: { 200: order },
  problems: [orderMissing, orderUnfit],
  example: {
    params: exampleParams,
    body: { reason: 'The customer changed their mind' },
    reply: { ...exampleOrder, state: 'cancelled', reason: 'The customer changed their mind' },
  },
})

export const refundOrder = operation('POST', '/v1/orders/{orderId}/refund', {
  summary: 'Give all the money back of what was shipped or has arrived',
  auth: { permission: 'order:order:refund' },
  params: byOrder,
  body: z.strictObject({ reason: text(1, 500) }),
  reply: { 200: order },
  problems: [orderMissing, orderUnfit],
  example: {
    params: exampleParams,
    body: { reason: 'It came broken' },
    reply: { ...exampleOrder, state: 'refunded', reason: 'It came broken' },
  },
})

export const claimGoods = operation('POST', '/v1/order-claims', {
  summary: 'Which of these orders are paid for, or may still come to be',
  auth: { service: ['product-service'] },
  body: z.strictObject({ orderIds: z.array(id('order')).min(1).max(500) }),
  reply: { 200: z.object({ orderIds: z.array(id('order')) }) },
  example: { body: { orderIds: [examples.id(15)] }, reply: { orderIds: [examples.id(15)] } },
})
