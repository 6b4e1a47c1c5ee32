import type { Statement } from '@prognetwork/contracts'
import { command, statement } from './statement.ts'

/** One use of an Idempotency-Key: who used it, for what, with which request. */
export interface IdempotencyClaim {
  readonly principal: string
  readonly operation: string
  readonly key: string
  readonly requestHash: Buffer
  readonly now: string
}

/** What the first request with a key was answered. */
export interface StoredAnswer {
  readonly requestHash: Buffer
  readonly reply: unknown
}

/** The answer as a statement; the door that commits it puts the claim in front of the effect. */
export interface AnswerStatement extends Statement {
  readonly answer: string
}

export function answerStatement(output: unknown): AnswerStatement {
  return { text: 'answer', values: [], answer: JSON.stringify(output ?? null) }
}

export function isAnswer(one: Statement): one is AnswerStatement {
  return 'answer' in one
}

/** The first request with this key is being carried out now. */
export class ClaimInFlight extends Error {}
/** Another request with this key committed while this one was under way. */
export class ClaimTaken extends Error {}

export const findAnswer = statement<
  StoredAnswer,
  [principal: string, operation: string, key: string]
>(
  'idempotency.find',
  `select request_hash as "requestHash", reply
     from idempotency where principal = $1 and operation = $2 and key = $3`,
)

/**
 * The claim is an insert: a second request waits for the first one's transaction, for 100 ms at
 * the most, and then either sees its row (unique violation) or gives up. The wait is bounded inside
 * the function, so that no other statement of the transaction runs under the short timeout.
 */
const claim = command<unknown[]>('idempotency.claim', 'select claim_answer($1, $2, $3, $4, $5, $6)')

export function claimStatement(one: IdempotencyClaim, reply: string | null): Statement {
  return claim(one.principal, one.operation, one.key, one.requestHash, one.now, reply)
}

export const writeAnswer = command<
  [principal: string, operation: string, key: string, reply: string]
>(
  'idempotency.answer',
  'update idempotency set reply = $4 where principal = $1 and operation = $2 and key = $3',
)

/** Tells the two ways in which a claim can fail from every other database error. */
export function claimFailure(error: unknown): Error | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  if (error.code === '23505' && 'constraint' in error && error.constraint === 'idempotency_pkey')
    return new ClaimTaken('answered meanwhile', { cause: error })
  if (error.code === '55P03' && 'where' in error && String(error.where).includes('claim_answer'))
    return new ClaimInFlight('still under way', { cause: error })
  return undefined
}
