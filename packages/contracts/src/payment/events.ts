import { z } from 'zod'
import { event } from '../event.ts'
import { examples } from '../examples.ts'
import { id, money } from '../shapes.ts'
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

/** `amount` is what was given back by this one refund. */
export const paymentRefunded = event(
  'payment.refunded',
  1,
  aboutPayment.extend({ refundedMinor: z.int() }),
  {
    key: 'paymentId',
    example: {
      ...example,
      amount: { amountMinor: 1_599, currency: 'GBP' },
      refundedMinor: 1_599,
    },
  },
)
