// A file of its own, since whoever only listens needs nothing else of the host.
import type { NamedOperation } from '@prognetwork/contracts'

/** The diagnostics channel on which the end of every operation is told, whatever way it came. */
export const operationEnds = 'prognetwork:operation'

export interface OperationEnd {
  readonly operation: NamedOperation
  /** `ok`, the code of a problem, or `failed` for what is no fault of the caller. */
  readonly answer: string
}
