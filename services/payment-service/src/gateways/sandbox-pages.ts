// What a gateway's own pages do in the browser of a payer, as operations: the form for the card, and
// the page of the bank that asks who pays.
import { cardUnknown, challengeMissing, type paymentContract } from '@prognetwork/contracts/payment'
import { type Database, type Handlers, Problem } from '@prognetwork/shared-infrastructure'
import type { Payments } from '../payments/payments.ts'
import { findByChallenge } from './sandbox.store.ts'
import type { Sandbox } from './sandbox.ts'
import { methodOf, testCards } from './test-cards.ts'

type SandboxHandlers = Handlers<typeof paymentContract>

export function createSandboxPages(parts: {
  readonly db: Database
  readonly sandbox: Sandbox
  readonly payments: Payments
  readonly isOn: boolean
}) {
  const { db, sandbox, payments, isOn } = parts
  const taken = isOn ? testCards : []

  const listCards: SandboxHandlers['listTestCards'] = () => ({
    items: taken.map(({ number, brand, outcome }) => ({ number, brand, outcome })),
  })

  const createMethod: SandboxHandlers['createSandboxMethod'] = (_ctx, { body }) => {
    const card = taken.find((one) => one.number === body.number)
    // What may be the number of a real card is not repeated to anybody.
    if (!card) throw new Problem(cardUnknown, 'Those that it takes are at /v1/sandbox/cards')
    return {
      method: methodOf(card, { month: body.expiryMonth, year: body.expiryYear }),
      ...{ brand: card.brand, last4: card.number.slice(-4) },
    }
  }

  const answer: SandboxHandlers['answerChallenge'] = async (ctx, { params, body }) => {
    const [found] = await db.read(ctx, findByChallenge(params.challenge))
    if (!found) throw new Problem(challengeMissing, 'It was answered, or was never asked')
    const outcome = sandbox.answer(params.challenge, body.approve)
    const { state } = await payments.heard(ctx, sandbox.name, found.reference, outcome)
    return { state }
  }

  return { listCards, createMethod, answer }
}
