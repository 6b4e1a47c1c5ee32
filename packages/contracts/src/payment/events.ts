import { z } from 'zod'
import { event, upcaster } from '../event.ts'
import { examples } from '../examples.ts'
import { id, money, timestamp } from '../shapes.ts'
import { failureCode } from './shapes.ts'

const aboutPayment = z.object({ paymentId: id('payment'), orderId: id('order'), amount: money })
const example = {
  paymentId: examples.id(20),
  orderId: examples.id(15),
  amount: { amountMinor: 3_198, currency: 'GBP' },
}

export const paymentAuthorized = event('payment.authorized', 1, aboutPayment, {
  key: 'paymentId',
  example,
})
export const paymentCaptured = event('payment.captured', 1, aboutPayment, {
  key: 'paymentId',
  example,
})
export const paymentFailed = event(
  'payment.failed',
  1,
  aboutPayment.extend({ reason: failureCode }),
  { key: 'paymentId', example: { ...example, reason: 'card_declined' as const } },
)
export const paymentVoided = event('payment.voided', 1, aboutPayment, { key: 'paymentId', example })

const refunded1 = event('payment.refunded', 1, aboutPayment.extend({ refundedMinor: z.int() }), {
  key: 'paymentId',
  example: {
    ...example,
    amount: { amountMinor: 1_599, currency: 'GBP' },
    refundedMinor: 1_599,
  },
})
/** `amount` is what was given back by this one refund, whose id is null where it was not told yet. */
export const paymentRefunded = event(
  'payment.refunded',
  2,
  aboutPayment.extend({ refundId: id('refund').nullable(), refundedMinor: z.int() }),
  {
    key: 'paymentId',
    example: {
      ...{ ...example, refundId: examples.id(21), refundedMinor: 1_599 },
      amount: { amountMinor: 1_599, currency: 'GBP' },
    },
    upcaster: upcaster(refunded1, (data) => ({ ...data, refundId: null })),
  },
)

/** `amount` is what was given back and did not arrive; `refundedMinor` what stays given back. */
export const paymentRefundFailed = event(
  'payment.refund_failed',
  1,
  aboutPayment.extend({ refundId: id('refund'), refundedMinor: z.int(), reason: z.string() }),
  {
    key: 'paymentId',
    example: {
      ...{ ...example, refundId: examples.id(21), refundedMinor: 0 },
      reason: 'expired_or_canceled_card',
    },
  },
)

const aboutDispute = aboutPayment.extend({ disputeId: id('dispute'), reason: z.string() })
const exampleDispute = { ...example, disputeId: examples.id(30), reason: 'fraudulent' }

/** `amount` is what is disputed. By an inquiry no money has moved yet. */
export const paymentDisputed = event(
  'payment.disputed',
  1,
  aboutDispute.extend({ isInquiry: z.boolean(), evidenceDueAt: timestamp.nullable() }),
  {
    key: 'paymentId',
    example: { ...exampleDispute, isInquiry: false, evidenceDueAt: examples.time },
  },
)
export const paymentDisputeClosed = event(
  'payment.dispute_closed',
  1,
  aboutDispute.extend({ outcome: z.enum(['won', 'lost', 'closed']) }),
  { key: 'paymentId', example: { ...exampleDispute, outcome: 'won' as const } },
)
