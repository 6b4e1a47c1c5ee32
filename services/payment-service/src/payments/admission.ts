// How a payment comes to be kept: once under its id, and once for its order.
import type { Context } from '@prognetwork/contracts'
import { orderPaid, paymentTaken } from '@prognetwork/contracts/payment'
import { type Database, Problem } from '@prognetwork/shared-infrastructure'
import type { Authorization, PaymentGateway } from '../gateways/gateway.ts'
import { refundChanges } from '../refunds/refund-changes.ts'
import type { Convergence } from './convergence.ts'
import { findLive, findPayment, insertPayment, type Payment } from './payments.store.ts'

export type WantedPayment = Pick<Payment, 'id' | 'orderId' | 'amountMinor' | 'currency'>

export function createAdmission(parts: {
  readonly db: Database
  readonly begin: Convergence['begin']
}) {
  const { db, begin } = parts

  /**
   * What is kept already, before anybody elsewhere is asked to move money. The sandbox, whose books
   * are in the same commit, need not be spared.
   */
  async function find(ctx: Context, wanted: WantedPayment): Promise<Payment | undefined> {
    const [[found], [live]] = await db.readAll(ctx, [
      findPayment(wanted.id),
      findLive(wanted.orderId),
    ])
    if (!found && live) throw paid()
    return found && checked(found, wanted)
  }

  /** Keeps what a gateway authorised; somebody else may have kept the same by then. */
  async function admit(
    ctx: Context,
    gateway: PaymentGateway,
    wanted: WantedPayment,
    { reference, card, charge, books }: Authorization,
  ): Promise<Payment> {
    const { refunds: _, disputes: __, ...outcome } = charge
    const payment: Payment = {
      ...{ ...wanted, gateway: gateway.name, reference, ...outcome },
      ...{ cardBrand: card?.brand ?? null, cardLast4: card?.last4 ?? null },
      ...{
        disputeState: null,
        withdrawnMinor: 0,
        version: 1,
        createdAt: ctx.now,
        updatedAt: ctx.now,
      },
    }
    const unknown = { refundedMinor: 0, gateway: gateway.name }
    const { given } = refundChanges(unknown, charge, [], undefined)
    const told = await begin(ctx, payment, given)
    try {
      await db.batch(ctx, [insertPayment(JSON.stringify(payment)), ...books, ...told])
      return payment
    } catch (error) {
      const constraint = error instanceof Error && 'constraint' in error && error.constraint
      if (constraint === 'payment_order') {
        if (gateway.isElsewhere) await letGo(ctx, gateway, payment)
        throw paid(error)
      }
      if (constraint !== 'payment_pkey') throw error
      const [found] = await db.read(ctx, findPayment(wanted.id))
      if (!found) throw error
      return checked(found, wanted)
    }
  }

  return { find, admit }
}

/** The order is paid for by another payment, so that this one is given up where it was made. */
async function letGo(ctx: Context, gateway: PaymentGateway, payment: Payment): Promise<void> {
  const { id, state, capturedMinor, refundedMinor } = payment
  const leftMinor = capturedMinor - refundedMinor
  const reason = 'The order has another payment'
  if (leftMinor > 0)
    await gateway.refund(ctx, payment, {
      ...{ id, reason, madeBy: 'payment-service', amountMinor: leftMinor, attempt: 1 },
    })
  else if (state !== 'failed' && state !== 'captured') await gateway.voidIt(ctx, payment)
  ctx.log.warn({ paymentId: id, reference: payment.reference }, 'A second payment was let go')
}

function checked(found: Payment, wanted: WantedPayment): Payment {
  const isSame =
    found.orderId === wanted.orderId &&
    found.amountMinor === wanted.amountMinor &&
    found.currency === wanted.currency
  if (!isSame) throw new Problem(paymentTaken, 'It is of another order or sum')
  return found
}

function paid(cause?: unknown): Problem {
  return new Problem(orderPaid, 'Look at the payments of the order', { cause })
}
