// Having gateways do something, and keeping what they say.
import type { Context, Statement, Transaction } from '@prognetwork/contracts'
import {
  amountExceeded,
  paymentInDispute,
  paymentMissing,
  paymentUnfit,
} from '@prognetwork/contracts/payment'
import {
  type Database,
  type PlatformDoor,
  Problem,
  Unavailable,
} from '@prognetwork/shared-infrastructure'
import { listDisputesOfPayment } from '../disputes/disputes.store.ts'
import type { AskedRefund, Outcome, PaymentGateway } from '../gateways/gateway.ts'
import { failureOfAsked, refundChanges } from '../refunds/refund-changes.ts'
import { listRefunds, refuseRefund } from '../refunds/refunds.store.ts'
import type { Convergence } from './convergence.ts'
import { findPayment, lockPayment, type Payment } from './payments.store.ts'

/** So often is a gateway asked again while others keep what it told them. */
export const maxTries = 5

export interface End {
  readonly asked?: AskedRefund
  readonly answer?: ((payment: Payment, tx: Transaction) => Answer | Promise<Answer>) | undefined
  /** What is kept where the gateway refuses. */
  readonly whenRefused?: readonly Statement[]
  readonly isDone?: (payment: Payment) => boolean
  /** The same of what is looked for under the lock. */
  readonly isKept?: (tx: Transaction) => Promise<boolean>
}
type Answer = readonly Statement[]

/** The gateway tried to give back, and says that nothing came of it: to try at once again is no use. */
export class CameToNothing extends Problem {}

/** Something was kept since that was read of which a gateway spoke. */
class Outdated extends Error {}

function unlessOutdated(error: unknown): undefined {
  if (!(error instanceof Outdated)) throw error
}

export function createConversation(parts: {
  readonly db: Database
  readonly platform: PlatformDoor
  readonly gateways: ReadonlyMap<string, PaymentGateway>
  readonly converge: Convergence['converge']
}) {
  const { db, platform, gateways, converge } = parts

  function gatewayOf(name: string): PaymentGateway {
    const gateway = gateways.get(name)
    if (!gateway) throw new Error(`there is no gateway ${name}`)
    return gateway
  }

  async function present(ctx: Context, id: string): Promise<Payment> {
    const [found] = await db.read(ctx, findPayment(id))
    return found ?? missing()
  }

  /** Has the gateway do something, and keeps what it says; nothing of what is done meanwhile. */
  async function apply(
    ctx: Context,
    asked: Payment,
    outcome: Outcome,
    end: End = {},
  ): Promise<Payment> {
    const isRefused = typeof outcome !== 'function' && outcome.isRefusal
    let [known, said] = [asked, outcome]
    for (let tries = 0; tries < maxTries; tries++) {
      const failure = end.asked && failureIn(said, end.asked)
      const isRefusal = isRefused || failure !== undefined
      // What is learnt from a refusal is kept, and is not the answer to what was asked for.
      const [own, ends] = isRefusal
        ? [
            platform.enter(ctx, ctx.scope.tenantId, 'a gateway refused'),
            { ...end, answer: () => end.whenRefused ?? [] },
          ]
        : [ctx, end]
      const payment = await keep(own, known, said, ends).catch(unlessOutdated)
      if (payment && failure !== undefined && !end.isDone?.(payment))
        throw new CameToNothing(paymentUnfit, `The refund came to nothing: ${failure}`)
      if (payment && isRefusal && !end.isDone?.(payment)) throw unfit(payment)
      if (payment) return payment
      known = await present(ctx, asked.id)
      said = await gatewayOf(known.gateway).retrieve(ctx, known)
    }
    throw new Unavailable(`the payment ${asked.id}, of which much is told at once,`)
  }

  function keep(ctx: Context, known: Payment, outcome: Outcome, end: End) {
    return db.transaction(ctx, async (tx) => {
      const [before] = await tx.run(lockPayment(known.id))
      if (!before) return missing()
      if (end.isDone?.(before) || (await end.isKept?.(tx))) return before
      if (typeof outcome !== 'function' && before.version !== known.version) throw new Outdated()
      const charge = typeof outcome === 'function' ? await outcome(tx) : outcome.charge
      if (!charge) throw unfit(before)
      const kept = charge.refunds?.length ? await tx.run(listRefunds(known.id)) : []
      const disputes = charge.disputes?.length ? await tx.run(listDisputesOfPayment(known.id)) : []
      const refunds = refundChanges(before, charge, kept, end.asked)
      const { payment, statements } = await converge(ctx, before, charge, { refunds, disputes })
      const answer = (await end.answer?.(payment, tx)) ?? []
      const refused = refunds.refused.map(({ id, attempt }) => refuseRefund(id, attempt))
      await tx.batch([...statements, ...refused, ...answer])
      return payment
    })
  }

  return { gatewayOf, present, apply }
}

export type Conversation = ReturnType<typeof createConversation>

function failureIn(said: Outcome, asked: AskedRefund): string | undefined {
  return typeof said === 'function' ? undefined : failureOfAsked(said.charge.refunds, asked)
}

export function missing(): never {
  throw new Problem(paymentMissing, 'No payment has this id')
}

/** Why something cannot be done with a payment. */
export function unfit({ state, disputeState }: Payment): Problem {
  if (state !== 'captured' || disputeState === null)
    return new Problem(paymentUnfit, `It is ${state}`)
  return new Problem(
    paymentInDispute,
    disputeState === 'open'
      ? 'Wait for what becomes of its dispute'
      : "The payer's bank has taken it back",
  )
}

export function exceeded(leftMinor: number): Problem {
  return new Problem(amountExceeded, `There are ${leftMinor} left`, {
    errors: [
      { pointer: '/body/amountMinor', expected: `at most ${leftMinor}`, detail: 'It is more' },
    ],
  })
}
