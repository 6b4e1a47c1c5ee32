// What a dispute at Stripe says, in our terms (https://docs.stripe.com/api/disputes/object).
import type Stripe from 'stripe'
import type { GatewayDispute } from '../gateways/gateway.ts'
import { fromStripe } from './amounts.ts'

export function disputeOf(dispute: Stripe.Dispute): GatewayDispute {
  const { id, amount, currency, reason, status, created, evidence_details: evidence } = dispute
  const { balance_transactions: moves } = dispute
  const amountMinor = fromStripe(amount, currency)
  const feeCurrency = (moves[0]?.currency ?? currency).toUpperCase()
  const fee = moves.reduce((sum, one) => sum + one.fee, 0)
  // A balance may be in another currency than the payment, so that only whether money moved is read.
  const isWithdrawn = moves.some((one) => one.amount < 0)
  const isReinstated = isWithdrawn && moves.some((one) => one.amount > 0)
  return {
    ...{ reference: id, state: stateOf(status), amountMinor, reason },
    evidenceDueAt: evidence.due_by === null ? null : timeOf(evidence.due_by),
    ...{ withdrawnMinor: isWithdrawn ? amountMinor : 0 },
    ...{ reinstatedMinor: isReinstated ? amountMinor : 0 },
    ...{ feeMinor: fromStripe(fee, feeCurrency), feeCurrency, openedAt: timeOf(created) },
  }
}

function stateOf(status: Stripe.Dispute.Status): GatewayDispute['state'] {
  switch (status) {
    case 'won':
      return 'won'
    case 'lost':
      return 'lost'
    case 'under_review':
    case 'appeal_under_review':
      return 'under_review'
    case 'warning_needs_response':
    case 'warning_under_review':
      return 'inquiry'
    case 'warning_closed':
    case 'prevented':
      return 'closed'
    default:
      return 'needs_response'
  }
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1_000).toISOString()
}
