// What Stripe knows of payments, and what becomes of each way to pay in its test mode.
import type Stripe from 'stripe'
import {
  type About,
  balanceTransaction,
  charge,
  dispute,
  event,
  paymentIntent,
  paymentMethod,
  refund,
} from './stripe-objects.ts'

/** An answer that is an error, as Stripe writes it. */
export class Refusal extends Error {
  readonly status: number
  readonly error: Partial<Stripe.StripeRawError>

  constructor(status: number, error: Partial<Stripe.StripeRawError>) {
    super(error.message ?? error.code ?? error.type)
    this.status = status
    this.error = error
  }
}

type ErrorCode = Stripe.PaymentIntent.LastPaymentError['code']
interface Behaviour {
  readonly comesTo: 'success' | 'challenge' | 'later' | 'refusal later' | 'refusal'
  readonly code?: ErrorCode
  readonly decline?: string
}

const methods: Readonly<Record<string, Behaviour>> = {
  pm_card_visa: { comesTo: 'success' },
  pm_card_visa_chargeDeclined: {
    ...{ comesTo: 'refusal', code: 'card_declined', decline: 'generic_decline' },
  },
  pm_card_visa_chargeDeclinedInsufficientFunds: {
    ...{ comesTo: 'refusal', code: 'card_declined', decline: 'insufficient_funds' },
  },
  pm_card_visa_chargeDeclinedExpiredCard: { comesTo: 'refusal', code: 'expired_card' },
  pm_card_threeDSecureRequired: { comesTo: 'challenge' },
  pm_later: { comesTo: 'later' },
  pm_refusal_later: { comesTo: 'refusal later', code: 'card_declined' },
}

type Tell = (told: ReturnType<typeof event>) => void

