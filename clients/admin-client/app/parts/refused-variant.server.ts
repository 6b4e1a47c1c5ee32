import type { ProblemDetails } from '@prognetwork/contracts'
import { data } from 'react-router'
import { refused, type Typed } from './refused.server.ts'
import { AmountsUnread } from './variant-input.server.ts'

interface Refusal {
  readonly problem: ProblemDetails | undefined
  readonly typed: Typed
  /** Price fields that hold no amount. */
  readonly unread: readonly string[]
}

/** The same as `refused`, for forms with amounts: those are read before anything is asked. */
export function refusedVariant(thrown: unknown, typed: Typed) {
  if (thrown instanceof AmountsUnread)
    return data<Refusal>({ problem: undefined, typed, unread: thrown.fields }, { status: 400 })
  const { data: answer, init } = refused(thrown, typed)
  return data<Refusal>({ ...answer, unread: [] }, init ?? {})
}
