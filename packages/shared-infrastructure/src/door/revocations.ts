import type { Output } from '@prognetwork/contracts'
import { accessTokenSeconds, type userContract } from '@prognetwork/contracts/user'
import type { RealTime } from '../service/time.ts'

type Snapshot = Output<typeof userContract.operations.readRevocations>

/**
 * What was revoked and could still be claimed by a token that is alive: sessions that have ended,
 * and accounts whose authority in a tenant has changed. Nothing stays longer than a token lives.
 */
export interface Revocations {
  hasEnded(sessionId: string): boolean
  /** Whether a token may say something outdated about what the account may do in the tenant. */
  isOutdated(accountId: string, tenantId: string): boolean
  ended(sessionId: string): void
  /** Without an account: the authority of everybody in the tenant. */
  authorityChanged(tenantId: string, accountId?: string): void
  /** Replaces everything. */
  load(snapshot: Snapshot): void
}

/** A token is minted from what was read a moment before, so entries outlive the tokens a little. */
const windowMs = (accessTokenSeconds + 300) * 1_000

/** How far back a snapshot must go. */
export const revocationWindowMs = windowMs

export function createRevocations(realTime: RealTime): Revocations {
  /** By session, by tenant, and by tenant and account: until when it matters, oldest first. */
  let entries = new Map<string, number>()

  function add(key: string, untilMs: number): void {
    // Oldest first, so that what has run out is found at the front.
    entries.delete(key)
    entries.set(key, untilMs)
  }

  function drop(): void {
    const nowMs = realTime.nowMs()
    for (const [key, untilMs] of entries) {
      if (untilMs > nowMs) return
      entries.delete(key)
    }
  }

  function note(key: string): void {
    drop()
    add(key, realTime.nowMs() + windowMs)
  }

  return {
    hasEnded: (sessionId) => entries.has(sessionId),
    isOutdated: (accountId, tenantId) =>
      entries.size > 0 && (entries.has(tenantId) || entries.has(`${tenantId}/${accountId}`)),
    ended: note,
    authorityChanged: (tenantId, accountId) =>
      note(accountId === undefined ? tenantId : `${tenantId}/${accountId}`),
    load({ sessions, authority }) {
      const all = [
        ...sessions.map(({ sessionId, at }) => [sessionId, Date.parse(at)] as const),
        ...authority.map(({ tenantId, accountId, at }) => {
          const key = accountId === null ? tenantId : `${tenantId}/${accountId}`
          return [key, Date.parse(at)] as const
        }),
      ]
      entries = new Map()
      for (const [key, atMs] of all.sort((one, other) => one[1] - other[1]))
        add(key, atMs + windowMs)
      drop()
    },
  }
}
