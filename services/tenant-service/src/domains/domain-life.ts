// When a domain is a tenant's: what follows from what a look at its record found.
import type { DomainFinding } from '@prognetwork/contracts/tenant'
import type { domains } from '../tables.ts'

type DomainRow = typeof domains.$inferSelect

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/**
 * When a new claim is looked at first. Sooner, before its owner had time to set the record, resolvers
 * would learn that there is none and remember it (RFC 2308).
 */
export const firstCheckMs = 5 * minuteMs
/** A zone that moves house may lose the record for a while; a shop must not vanish for that. */
const graceMs = 3 * dayMs
/** How long a record that never was, or is gone, is looked for. */
const patienceMs = { pending: 7 * dayMs, lapsed: 30 * dayMs }

export type Checked = Pick<DomainRow, 'state' | 'createdAt' | 'failingSince'>

export interface Next {
  readonly state: DomainRow['state']
  readonly failingSince: string | null
  /** Null: nobody looks any more until somebody asks. */
  readonly nextCheckAt: string | null
}

/**
 * The state that follows. Found, it is verified; known to be gone for three days it lapses, and not
 * while no server could be asked. Whoever is late finds it taken and goes on waiting.
 */
export function nextOf(domain: Checked, finding: DomainFinding, realNowMs: number): Next {
  const at = (ms: number) => new Date(realNowMs + ms).toISOString()
  if (finding === 'record_found')
    return { state: 'verified', failingSince: null, nextCheckAt: at(dayMs) }
  const { state } = domain
  const isGone = finding === 'record_missing' || finding === 'value_wrong'
  const failingSince = domain.failingSince ?? (isGone ? at(0) : null)
  if (state === 'verified') {
    const lapses = isGone && realNowMs - msOf(failingSince ?? at(0)) >= graceMs
    return lapses
      ? { state: 'lapsed', failingSince, nextCheckAt: at(dayMs) }
      : { state, failingSince, nextCheckAt: at(isGone ? hourMs : 10 * minuteMs) }
  }
  const waitedMs = realNowMs - msOf(state === 'lapsed' ? (failingSince ?? at(0)) : domain.createdAt)
  const isGivenUp = waitedMs > patienceMs[state]
  const soonMs = state === 'pending' && waitedMs < dayMs ? firstCheckMs : hourMs
  return { state, failingSince, nextCheckAt: isGivenUp ? null : at(soonMs) }
}

function msOf(moment: string): number {
  return Date.parse(moment)
}
