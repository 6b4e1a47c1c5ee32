import { Unavailable } from '../service/failure.ts'

const failuresToOpen = 5
const openMs = 2_000
const budgetCapacity = 10
const budgetPerRequest = 0.1

/**
 * Keeps one remote service from drowning its callers. After five failures in a row calls fail at
 * once, and one in two seconds tries whether it is back. Retries are paid from a budget that each
 * request fills by a tenth, so that they add a tenth of load at the most.
 */
export interface Circuit {
  /** Throws `Unavailable` while the service counts as down. */
  enter(): void
  succeeded(): void
  failed(): void
  /** Whether one more try may be made. */
  mayRetry(): boolean
}

export function createCircuit(service: string, nowMs: () => number): Circuit {
  let failures = 0
  let openUntilMs = 0
  let budget = budgetCapacity
  return {
    enter() {
      if (failures >= failuresToOpen) {
        if (nowMs() < openUntilMs) throw new Unavailable(service)
        openUntilMs = nowMs() + openMs
      }
      budget = Math.min(budgetCapacity, budget + budgetPerRequest)
    },
    succeeded() {
      failures = 0
    },
    failed() {
      failures++
      if (failures >= failuresToOpen) openUntilMs = nowMs() + openMs
    },
    mayRetry() {
      if (budget < 1) return false
      budget--
      return true
    },
  }
}
