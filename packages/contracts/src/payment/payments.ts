import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { id, page, pageQuery, text, timestamp } from '../shapes.ts'
import { examplePayment, paidAmount, payment, paymentMethod, paymentState } from './shapes.ts'

export const paymentMissing = problem(
  'missing',
  'payment.payment_missing',
  'There is no such payment',
)
export const orderPaid = problem(
  'conflict',
  'payment.order_paid',
  'The order has a payment that was made or is under way',
)
export const methodUnknown = problem(
  'unprocessable',
  'payment.method_unknown',
  'The gateway does not know what was to be paid with',
)
export const paymentUnfit = problem(
  'conflict',
  'payment.payment_unfit',
  'The payment is not in a state in which this can be done',
)
export const paymentInDispute = problem(
  'conflict',
  'payment.payment_in_dispute',
  "The payer's bank disputes the payment, or has taken it back",
)
export const amountExceeded = problem(
  'unprocessable',
  'payment.amount_exceeded',
  'It is more than is left of the payment',
)

export const amountUnfit = problem(
  'unprocessable',
  'payment.amount_unfit',
  'The gateway cannot move this amount in this currency',
)
export const gatewayUnready = problem(
  'unprocessable',
  'payment.gateway_unready',
  'The gateway does not work for the tenant: it is not set up, or its key is refused',
)

export const paymentTaken = problem(
  'conflict',
  'payment.payment_taken',
  'Another payment has this id',
)

const byPayment = z.strictObject({ paymentId: id('payment') })
const exampleParams = { paymentId: examples.id(20) }

/** Asked for again, it is answered as it is by then; a refusal of the gateway is a failed payment. */
export const createPayment = operation('PUT', '/v1/payments/{paymentId}', {
  summary: 'Pay for an order, once under this id',
  auth: { service: ['order-service'] },
  /** Of a payment to be: another tenant's may have the same and is another. */
  params: z.strictObject({ paymentId: z.uuid() }),
  body: z.strictObject({
    orderId: id('order'),
    amount: paidAmount,
    /**
     * `stripe` pays with a payment method that Stripe's form made (`pm_...`), into the account of the
     * tenant; `sandbox` with one of a test card (`sandbox_...`).
     */
    gateway: z.enum(['sandbox', 'stripe']).default('sandbox'),
    method: paymentMethod,
    /** `manual` holds the money; it is taken by a capture. */
    capture: z.enum(['automatic', 'manual']).default('automatic'),
  }),
  reply: { 200: payment },
  problems: [orderPaid, methodUnknown, paymentTaken, amountUnfit, gatewayUnready],
  example: {
    params: exampleParams,
    body: {
      orderId: examples.id(15),
      amount: { amountMinor: 3_198, currency: 'GBP' },
      method: 'sandbox_4242424242424242_1230',
    },
    reply: examplePayment,
  },
})

export const capturePayment = operation('POST', '/v1/payments/{paymentId}/capture', {
  summary: 'Take money that is held, or a part of it: the rest is free again',
  auth: { service: ['order-service'] },
  idempotent: true,
  params: byPayment,
  /** All of it without an amount. */
  body: z.strictObject({ amountMinor: z.int().min(1).optional() }),
  reply: { 200: payment },
  problems: [paymentMissing, paymentUnfit, amountExceeded, amountUnfit, gatewayUnready],
  example: { params: exampleParams, body: {}, reply: examplePayment },
})

export const voidPayment = operation('POST', '/v1/payments/{paymentId}/void', {
  summary: 'Let go of what is not taken yet; repeating it changes nothing',
  auth: { service: ['order-service'] },
  params: byPayment,
  reply: { 200: payment },
  problems: [paymentMissing, paymentUnfit, gatewayUnready],
  example: {
    params: exampleParams,
    reply: { ...examplePayment, state: 'voided', capturedMinor: 0 },
  },
})

