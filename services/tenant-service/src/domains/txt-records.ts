import { Resolver } from 'node:dns/promises'
import type { DomainFinding } from '@prognetwork/contracts/tenant'

/** Of one question to one server; it is asked twice. */
const timeoutMs = 2_000
const tries = 2

/** Answers that say there is no such record (RFC 1035: NXDOMAIN, or a name with other types). */
const absences = new Set(['ENODATA', 'ENOTFOUND'])

/** What a look at a record brought; `cause` says why no server could be asked. */
export interface Look {
  readonly finding: Exclude<DomainFinding, 'taken'>
  readonly cause?: unknown
}

/** Addresses of name servers, `192.0.2.1` or `[2001:db8::1]:5353`. */
export function areServers(servers: readonly string[]): boolean {
  try {
    new Resolver().setServers(servers)
    return true
  } catch {
    return false
  }
}

/**
 * Looks for a value among the TXT records of a name. Without `servers` the machine's own are asked.
 * A server that is silent, refuses or fails has said nothing about the record.
 */
export function createTxtRecords(servers: readonly string[]) {
  const resolver = new Resolver({ timeout: timeoutMs, tries })
  if (servers.length > 0) resolver.setServers(servers)
  return {
    async look(name: string, value: string): Promise<Look> {
      try {
        // A long text travels in pieces (RFC 1035, section 3.3.14).
        const records = (await resolver.resolveTxt(name)).map((pieces) => pieces.join(''))
        return { finding: records.includes(value) ? 'record_found' : 'value_wrong' }
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : ''
        if (absences.has(code)) return { finding: 'record_missing' }
        return { finding: 'unreachable', cause: error }
      }
    },
    close: () => resolver.cancel(),
  }
}

export type TxtRecords = ReturnType<typeof createTxtRecords>
