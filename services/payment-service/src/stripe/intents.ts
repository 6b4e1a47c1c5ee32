// What a PaymentIntent says, in our terms.
import { Unavailable } from '@prognetwork/shared-infrastructure'
import type Stripe from 'stripe'
import { z } from 'zod'
import type { AskedRefund, Card, Charge, ListedRefund } from '../gateways/gateway.ts'
import { fromStripe } from './amounts.ts'

/** Whatever is read of an intent below, so that one request brings it all. */
export const expand = ['latest_charge.refunds', 'payment_method']

/** Something between us and Stripe may answer for it, and the client takes any JSON for an answer. */
export function checkedIntent<Intent extends Stripe.PaymentIntent>(intent: Intent): Intent {
  if (intent.object !== 'payment_intent') throw new Unavailable('Stripe')
  return intent
}

/** `refunds` are all that there are. */
export function chargeOf(
  intent: Stripe.PaymentIntent,
  refunds: readonly Stripe.Refund[] = listedRefunds(intent).data,
): Charge {
  const { status, currency, amount_received: received, last_payment_error: error } = intent
  const state = stateOf(status, error !== null)
  const charge = expanded(intent.latest_charge)
  const ours = (amount: number) => fromStripe(amount, currency)
  const isCaptured = state === 'captured'
  return {
    state,
    capturedMinor: isCaptured ? ours(received) : 0,
    refundedMinor: isCaptured && charge ? ours(refundedOf(charge, refunds)) : 0,
    failureCode: state === 'failed' ? failureOf(error) : null,
    actionUrl: state === 'requires_action' ? actionOf(intent) : null,
    refunds: refunds.map((refund) => listedRefund(refund, ours)),
  }
}

/** The latest ones of the payment, and whether there are more. */
export function listedRefunds({ latest_charge: charge }: Stripe.PaymentIntent) {
  return expanded(charge)?.refunds ?? { data: [], has_more: false }
}

/** Whether what a failed refund gave back is counted on is not said anywhere, so that both is taken. */
function refundedOf(charge: Stripe.Charge, refunds: readonly Stripe.Refund[]): number {
  // A part that was authorised and not taken counts as refunded there, and never was taken here.
  const released = charge.amount - charge.amount_captured
  const arrived = refunds
    .filter((one) => !isFailed(one))
    .reduce((sum, { amount }) => sum + amount, 0)
  return Math.max(0, Math.min(charge.amount_refunded, arrived + released) - released)
}

function isFailed({ status }: Stripe.Refund): boolean {
  return status === 'failed' || status === 'canceled'
}

/** Also when that is over. */
export function isDisputed({ latest_charge: charge }: Stripe.PaymentIntent): boolean {
  return expanded(charge)?.disputed ?? false
}

export function cardOf(intent: Stripe.PaymentIntent): Card | null {
  const card =
    expanded(intent.payment_method)?.card ?? intent.last_payment_error?.payment_method?.card
  return card ? { brand: card.brand, last4: card.last4 } : null
}

/** An attempt that was refused leaves an intent that waits for another way to pay: it gets none. */
function stateOf(status: Stripe.PaymentIntent.Status, wasRefused: boolean): Charge['state'] {
  switch (status) {
    case 'requires_capture':
      return 'authorized'
    case 'succeeded':
      return 'captured'
    case 'canceled':
      return 'voided'
    case 'requires_action':
      return 'requires_action'
    case 'requires_payment_method':
      return wasRefused ? 'failed' : 'processing'
    default:
      return 'processing'
  }
}

function actionOf({ next_action: action }: Stripe.PaymentIntent): string | null {
  return action?.redirect_to_url?.url ?? null
}

/** https://docs.stripe.com/error-codes and https://docs.stripe.com/declines/codes */
function failureOf(error: Stripe.PaymentIntent['last_payment_error']): Charge['failureCode'] {
  const { code, decline_code: decline, type } = error ?? {}
  if (code === 'expired_card' || decline === 'expired_card') return 'expired_card'
  if (code === 'insufficient_funds' || decline === 'insufficient_funds') return 'insufficient_funds'
  if (code === 'payment_intent_authentication_failure' || code === 'authentication_required')
    return 'authentication_failed'
  if (code === 'processing_error') return 'processing_error'
  return type === 'card_error' ? 'card_declined' : 'processing_error'
}

const note = z.object({
  refund: z.uuid(),
  made_by: z.string(),
  reason: z.string().optional(),
  attempt: z.coerce.number().int().default(1),
})

/** What goes along with a refund, so that whoever hears of it first knows whose it is. */
export function noteOf({ id, madeBy, reason, attempt }: Omit<AskedRefund, 'amountMinor'>) {
  return {
    ...{ refund: id, made_by: madeBy },
    ...(reason !== null && { reason }),
    ...(attempt > 1 && { attempt }),
  }
}

function listedRefund(refund: Stripe.Refund, ours: (amount: number) => number): ListedRefund {
  const { id: reference, amount, metadata, failure_reason: why, status } = refund
  const { data } = note.safeParse(metadata)
  return {
    ...{ reference, amountMinor: ours(amount) },
    failure: isFailed(refund) ? (why ?? status ?? 'unknown') : null,
    attempt: data?.attempt ?? 1,
    note: data ? { id: data.refund, madeBy: data.made_by, reason: data.reason ?? null } : null,
  }
}

function expanded<Part extends object>(part: string | Part | null): Part | null {
  if (typeof part === 'string') throw new Error('an answer of Stripe was not asked for in full')
  return part
}
