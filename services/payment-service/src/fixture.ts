import { type Database, type Fixture, newId } from '@prognetwork/shared-infrastructure'
import { type DisputeRow, putDispute } from './disputes/disputes.store.ts'
import { methodOf, testCards } from './gateways/test-cards.ts'
import type { createLedger } from './ledger/ledger.ts'
import type { Payments } from './payments/payments.ts'
import type { StripeAccounts } from './stripe/accounts.ts'
import { insertEvent, noteHandled } from './told/told.store.ts'

/** A payment that was taken, and given back in part; and an account of which Stripe has told. */
export function createFixture(parts: {
  readonly db: Database
  readonly payments: Payments
  readonly accounts: StripeAccounts
  readonly ledger: ReturnType<typeof createLedger>
}): Fixture {
  const { db, payments, accounts, ledger } = parts
  return async (ctx, { marker, made }) => {
    const [card] = testCards
    if (!card) throw new Error('the sandbox takes no card')
    const payment = await payments.create(ctx, {
      params: { paymentId: newId() },
      body: {
        orderId: made.order?.[0] ?? newId(),
        amount: { amountMinor: 2_000, currency: 'EUR' },
        gateway: 'sandbox',
        method: methodOf(card, { month: 12, year: 2_090 }),
        capture: 'automatic',
      },
    })
    const refund = await payments.refund(ctx, {
      params: { paymentId: payment.id },
      body: { amountMinor: 500, reason: marker },
    })
    await accounts.handlers.setStripeAccount(ctx, {
      body: { secretKey: 'sk_test_51OfAFixture', signingSecret: 'whsec_51OfAFixture' },
    })
    await db.batch(ctx, [
      insertEvent(
        'stripe',
        `evt_${marker}`,
        'payment_intent.succeeded',
        'pi_fixture',
        ctx.now,
        ctx.now,
      ),
      noteHandled('stripe', 'pi_fixture', ctx.now, ctx.now),
    ])
    const dispute = newId()
    await db.batch(ctx, [
      putDispute(
        JSON.stringify({
          ...{ id: dispute, paymentId: payment.id, reference: `du_${marker}`, state: 'inquiry' },
          ...{ amountMinor: 1_500, reason: marker, evidenceDueAt: null, withdrawnMinor: 0 },
          ...{ reinstatedMinor: 0, feeMinor: 0, feeCurrency: 'EUR', openedAt: ctx.now },
          ...{ closedAt: null, updatedAt: ctx.now },
        } satisfies DisputeRow),
      ),
    ])
    const { items } = await ledger.transfers(ctx, {
      query: { paymentId: payment.id, limit: 10, after: undefined },
    })
    return {
      payment: payment.id,
      refund: refund.id,
      dispute,
      ledger_transfer: items.map((one) => one.id),
    }
  }
}