const refund = z.object({
  id: id('refund'),
  paymentId: id('payment'),
  amountMinor: z.int(),
  reason: z.string().nullable(),
  madeBy: z.string(),
  /** One that was given may fail days after, and is given back to the shop then. */
  state: z.enum(['succeeded', 'failed']),
  /** Why, in the gateway's words. */
  failure: z.string().nullable(),
  createdAt: timestamp,
})
const exampleRefund = {
  id: examples.id(21),
  paymentId: examples.id(20),
  amountMinor: 1_599,
  reason: 'One pot came broken',
  madeBy: examples.id(),
  state: 'succeeded',
  failure: null,
  createdAt: examples.time,
} as const

export const refundPayment = operation('POST', '/v1/payments/{paymentId}/refunds', {
  summary: 'Give money back, all that is left of the payment or a part',
  auth: { permission: 'payment:refund:create' },
  idempotent: true,
  params: byPayment,
  /** All that is left without an amount. */
  body: z.strictObject({
    amountMinor: z.int().min(1).optional(),
    reason: text(1, 500).nullable().default(null),
  }),
  reply: { 201: refund },
  problems: [
    paymentMissing,
    paymentUnfit,
    paymentInDispute,
    amountExceeded,
    amountUnfit,
    gatewayUnready,
  ],
  example: {
    params: exampleParams,
    body: { amountMinor: 1_599, reason: 'One pot came broken' },
    reply: exampleRefund,
  },
})

export const refundTaken = problem(
  'conflict',
  'payment.refund_taken',
  'Another payment has a refund of this id',
)

/** Asked for again, it is answered as it was made. Of what is not left nothing is given. */
export const giveRefund = operation('PUT', '/v1/payments/{paymentId}/refunds/{refundId}', {
  summary: 'Give money back, once under this id: as much as is left, and at most so much',
  auth: { service: ['order-service'] },
  params: byPayment.extend({ refundId: z.uuid() }),
  body: z.strictObject({ atMostMinor: z.int().min(1), reason: text(1, 500) }),
  reply: { 200: z.object({ amountMinor: z.int() }) },
  problems: [
    paymentMissing,
    paymentUnfit,
    paymentInDispute,
    refundTaken,
    amountUnfit,
    gatewayUnready,
  ],
  example: {
    params: { ...exampleParams, refundId: exampleRefund.id },
    body: { atMostMinor: 1_599, reason: 'One pot was returned' },
    reply: { amountMinor: 1_599 },
  },
})

export const returnPayment = operation('POST', '/v1/payments/{paymentId}/return', {
  summary: 'Give back whatever is left of a payment; repeating it changes nothing',
  auth: { service: ['order-service'] },
  params: byPayment,
  body: z.strictObject({ reason: text(1, 500) }),
  reply: { 200: payment },
  problems: [paymentMissing, paymentUnfit, paymentInDispute, gatewayUnready],
  example: {
    params: exampleParams,
    body: { reason: 'The order was cancelled' },
    reply: { ...examplePayment, refundedMinor: 3_198 },
  },
})

export const readOutcome = operation('GET', '/v1/payments/{paymentId}/outcome', {
  summary: 'What has become of a payment by now',
  auth: { service: ['order-service'] },
  params: byPayment,
  reply: { 200: payment },
  problems: [paymentMissing],
  example: { params: exampleParams, reply: examplePayment },
})

export const readPayment = operation('GET', '/v1/payments/{paymentId}', {
  summary: 'A payment with its refunds',
  auth: { permission: 'payment:payment:read' },
  params: byPayment,
  reply: { 200: payment.extend({ refunds: z.array(refund) }) },
  problems: [paymentMissing],
  example: {
    params: exampleParams,
    reply: { ...examplePayment, refundedMinor: 1_599, refunds: [exampleRefund] },
  },
})

export const listPayments = operation('GET', '/v1/payments', {
  summary: 'Payments, newest first',
  auth: { permission: 'payment:payment:read' },
  query: pageQuery.extend({ orderId: id('order').optional(), state: paymentState.optional() }),
  reply: { 200: page(payment) },
  example: {
    query: { orderId: examples.id(15) },
    reply: { items: [examplePayment], next: null },
  },
})
