import type { Output } from '@prognetwork/contracts'
import type { paymentContract } from '@prognetwork/contracts/payment'
import { failureMessages } from './failure-messages.ts'
import type { Payment } from './payments.store.ts'

/** A payment in the form of its contract. */
export function shownPayment(
  payment: Payment,
): Output<typeof paymentContract.operations.createPayment> {
  const { id, orderId, gateway, state, capturedMinor, refundedMinor, disputeState } = payment
  const { amountMinor, currency, cardBrand, cardLast4, failureCode, actionUrl } = payment
  return {
    ...{ id, orderId, gateway, state, capturedMinor, refundedMinor, actionUrl },
    amount: { amountMinor, currency },
    card: cardBrand && cardLast4 ? { brand: cardBrand, last4: cardLast4 } : null,
    failure: failureCode && { code: failureCode, message: failureMessages[failureCode] },
    dispute: disputeState,
    createdAt: payment.createdAt,
    updatedAt: payment.updatedAt,
  }
}
