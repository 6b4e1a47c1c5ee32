// What gateways say of refunds, held against those that are kept.
import { newId } from '@prognetwork/shared-infrastructure'
import type {
  AskedRefund,
  Charge,
  ListedRefund,
  NotedRefund,
  RefundNote,
} from '../gateways/gateway.ts'
import type { Payment } from '../payments/payments.store.ts'
import type { Refund } from './refunds.store.ts'

/** One that was given, and came back. */
export interface FailedRefund extends Pick<Refund, 'id' | 'amountMinor'> {
  readonly failure: string
}

export interface RefundChanges {
  readonly given: readonly NotedRefund[]
  readonly failed: readonly FailedRefund[]
  /** What was asked for and never given. */
  readonly refused: readonly Pick<Refund, 'id' | 'attempt'>[]
}

/**
 * `note` is that of whoever asked, for a gateway that keeps none. What was given back and nothing says
 * by whom was given at the gateway.
 */
export function refundChanges(
  payment: Pick<Payment, 'refundedMinor' | 'gateway'>,
  charge: Pick<Charge, 'refundedMinor' | 'refunds'>,
  kept: readonly Refund[],
  note: RefundNote | undefined,
): RefundChanges {
  const listed = charge.refunds ?? []
  const failed = listed.flatMap((one) => failureOf(one, kept))
  const beforeMinor = payment.refundedMinor - sum(failed)
  const givenMinor = Math.max(0, charge.refundedMinor - beforeMinor)
  const madeBy = `gateway.${payment.gateway}`
  const asked = charge.refunds ? undefined : note
  const named = asked ? [{ ...asked, amountMinor: givenMinor, reference: null }] : []
  const fresh = listed.filter((one) => one.failure === null && !isKnown(one, kept))
  const notes = fresh.flatMap(({ note: its, amountMinor, reference }) =>
    its ? [{ ...its, amountMinor, reference }] : [],
  )
  const others = fresh.flatMap(({ note: its, amountMinor, reference }) =>
    its ? [] : [{ id: newId(), reason: null, madeBy, amountMinor, reference }],
  )
  const given = upTo(givenMinor, [...named, ...notes, ...others])
  const restMinor = givenMinor - sum(given)
  const rest = { id: newId(), reason: null, madeBy, amountMinor: restMinor, reference: null }
  const refused = kept.filter(
    (one) => one.state === 'asked' && failureOfAsked(listed, one) !== undefined,
  )
  return { given: restMinor > 0 ? [...given, rest] : given, failed, refused }
}

/** Why what was asked for came to nothing, where it did. */
export function failureOfAsked(
  listed: readonly ListedRefund[] = [],
  { id, attempt }: Pick<AskedRefund, 'id' | 'attempt'>,
): string | undefined {
  const own = listed.find((one) => one.note?.id === id && one.attempt === attempt)
  return own?.failure ?? undefined
}

function failureOf({ failure, reference, note }: ListedRefund, kept: readonly Refund[]) {
  if (failure === null) return []
  const found = kept.find(
    (one) =>
      one.state === 'succeeded' &&
      (one.reference === null ? one.id === note?.id : one.reference === reference),
  )
  return found ? [{ id: found.id, amountMinor: found.amountMinor, failure }] : []
}

function isKnown({ reference, note }: ListedRefund, kept: readonly Refund[]): boolean {
  return kept.some(
    (one) =>
      (one.state === 'succeeded' || one.state === 'failed') &&
      (one.reference === null ? one.id === note?.id : one.reference === reference),
  )
}

function upTo(wholeMinor: number, all: readonly NotedRefund[]): NotedRefund[] {
  const taken: NotedRefund[] = []
  for (const one of all)
    if (one.amountMinor > 0 && one.amountMinor <= wholeMinor - sum(taken)) taken.push(one)
  return taken
}

function sum(all: readonly { readonly amountMinor: number }[]): number {
  return all.reduce((total, { amountMinor }) => total + amountMinor, 0)
}
