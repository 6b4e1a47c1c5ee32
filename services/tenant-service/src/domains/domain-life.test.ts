import type { DomainFinding } from '@prognetwork/contracts/tenant'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Checked, type Next, nextOf } from './domain-life.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const startMs = Date.parse('2026-11-21T09:00:00.000Z')
const at = (ms: number) => new Date(startMs + ms).toISOString()
const pending: Checked = { state: 'pending', createdAt: at(0), failingSince: null }
const verified: Checked = { ...pending, state: 'verified' }

/** Findings one after the other, each some hours after the one before. */
function follow(from: Checked, findings: readonly (readonly [number, DomainFinding])[]): Next {
  let next: Next = { ...from, nextCheckAt: null }
  let nowMs = startMs
  for (const [hours, finding] of findings) {
    nowMs += hours * hourMs
    next = nextOf({ ...from, ...next }, finding, nowMs)
  }
  return next
}

describe('a verified domain', () => {
  test('whose record is gone stays for three days and then lapses', () => {
    expect(follow(verified, [[1, 'record_missing']]).state).toBe('verified')
    const late = follow(verified, [
      [1, 'record_missing'],
      [71, 'value_wrong'],
    ])
    expect(late.state).toBe('verified')
    const gone = follow(verified, [
      [1, 'record_missing'],
      [72, 'record_missing'],
    ])
    expect(gone).toMatchObject({ state: 'lapsed', failingSince: at(hourMs) })
  })

  test('starts afresh when its record was seen in between', () => {
    const seen = follow(verified, [
      [1, 'record_missing'],
      [48, 'record_found'],
      [48, 'record_missing'],
      [48, 'record_missing'],
    ])
    expect(seen).toMatchObject({ state: 'verified', failingSince: at(97 * hourMs) })
  })

  test('never lapses while no server can be asked', () => {
    const silent = Array.from({ length: 100 }, () => [24, 'unreachable'] as const)
    expect(follow(verified, silent)).toMatchObject({ state: 'verified', failingSince: null })
  })
})

describe('a pending domain', () => {
  test('is looked at often on its first day, then hourly, and not any more after a week', () => {
    const after = (hours: number) => nextOf(pending, 'record_missing', startMs + hours * hourMs)
    expect(after(1).nextCheckAt).toBe(at(hourMs + 300_000))
    expect(after(30).nextCheckAt).toBe(at(31 * hourMs))
    expect(after(7 * 24 + 1).nextCheckAt).toBeNull()
  })

  test('that another tenant has goes on waiting', () => {
    expect(follow(pending, [[1, 'taken']])).toMatchObject({ state: 'pending', failingSince: null })
  })
})

test('a lapsed domain is verified again when its record is back', () => {
  const lapsed: Checked = { state: 'lapsed', createdAt: at(0), failingSince: at(0) }
  expect(follow(lapsed, [[24, 'record_found']])).toEqual({
    state: 'verified',
    failingSince: null,
    nextCheckAt: at(2 * dayMs),
  })
  expect(follow(lapsed, [[31 * 24, 'record_missing']]).nextCheckAt).toBeNull()
})

test('nothing but the record makes a domain verified, and a verified one is always looked at', () => {
  const finding = fc.constantFrom<DomainFinding>(
    ...(['record_found', 'record_missing', 'value_wrong', 'unreachable', 'taken'] as const),
  )
  const states = fc.constantFrom<Checked>(pending, { ...pending, state: 'lapsed' })
  fc.assert(
    fc.property(states, fc.array(fc.tuple(fc.nat(200), finding), { minLength: 1 }), (from, all) => {
      const next = follow(from, all)
      if (!all.some(([, one]) => one === 'record_found')) expect(next.state).toBe(from.state)
      if (next.state === 'verified') expect(next.nextCheckAt).not.toBeNull()
    }),
  )
})
