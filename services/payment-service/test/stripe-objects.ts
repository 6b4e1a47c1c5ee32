// Objects as Stripe writes them; the compiler holds them against the types of Stripe's own client.
import type Stripe from 'stripe'

const second = () => Math.floor(Date.now() / 1_000)
const billing = { address: null, email: null, name: null, phone: null, tax_id: null }

export function paymentMethod(id: string): Stripe.PaymentMethod {
  return {
    ...{ id, object: 'payment_method', type: 'card', created: second(), livemode: false },
    ...{ billing_details: billing, customer: null, customer_account: null, metadata: {} },
    card: {
      ...{ brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2_090, funding: 'credit' },
      ...{ checks: null, country: 'US', display_brand: 'visa', generated_from: null },
      ...{ networks: null, regulated_status: null, three_d_secure_usage: null, wallet: null },
    },
  }
}

export interface IntentStart {
  readonly id: string
  readonly amount: number
  readonly currency: string
  readonly takes: boolean
  readonly method: string
  readonly metadata: Record<string, string>
}

export function paymentIntent(start: IntentStart): Stripe.PaymentIntent {
  const { id, amount, currency, takes, method, metadata } = start
  return {
    ...{ id, object: 'payment_intent', amount, currency, metadata, created: second() },
    ...{ status: 'requires_confirmation', livemode: false, payment_method: method },
    ...{ amount_capturable: 0, amount_received: 0, latest_charge: null, next_action: null },
    ...{ capture_method: takes ? 'automatic' : 'manual', confirmation_method: 'automatic' },
    ...{ allowed_payment_method_types: null, application: null, application_fee_amount: null },
    ...{ automatic_payment_methods: null, canceled_at: null, cancellation_reason: null },
    ...{ client_secret: `${id}_secret_x`, customer: null, customer_account: null },
    ...{ description: null, excluded_payment_method_types: null, last_payment_error: null },
    ...{ managed_payments: null, on_behalf_of: null, payment_method_options: null },
    ...{ payment_method_configuration_details: null, payment_method_types: ['card'] },
    ...{ payment_record: null, processing: null, receipt_email: null, review: null },
    ...{ setup_future_usage: null, shipping: null, source: null, transfer_group: null },
    ...{ statement_descriptor: null, statement_descriptor_suffix: null },
  }
}

export function charge(intent: Stripe.PaymentIntent, id: string): Stripe.Charge {
  const { amount, currency } = intent
  return {
    ...{ id, object: 'charge', amount, currency, created: second(), livemode: false },
    ...{ amount_captured: 0, amount_refunded: 0, captured: false, paid: true, refunded: false },
    ...{ payment_intent: intent.id, status: 'succeeded', metadata: {}, disputed: false },
    ...{ application: null, application_fee: null, application_fee_amount: null },
    ...{ balance_transaction: null, billing_details: billing, customer: null },
    ...{ calculated_statement_descriptor: null, description: null, failure_code: null },
    ...{ failure_balance_transaction: null, failure_message: null, fraud_details: null },
    ...{ on_behalf_of: null, outcome: null, payment_method: null, review: null },
    ...{ payment_method_details: null, receipt_email: null, receipt_number: null },
    ...{ receipt_url: null, shipping: null, source: null, source_transfer: null },
    ...{ statement_descriptor: null, statement_descriptor_suffix: null, transfer_data: null },
    transfer_group: null,
  }
}

export function refund(
  of: Stripe.Charge,
  id: string,
  amount: number,
  metadata: Record<string, string>,
): Stripe.Refund {
  return {
    ...{ id, object: 'refund', amount, currency: of.currency, created: second(), metadata },
    ...{ status: 'succeeded', charge: of.id, payment_intent: of.payment_intent },
    ...{ balance_transaction: null, customer: null, customer_account: null },
    ...{ payment_method: null, reason: null, receipt_number: null },
    ...{ source_transfer_reversal: null, transfer_reversal: null },
  }
}

export function balanceTransaction(
  id: string,
  { amount, fee }: { readonly amount: number; readonly fee: number },
): Stripe.BalanceTransaction {
  return {
    ...{ id, object: 'balance_transaction', amount, fee, net: amount - fee, currency: 'eur' },
    ...{ available_on: second(), created: second(), balance_type: 'payments', source: null },
    ...{ description: null, exchange_rate: null, fee_details: [], status: 'available' },
    ...{ reporting_category: amount < 0 ? 'dispute' : 'dispute_reversal', type: 'adjustment' },
  }
}

const noEvidence = {
  ...{ access_activity_log: null, billing_address: null, cancellation_policy: null },
  ...{ cancellation_policy_disclosure: null, cancellation_rebuttal: null },
  ...{ customer_communication: null, customer_email_address: null, customer_name: null },
  ...{ customer_purchase_ip: null, customer_signature: null, enhanced_evidence: {} },
  ...{ duplicate_charge_documentation: null, duplicate_charge_explanation: null },
  ...{ duplicate_charge_id: null, product_description: null, receipt: null, refund_policy: null },
  ...{ refund_policy_disclosure: null, refund_refusal_explanation: null, service_date: null },
  ...{ service_documentation: null, shipping_address: null, shipping_carrier: null },
  ...{ shipping_date: null, shipping_documentation: null, shipping_tracking_number: null },
  ...{ uncategorized_file: null, uncategorized_text: null },
}

export function dispute(of: Stripe.Charge, id: string, status: Stripe.Dispute.Status) {
  const made: Stripe.Dispute = {
    ...{ id, object: 'dispute', amount: of.amount_captured - of.amount_refunded, status },
    ...{ charge: of.id, payment_intent: of.payment_intent, currency: of.currency },
    ...{ balance_transactions: [], created: second(), livemode: false, metadata: {} },
    ...{ enhanced_eligibility_types: [], evidence: noEvidence, reason: 'fraudulent' },
    ...{ intended_submission_method: null, is_charge_refundable: status.startsWith('warning') },
    evidence_details: {
      ...{ due_by: second() + 7 * 86_400, enhanced_eligibility: {}, has_evidence: false },
      ...{ past_due: false, submission_count: 0, submission_method: 'not_submitted' },
    },
  }
  return made
}

type Told = 'payment_intent.succeeded' | 'payment_intent.payment_failed'

export type About = Stripe.PaymentIntent | Stripe.Refund | Stripe.Dispute

/** Only what an event is about matters; all kinds are written the same. */
export function event(id: string, type: string, about: About) {
  return {
    ...{ id, object: 'event', type: type as Told, created: second(), livemode: false },
    ...{ api_version: null, pending_webhooks: 1, request: { id: null, idempotency_key: null } },
    data: { object: about },
  } satisfies Omit<Stripe.EventBase, 'data'> & { data: object }
}
