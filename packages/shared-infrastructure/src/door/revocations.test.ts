import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { createRealTime } from '../service/time.ts'
import { createRevocations } from './revocations.ts'

const minuteMs = 60_000

function revocationsAt(startMs: number) {
  let nowMs = startMs
  const revocations = createRevocations(createRealTime(() => nowMs))
  const at = (ms: number) => new Date(ms).toISOString()
  return { revocations, at, pass: (ms: number) => (nowMs += ms) }
}

test('what was heard counts for as long as a token can live, and is dropped after it', () => {
  const { revocations, pass } = revocationsAt(Date.parse('2026-11-21T09:00:00.000Z'))
  const [session, account, tenant] = [randomUUID(), randomUUID(), randomUUID()]
  revocations.ended(session)
  revocations.authorityChanged(tenant, account)
  expect(revocations.hasEnded(session)).toBe(true)
  expect(revocations.isOutdated(account, tenant)).toBe(true)
  expect(revocations.isOutdated(randomUUID(), tenant)).toBe(false)
  expect(revocations.isOutdated(account, randomUUID())).toBe(false)
  pass(30 * minuteMs)
  revocations.ended(randomUUID())
  expect(revocations.hasEnded(session)).toBe(true)
  pass(6 * minuteMs)
  revocations.ended(randomUUID())
  expect(revocations.hasEnded(session)).toBe(false)
  expect(revocations.isOutdated(account, tenant)).toBe(false)
})

test('a change of a role of the tenant makes the tokens of everybody in it outdated', () => {
  const { revocations } = revocationsAt(0)
  const tenant = randomUUID()
  revocations.authorityChanged(tenant)
  expect(revocations.isOutdated(randomUUID(), tenant)).toBe(true)
  expect(revocations.isOutdated(randomUUID(), randomUUID())).toBe(false)
})

test('a snapshot replaces what was heard, and of it only what still matters is kept', () => {
  const now = Date.parse('2026-11-21T09:00:00.000Z')
  const { revocations, at, pass } = revocationsAt(now)
  const [heard, old, recent] = [randomUUID(), randomUUID(), randomUUID()]
  const [account, tenant, other] = [randomUUID(), randomUUID(), randomUUID()]
  revocations.ended(heard)
  revocations.load({
    sessions: [
      { sessionId: recent, at: at(now - minuteMs) },
      { sessionId: old, at: at(now - 40 * minuteMs) },
    ],
    authority: [
      { tenantId: tenant, accountId: account, at: at(now - 20 * minuteMs) },
      { tenantId: other, accountId: null, at: at(now - 20 * minuteMs) },
    ],
  })
  expect([heard, old, recent].map(revocations.hasEnded)).toEqual([false, false, true])
  expect(revocations.isOutdated(account, tenant)).toBe(true)
  expect(revocations.isOutdated(account, other)).toBe(true)
  pass(16 * minuteMs)
  revocations.ended(randomUUID())
  expect(revocations.isOutdated(account, tenant)).toBe(false)
  expect(revocations.hasEnded(recent)).toBe(true)
})
