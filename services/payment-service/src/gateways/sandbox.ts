// A gateway without money, for trying everything out. It is strict as a real one: it knows what was
// authorised, and takes and gives back no more than that.
import { randomBytes } from 'node:crypto'
import type { Statement, Transaction } from '@prognetwork/contracts'
import { methodUnknown } from '@prognetwork/contracts/payment'
import { later, newId, Problem } from '@prognetwork/shared-infrastructure'
import type { Charge, GatewayDispute, Outcome, PaymentGateway } from './gateway.ts'
import {
  answerCharge,
  captureCharge,
  decideDispute,
  insertCharge,
  insertSandboxEvent,
  moveDispute,
  refundCharge,
  type SandboxCharge,
  settleCharge,
  voidCharge,
} from './sandbox.store.ts'
import { cardOf, type TestCard } from './test-cards.ts'

/** How long it takes until that is known which is known later. */
const settleMs = 3_000
/** How long evidence is taken for, and a dispute that is not answered is lost after. */
const evidenceMs = 7 * 24 * 3_600_000
const disputeFee = { feeMinor: 1_500, feeCurrency: 'EUR' }

type Beginning = Pick<
  SandboxCharge,
  'state' | 'failureCode' | 'challenge' | 'settlesAt' | 'succeeds' | 'disputeState' | 'disputeAt'
>

export interface Sandbox extends PaymentGateway {
  /** The payer's answer to who they are. */
  answer(challenge: string, isApproved: boolean): Outcome
  /** What the payer's bank makes of a dispute. */
  decide(dispute: string, outcome: 'won' | 'lost'): Outcome
}

export function createSandbox(parts: {
  readonly publicUrl: string
  /** Whether anything new can be paid with it. */
  readonly isOn: boolean
}): Sandbox {
  const { publicUrl, isOn } = parts

  function chargeOf(row: SandboxCharge): Charge {
    const { state, capturedMinor, refundedMinor, failureCode, challenge } = row
    const actionUrl = challenge && `${publicUrl}/api/v1/sandbox/challenges/${challenge}`
    const disputes = disputesOf(row)
    return {
      ...{ state, capturedMinor, refundedMinor, failureCode, actionUrl },
      ...(disputes.length > 0 && { disputes }),
    }
  }

  const outcome =
    (change: (tx: Transaction) => Promise<SandboxCharge[]>): Outcome =>
    async (tx) => {
      const [row] = await change(tx)
      return row && chargeOf(row)
    }

  return {
    name: 'sandbox',
    isElsewhere: false,

    async authorize(ctx, { paymentId, amountMinor, method, takes }) {
      if (!isOn) throw new Problem(methodUnknown, 'The sandbox takes no payments here')
      const found = cardOf(method)
      if (!found) throw new Problem(methodUnknown, 'Make one of a test card first')
      const { card, endsAt } = found
      const reference = `sb_${paymentId}`
      const begun: Beginning =
        endsAt <= ctx.now ? refused('expired_card') : beginningOf(card, takes, ctx.now)
      const row: SandboxCharge = {
        ...{ reference, amountMinor, takes, refundedMinor: 0, ...begun },
        ...{ disputeMinor: null, disputeOpenedAt: null },
        capturedMinor: begun.state === 'captured' ? amountMinor : 0,
      }
      return {
        ...{ reference, card: { brand: card.brand, last4: card.number.slice(-4) } },
        charge: chargeOf(row),
        books: [insertCharge(JSON.stringify(row)), ...toBeTold(row)],
      }
    },

    capture: async (ctx, { reference }, amountMinor) =>
      outcome(async (tx) => {
        const disputeAt = later(ctx.now, settleMs)
        const [row] = await tx.run(captureCharge(reference, amountMinor, disputeAt))
        if (row) await tx.batch(toBeTold(row))
        return row ? [row] : []
      }),
    voidIt: async (_ctx, { reference }) => outcome((tx) => tx.run(voidCharge(reference))),
    refund: async (_ctx, { reference }, { amountMinor }) =>
      outcome((tx) => tx.run(refundCharge(reference, amountMinor))),
    retrieve: async (ctx, { reference }) =>
      outcome(async (tx) => {
        const evidenceDueAt = later(ctx.now, evidenceMs)
        const [moved] = await tx.run(moveDispute(reference, ctx.now, evidenceDueAt))
        if (moved) await tx.batch(toBeTold(moved))
        return tx.run(settleCharge(reference, ctx.now))
      }),
    decide: (dispute, end) => outcome((tx) => tx.run(decideDispute(chargeIn(dispute), end))),
    answer: (challenge, isApproved) => outcome((tx) => tx.run(answerCharge(challenge, isApproved))),
  }
}

/** What is known later is told then. */
function toBeTold({ reference, settlesAt, disputeAt, disputeState }: SandboxCharge): Statement[] {
  const tell = (type: string, at: string) =>
    insertSandboxEvent(`evt_${newId()}`, type, reference, at)
  const dispute = disputeState === 'pending' ? 'dispute.opened' : 'dispute.closed'
  return [
    ...(settlesAt === null ? [] : [tell('charge.settled', settlesAt)]),
    ...(disputeAt === null ? [] : [tell(dispute, disputeAt)]),
  ]
}

const disputeIn = (reference: string) => `${reference}_dispute`
const chargeIn = (dispute: string) => dispute.replace(/_dispute$/, '')

function disputesOf(row: SandboxCharge): GatewayDispute[] {
  const { reference, disputeState: state, disputeMinor, disputeAt, disputeOpenedAt } = row
  if (!state || state === 'pending' || disputeMinor === null || disputeOpenedAt === null) return []
  return [
    {
      ...{ reference: disputeIn(reference), state, amountMinor: disputeMinor, ...disputeFee },
      ...{ reason: 'fraudulent', evidenceDueAt: disputeAt, openedAt: disputeOpenedAt },
      ...{ withdrawnMinor: disputeMinor, reinstatedMinor: state === 'won' ? disputeMinor : 0 },
    },
  ]
}

const plain = {
  ...{ failureCode: null, challenge: null, settlesAt: null, succeeds: true },
  ...{ disputeState: null, disputeAt: null },
} as const

function refused(failureCode: SandboxCharge['failureCode']): Beginning {
  return { ...plain, state: 'failed', failureCode, succeeds: false }
}

function beginningOf({ behaves }: TestCard, takes: boolean, now: string): Beginning {
  const settlesAt = later(now, settleMs)
  switch (behaves) {
    case 'succeeds':
      return { ...plain, state: takes ? 'captured' : 'authorized' }
    case 'asks': {
      const challenge = `sc_${randomBytes(24).toString('base64url')}`
      return { ...plain, state: 'requires_action', challenge }
    }
    case 'succeeds later':
      return { ...plain, state: 'processing', settlesAt }
    case 'is disputed': {
      const state = takes ? 'captured' : 'authorized'
      return { ...plain, state, disputeState: 'pending', disputeAt: takes ? settlesAt : null }
    }
    case 'fails later':
      return { ...plain, state: 'processing', settlesAt, succeeds: false }
    default:
      return refused(behaves.fails)
  }
}
