// Payments by way of Stripe: a PaymentIntent each, confirmed with what the payer's browser got from
// Stripe's own form. Every request that moves money has a key made of the payment's id, so that
// repeating it moves nothing twice.
import type { Context } from '@prognetwork/contracts'
import { gatewayUnready, methodUnknown, paymentTaken } from '@prognetwork/contracts/payment'
import { Problem, Unavailable } from '@prognetwork/shared-infrastructure'
import type Stripe from 'stripe'
import { z } from 'zod'
import type { Authorization, PaymentGateway, Said, Subject } from '../gateways/gateway.ts'
import { fromStripe, toStripe, unfit } from './amounts.ts'
import { isRefusal, type StripeAccess, type StripeRefusal } from './client.ts'
import { disputeOf } from './disputes.ts'
import {
  cardOf,
  chargeOf,
  checkedIntent,
  expand,
  isDisputed,
  listedRefunds,
  noteOf,
} from './intents.ts'

interface Found {
  readonly payment: { id: string; orderId: string; amountMinor: number; currency: string }
  readonly authorization: Authorization
}

export interface StripeGateway extends PaymentGateway {
  /** A payment that was made from here, as Stripe knows it. */
  find(ctx: Context, reference: string): Promise<Found | undefined>
}

export function createStripe(parts: {
  readonly access: StripeAccess
  readonly publicUrl: string
}): StripeGateway {
  const { access, publicUrl } = parts

  const intentOf = async (ctx: Context, reference: string) =>
    checkedIntent(
      await access
        .ask(ctx, (stripe) => stripe.paymentIntents.retrieve(reference, { expand }))
        .catch((error) => {
          if (!isRefusal(error)) throw error
          throw new Problem(gatewayUnready, 'The account at Stripe has no such payment', {
            cause: error,
          })
        }),
    )

  async function latest(ctx: Context, answer: Stripe.Response<Stripe.PaymentIntent>) {
    const { lastResponse, id } = checkedIntent(answer)
    // What was answered the first time may be long past.
    const isOld = lastResponse.headers['idempotent-replayed'] === 'true'
    return isOld ? intentOf(ctx, id) : answer
  }

  const said = async (
    ctx: Context,
    intent: Stripe.PaymentIntent,
    isRefusal = false,
  ): Promise<Said> => {
    const { data, has_more: hasMore } = listedRefunds(intent)
    const charge = chargeOf(intent, hasMore ? await allRefundsOf(ctx, intent.id) : data)
    if (!isDisputed(intent)) return { charge, isRefusal }
    const disputes = await access.ask(ctx, (stripe) =>
      stripe.disputes.list({ payment_intent: intent.id, limit: 100 }),
    )
    return { charge: { ...charge, disputes: disputes.data.map(disputeOf) }, isRefusal }
  }

  const allRefundsOf = (ctx: Context, reference: string) =>
    access.ask(ctx, (stripe) =>
      stripe.refunds
        .list({ payment_intent: reference, limit: 100 })
        .autoPagingToArray({ limit: 10_000 }),
    )

  /** What came of it, also where nothing did. */
  async function moved(
    ctx: Context,
    { id, reference }: Subject,
    move: () => Promise<Stripe.PaymentIntent>,
  ): Promise<Said> {
    try {
      return await said(ctx, await move())
    } catch (error) {
      if (!isRefusal(error)) throw error
      const { code, requestId } = error
      ctx.log.info({ paymentId: id, code, requestId }, 'Stripe refused')
      return said(ctx, await intentOf(ctx, reference), true)
    }
  }

  const authorizationOf = (intent: Stripe.PaymentIntent): Authorization => ({
    ...{ reference: intent.id, card: cardOf(intent), charge: chargeOf(intent), books: [] },
  })

  return {
    name: 'stripe',
    isElsewhere: true,

    async authorize(ctx, { paymentId, orderId, amountMinor, currency, method, takes }) {
      if (!/^pm_\w{1,100}$/.test(method))
        throw new Problem(methodUnknown, "Stripe's form makes one that begins with pm_")
      const request = {
        ...{ amount: toStripe(amountMinor, currency), currency: currency.toLowerCase() },
        ...{ payment_method: method, payment_method_types: ['card'], confirm: true, expand },
        ...({ capture_method: takes ? 'automatic' : 'manual', return_url: publicUrl } as const),
        metadata: { payment: paymentId, order: orderId },
      }
      const idempotencyKey = `payment:${paymentId}`
      try {
        const answer = await access.ask(ctx, (stripe) =>
          stripe.paymentIntents.create(request, { idempotencyKey }),
        )
        return authorizationOf(await latest(ctx, answer))
      } catch (error) {
        if (!isRefusal(error)) throw error
        if (error.payment_intent)
          return authorizationOf(await intentOf(ctx, error.payment_intent.id))
        throw problemOf(error)
      }
    },

    capture: (ctx, subject, amountMinor) =>
      moved(ctx, subject, async () => {
        const { id, reference, currency, version } = subject
        const request = { amount_to_capture: toStripe(amountMinor, currency), expand }
        const idempotencyKey = `capture:${id}:${version}:${amountMinor}`
        const answer = await access.ask(ctx, (stripe) =>
          stripe.paymentIntents.capture(reference, request, { idempotencyKey }),
        )
        return latest(ctx, answer)
      }),

    voidIt: (ctx, subject) =>
      moved(ctx, subject, async () => {
        const { id, reference, version } = subject
        const idempotencyKey = `void:${id}:${version}`
        const answer = await access.ask(ctx, (stripe) =>
          stripe.paymentIntents.cancel(reference, { expand }, { idempotencyKey }),
        )
        return latest(ctx, answer)
      }),

    refund: (ctx, subject, { amountMinor, ...note }) =>
      moved(ctx, subject, async () => {
        const { reference, currency } = subject
        const request = {
          ...{ payment_intent: reference, amount: toStripe(amountMinor, currency) },
          metadata: noteOf(note),
        }
        const idempotencyKey = `refund:${note.id}:${note.attempt}`
        await access
          .ask(ctx, (stripe) => stripe.refunds.create(request, { idempotencyKey }))
          .catch((error) => {
            // Somebody asks for it at this moment: that is no answer to what comes of it.
            if (isRefusal(error) && error.type === 'StripeIdempotencyError')
              throw new Unavailable('Stripe', { cause: error })
            throw error
          })
        return intentOf(ctx, reference)
      }),

    retrieve: async (ctx, { reference }) => said(ctx, await intentOf(ctx, reference)),

    async find(ctx, reference) {
      const intent = await intentOf(ctx, reference)
      const { data } = made.safeParse(intent.metadata)
      if (!data || isNotTried(intent)) return undefined
      const currency = intent.currency.toUpperCase()
      const amountMinor = fromStripe(intent.amount, currency)
      return {
        payment: { id: data.payment, orderId: data.order, amountMinor, currency },
        authorization: authorizationOf(intent),
      }
    },
  }
}

const made = z.object({ payment: z.uuid(), order: z.uuid() })

function isNotTried({ status, last_payment_error: error }: Stripe.PaymentIntent): boolean {
  return status === 'requires_confirmation' || (status === 'requires_payment_method' && !error)
}

/** Why a payment was not even tried. */
function problemOf(error: StripeRefusal): Problem {
  const { type, param = '', code = '' } = error
  if (type === 'StripeIdempotencyError')
    return new Problem(paymentTaken, 'It is of another order or sum', { cause: error })
  if (param === 'payment_method')
    return new Problem(methodUnknown, 'Stripe does not know it, or it was used', { cause: error })
  if (param === 'amount' || param === 'currency' || code.startsWith('amount_'))
    return unfit('It is less or more than Stripe takes, or in a currency it does not', error)
  return new Problem(gatewayUnready, 'Stripe takes no such payments for the account', {
    cause: error,
  })
}