export function createStripeBooks(tell: Tell) {
  const intents = new Map<string, Stripe.PaymentIntent>()
  const charges = new Map<string, Stripe.Charge>()
  const refunds = new Map<string, Stripe.Refund[]>()
  const disputes = new Map<string, Stripe.Dispute>()
  const events: ReturnType<typeof event>[] = []
  let count = 0
  let noneArrives = false
  const nextId = (kind: string) => `${kind}_${String(++count).padStart(12, '0')}`

  function happened(type: string, about: About) {
    const told = structuredClone(event(nextId('evt'), type, about))
    events.unshift(told)
    tell(told)
  }

  function present(id: string): Stripe.PaymentIntent {
    const found = intents.get(id)
    if (found) return found
    throw invalid({ code: 'resource_missing', param: 'intent' }, 404)
  }

  /** As it is asked for with everything expanded. */
  function read(id: string): Stripe.PaymentIntent {
    const intent = present(id)
    const its = charges.get(id)
    const data = refunds.get(id) ?? []
    const hasMore = data.length > 10
    const first = { data: data.slice(0, 10), has_more: hasMore }
    const list = { object: 'list', ...first, url: '' } as const
    const method = typeof intent.payment_method === 'string' ? intent.payment_method : null
    return {
      ...intent,
      payment_method: method && paymentMethod(method),
      latest_charge: its ? { ...its, refunds: list } : null,
    }
  }

  function authorize(intent: Stripe.PaymentIntent): void {
    const made = charge(intent, nextId('ch'))
    charges.set(intent.id, made)
    intent.next_action = null
    if (intent.capture_method === 'automatic') take(intent, made, intent.amount)
    else {
      intent.status = 'requires_capture'
      intent.amount_capturable = intent.amount
      happened('payment_intent.amount_capturable_updated', intent)
    }
  }

  function take(intent: Stripe.PaymentIntent, of: Stripe.Charge, amount: number): void {
    intent.status = 'succeeded'
    intent.amount_capturable = 0
    intent.amount_received = amount
    of.captured = true
    of.amount_captured = amount
    // The part that is not taken is given back, and counts as a refund.
    if (amount < of.amount) addRefund(of, of.amount - amount, {})
    happened('payment_intent.succeeded', intent)
  }

  function addRefund(of: Stripe.Charge, amount: number, metadata: Record<string, string>) {
    const made = refund(of, nextId('re'), amount, metadata)
    const reference = String(of.payment_intent)
    refunds.set(reference, [made, ...(refunds.get(reference) ?? [])])
    of.amount_refunded += amount
    of.refunded = of.amount_refunded === of.amount
    return made
  }

  function refuse(intent: Stripe.PaymentIntent, code: ErrorCode, decline?: string): void {
    intent.status = 'requires_payment_method'
    intent.next_action = null
    intent.last_payment_error = {
      type: 'card_error',
      ...(code && { code }),
      ...(decline && { decline_code: decline }),
      payment_method: paymentMethod(String(intent.payment_method)),
    }
    intent.payment_method = null
    happened('payment_intent.payment_failed', intent)
  }

  function confirm(intent: Stripe.PaymentIntent, returnUrl: string): void {
    const { comesTo, code, decline } = methods[String(intent.payment_method)] ?? {}
    if (comesTo === 'success') authorize(intent)
    else if (comesTo === 'challenge') challenge(intent, returnUrl)
    else if (comesTo === 'refusal') {
      refuse(intent, code, decline)
      throw new Refusal(402, {
        ...{ type: 'card_error', ...(code && { code }), payment_intent: intent },
        ...(decline && { decline_code: decline }),
      })
    } else {
      intent.status = 'processing'
      happened('payment_intent.processing', intent)
    }
  }

  function challenge(intent: Stripe.PaymentIntent, returnUrl: string): void {
    intent.status = 'requires_action'
    const url = `https://hooks.stripe.test/3d_secure/${intent.id}`
    intent.next_action = {
      type: 'redirect_to_url',
      redirect_to_url: { return_url: returnUrl, url },
    }
    happened('payment_intent.requires_action', intent)
  }

  function create(form: URLSearchParams): Stripe.PaymentIntent {
    const amount = Number(form.get('amount'))
    const method = form.get('payment_method') ?? ''
    if (!methods[method]) throw invalid({ code: 'resource_missing', param: 'payment_method' })
    if (amount < 50) throw invalid({ code: 'amount_too_small', param: 'amount' })
    const intent = paymentIntent({
      ...{ id: nextId('pi'), amount, currency: form.get('currency') ?? '', method },
      ...{ takes: form.get('capture_method') === 'automatic', metadata: metadataOf(form) },
    })
    intents.set(intent.id, intent)
    confirm(intent, form.get('return_url') ?? '')
    return read(intent.id)
  }

  function capture(id: string, form: URLSearchParams): Stripe.PaymentIntent {
    const intent = present(id)
    const of = charges.get(id)
    const amount = Number(form.get('amount_to_capture'))
    if (intent.status !== 'requires_capture' || !of) throw unexpected(intent)
    if (amount > intent.amount_capturable)
      throw invalid({ code: 'amount_too_large', param: 'amount_to_capture' })
    take(intent, of, amount)
    return read(id)
  }

  function cancel(id: string): Stripe.PaymentIntent {
    const intent = present(id)
    if (intent.status === 'succeeded' || intent.status === 'canceled') throw unexpected(intent)
    intent.status = 'canceled'
    intent.amount_capturable = 0
    intent.next_action = null
    happened('payment_intent.canceled', intent)
    return read(id)
  }

  function move(about: Stripe.Dispute, amount: number, fee: number): void {
    about.balance_transactions.push(balanceTransaction(nextId('txn'), { amount, fee }))
  }

  function giveBack(form: URLSearchParams): Stripe.Refund {
    const id = form.get('payment_intent') ?? ''
    const intent = present(id)
    const of = charges.get(id)
    const amount = Number(form.get('amount'))
    if (intent.status !== 'succeeded' || !of) throw unexpected(intent)
    if (of.refunded) throw invalid({ code: 'charge_already_refunded' })
    const { status = 'won' } = disputes.get(id) ?? {}
    if (status === 'needs_response' || status === 'under_review')
      throw invalid({ code: 'charge_disputed' })
    const lost = status === 'lost' ? (disputes.get(id)?.amount ?? 0) : 0
    if (lost >= of.amount_captured - of.amount_refunded) throw invalid({ code: 'charge_disputed' })
    if (amount > of.amount - of.amount_refunded - lost) throw invalid({ param: 'amount' })
    const made = addRefund(of, amount, metadataOf(form))
    happened('refund.created', made)
    if (noneArrives) failRefund(id, made.id)
    return made
  }

  /** The money did not arrive; whether it still counts as given back is not documented. */
  function failRefund(id: string, refundId: string, { stillCounts = false } = {}): void {
    const found = refunds.get(id)?.find((one) => one.id === refundId)
    const of = charges.get(id)
    if (!found || !of || found.status === 'failed') return
    found.status = 'failed'
    found.failure_reason = 'expired_or_canceled_card'
    if (!stillCounts) of.amount_refunded -= found.amount
    of.refunded = of.amount_refunded === of.amount
    happened('refund.failed', found)
    happened('charge.refund.updated', found)
  }

  return {
    create,
    read,
    capture,
    cancel,
    refund: giveBack,
    all: () => [...intents.keys()].map(read),
    disputes: () => [...disputes.values()],

    listRefunds(query: URLSearchParams) {
      const all = refunds.get(query.get('payment_intent') ?? '') ?? []
      const start = all.findIndex(({ id }) => id === query.get('starting_after')) + 1
      const data = all.slice(start, start + Number(query.get('limit')))
      const hasMore = all.length > start + data.length
      return { object: 'list', data, has_more: hasMore, url: '/v1/refunds' }
    },

    refundsOf: (id: string): readonly Stripe.Refund[] => refunds.get(id) ?? [],

    failRefund,
    /** From now on refunds are made, and have failed at once. */
    letNoneArrive(really: boolean): void {
      noneArrives = really
    },

    listDisputes(query: URLSearchParams) {
      const found = disputes.get(query.get('payment_intent') ?? '')
      return { object: 'list', data: found ? [found] : [], has_more: false, url: '/v1/disputes' }
    },

    /** The payer's bank asks, or takes the money back; one that asked may take it then. */
    dispute(id: string, status: 'warning_needs_response' | 'needs_response', part?: number): void {
      const of = charges.get(id)
      if (!of?.captured || of.amount_captured <= of.amount_refunded) return
      const made = disputes.get(id) ?? dispute(of, nextId('du'), status)
      const isNew = !disputes.has(id)
      if (part !== undefined) made.amount = part
      of.disputed = true
      made.status = status
      if (status === 'needs_response') move(made, -made.amount, 1_500)
      disputes.set(id, made)
      happened(isNew ? 'charge.dispute.created' : 'charge.dispute.updated', made)
      if (status === 'needs_response') happened('charge.dispute.funds_withdrawn', made)
    },

    endDispute(id: string, status: 'won' | 'lost' | 'warning_closed'): void {
      const found = disputes.get(id)
      if (!found) throw new Error(`${id} is not disputed`)
      found.status = status
      happened('charge.dispute.closed', found)
      if (status !== 'won') return
      move(found, found.amount, 0)
      happened('charge.dispute.funds_reinstated', found)
    },

    listEvents(query: URLSearchParams) {
      const from = Number(query.get('created[gte]'))
      const to = Number(query.get('created[lt]'))
      const within = events.filter(({ created }) => created >= from && created < to)
      const after = query.get('starting_after')
      const start = after === null ? 0 : within.findIndex(({ id }) => id === after) + 1
      const data = within.slice(start, start + Number(query.get('limit')))
      const hasMore = within.length > start + data.length
      return { object: 'list', data, has_more: hasMore, url: '/v1/events' }
    },

    /** The payer shows who they are, or does not. */
    answer(id: string, isApproved: boolean): void {
      const intent = present(id)
      if (isApproved) authorize(intent)
      else refuse(intent, 'payment_intent_authentication_failure')
    },

    /** What is known later is known now. */
    settle(id: string): void {
      const intent = present(id)
      const { comesTo, code } = methods[String(intent.payment_method)] ?? {}
      if (comesTo === 'refusal later') refuse(intent, code)
      else authorize(intent)
    },
  }
}

export type StripeBooks = ReturnType<typeof createStripeBooks>

function metadataOf(form: URLSearchParams): Record<string, string> {
  const named = [...form].flatMap(([name, value]) => {
    const [, key] = /^metadata\[(\w+)\]$/.exec(name) ?? []
    return key === undefined ? [] : [[key, value] as const]
  })
  return Object.fromEntries(named)
}

function invalid(error: Partial<Stripe.StripeRawError>, status = 400): Refusal {
  return new Refusal(status, { type: 'invalid_request_error', ...error })
}

function unexpected(intent: Stripe.PaymentIntent): Refusal {
  return invalid({ code: 'payment_intent_unexpected_state', payment_intent: intent })
}
