// Disputes as staff see them.
import type { Output } from '@prognetwork/contracts'
import { disputeMissing, disputeUnfit, type paymentContract } from '@prognetwork/contracts/payment'
import {
  type Audit,
  type Database,
  type Handlers,
  listPage,
  Problem,
  readCursor,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import type { Sandbox } from '../gateways/sandbox.ts'
import type { Payments } from '../payments/payments.ts'
import { type Dispute, findDispute, listDisputesOf } from './disputes.store.ts'

type DisputeHandlers = Handlers<typeof paymentContract>
type Shown = Output<typeof paymentContract.operations.readDispute>

export function createDisputes(parts: {
  readonly db: Database
  readonly audit: Audit
  readonly payments: Payments
  readonly sandbox: Sandbox
}) {
  const { db, audit, payments, sandbox } = parts

  const list: DisputeHandlers['listDisputes'] = async (ctx, { query }) => {
    const [before = null] = readCursor(query.after, z.tuple([z.uuid()])) ?? []
    const { paymentId = null, state = null, limit } = query
    const rows = await db.read(ctx, listDisputesOf(paymentId, state, before, limit + 1))
    const { items, next } = listPage(rows, limit, (row) => [row.id])
    return { items: items.map(shown), next }
  }

  const read: DisputeHandlers['readDispute'] = async (ctx, { params }) => {
    const [found] = await db.read(ctx, findDispute(params.disputeId))
    return found ? shown(found) : missing()
  }

  const decide: DisputeHandlers['decideDispute'] = async (ctx, { params, body }) => {
    const [found = missing()] = await db.read(ctx, findDispute(params.disputeId))
    if (found.gateway !== sandbox.name)
      throw new Problem(disputeUnfit, `It is decided at ${found.gateway}`)
    if (found.state !== 'needs_response') throw new Problem(disputeUnfit, `It is ${found.state}`)
    const outcome = sandbox.decide(found.reference, body.outcome)
    await payments.decided(ctx, found.paymentId, outcome, [
      audit(ctx, {
        action: 'payment.dispute_decided',
        outcome: 'success',
        resource: `dispute/${found.id}`,
        detail: { outcome: body.outcome },
      }),
    ])
    return read(ctx, { params })
  }

  return { list, read, decide }
}

function shown({ gateway: _, feeMinor, feeCurrency, currency, ...dispute }: Dispute): Shown {
  const money = (amountMinor: number) => ({ amountMinor, currency })
  return {
    ...{ id: dispute.id, paymentId: dispute.paymentId, orderId: dispute.orderId },
    ...{ state: dispute.state, reason: dispute.reason, evidenceDueAt: dispute.evidenceDueAt },
    amount: money(dispute.amountMinor),
    withdrawn: money(dispute.withdrawnMinor),
    reinstated: money(dispute.reinstatedMinor),
    fee: { amountMinor: feeMinor, currency: feeCurrency },
    ...{ openedAt: dispute.openedAt, closedAt: dispute.closedAt },
  }
}

function missing(): never {
  throw new Problem(disputeMissing, 'Look at the list of disputes')
}
