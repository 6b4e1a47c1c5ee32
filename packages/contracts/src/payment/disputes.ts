import { z } from 'zod'
import { examples } from '../examples.ts'
import { operation } from '../operation.ts'
import { problem } from '../problem.ts'
import { id, money, page, pageQuery, timestamp } from '../shapes.ts'

export const disputeMissing = problem(
  'missing',
  'payment.dispute_missing',
  'There is no such dispute',
)
export const disputeUnfit = problem(
  'conflict',
  'payment.dispute_unfit',
  'The dispute cannot be decided here',
)

/**
 * An `inquiry` is a question of the payer's bank, by which no money has moved yet. `needs_response`
 * until evidence was sent where the payment was made. `closed` ended without a ruling.
 */
export const disputeState = z.enum([
  'inquiry',
  'needs_response',
  'under_review',
  'won',
  'lost',
  'closed',
])

const dispute = z.object({
  id: id('dispute'),
  paymentId: id('payment'),
  orderId: id('order'),
  state: disputeState,
  amount: money,
  /** Why, in the gateway's words. */
  reason: z.string(),
  /** Until when evidence is taken; null where none is. */
  evidenceDueAt: timestamp.nullable(),
  /** What the bank took, and what of it came back. */
  withdrawn: money,
  reinstated: money,
  /** What the gateway charged for it. */
  fee: money,
  openedAt: timestamp,
  closedAt: timestamp.nullable(),
})
const pounds = (amountMinor: number) => ({ amountMinor, currency: 'GBP' })
const exampleDispute = {
  ...{ id: examples.id(30), paymentId: examples.id(20), orderId: examples.id(15) },
  ...{ state: 'needs_response', reason: 'fraudulent', evidenceDueAt: examples.time },
  ...{ amount: pounds(3_198), withdrawn: pounds(3_198), reinstated: pounds(0), fee: pounds(1_500) },
  ...{ openedAt: examples.time, closedAt: null },
} as const

export const listDisputes = operation('GET', '/v1/disputes', {
  summary: 'Payments that payers had their banks take back, newest first',
  auth: { permission: 'payment:dispute:read' },
  query: pageQuery.extend({
    paymentId: id('payment').optional(),
    state: disputeState.optional(),
  }),
  reply: { 200: page(dispute) },
  example: { query: { state: 'needs_response' }, reply: { items: [exampleDispute], next: null } },
})

const byDispute = z.strictObject({ disputeId: id('dispute') })
const exampleParams = { disputeId: exampleDispute.id }

export const readDispute = operation('GET', '/v1/disputes/{disputeId}', {
  summary: 'A dispute, and what it has cost',
  auth: { permission: 'payment:dispute:read' },
  params: byDispute,
  reply: { 200: dispute },
  problems: [disputeMissing],
  example: { params: exampleParams, reply: exampleDispute },
})

/** Undecided it is lost when the time for evidence is over. */
export const decideDispute = operation('POST', '/v1/sandbox/disputes/{disputeId}/decision', {
  summary: 'What the bank of a payer in the sandbox does: the dispute is won, or lost',
  auth: { permission: 'payment:dispute:update' },
  params: byDispute,
  body: z.strictObject({ outcome: z.enum(['won', 'lost']) }),
  reply: { 200: dispute },
  problems: [disputeMissing, disputeUnfit],
  example: {
    params: exampleParams,
    body: { outcome: 'won' },
    reply: {
      ...exampleDispute,
      ...{ state: 'won', reinstated: pounds(3_198), closedAt: examples.time },
    },
  },
})
