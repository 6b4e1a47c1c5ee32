import { z } from 'zod'
import { examples } from '../examples.ts'
import { currency, id, money, timestamp } from '../shapes.ts'

/**
 * `processing` until the gateway knows, `requires_action` until the payer has shown who they are;
 * `authorized` money is held and not taken. `failed` and `voided` are ends.
 */
export const paymentState = z.enum([
  'processing',
  'requires_action',
  'authorized',
  'captured',
  'failed',
  'voided',
])

/** Why a gateway took no money, in terms that all gateways share. */
export const failureCode = z.enum([
  'card_declined',
  'insufficient_funds',
  'expired_card',
  'authentication_failed',
  'processing_error',
])

/** More is not paid at once; sums of hundreds of such are exact still. */
export const maxAmountMinor = 1_000_000_000_000

/** An amount that is asked for; nothing is not paid for. */
export const paidAmount = z.strictObject({
  amountMinor: z.int().min(1).max(maxAmountMinor),
  currency,
})

export const payment = z.object({
  id: id('payment'),
  orderId: id('order'),
  gateway: z.string(),
  state: paymentState,
  amount: money,
  capturedMinor: z.int(),
  refundedMinor: z.int(),
  card: z.object({ brand: z.string(), last4: z.string() }).nullable(),
  failure: z.object({ code: failureCode, message: z.string() }).nullable(),
  /** Where the payer shows who they are. */
  actionUrl: z.string().nullable(),
  /** While its payer's bank disputes it, and when it has taken it back for good. */
  dispute: z.enum(['open', 'lost']).nullable(),
  createdAt: timestamp,
  updatedAt: timestamp,
})

export const examplePayment = {
  id: examples.id(20),
  orderId: examples.id(15),
  gateway: 'sandbox',
  state: 'captured',
  amount: { amountMinor: 3_198, currency: 'GBP' },
  capturedMinor: 3_198,
  refundedMinor: 0,
  card: { brand: 'visa', last4: '4242' },
  failure: null,
  actionUrl: null,
  dispute: null,
  createdAt: examples.time,
  updatedAt: examples.time,
} as const

/** What the payer pays with, as the gateway's own form gave it: never the number of a card. */
export const paymentMethod = z.string().min(1).max(200)
