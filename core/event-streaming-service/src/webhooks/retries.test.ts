import { expect, test } from 'vitest'
import { delayAfter, retryAfterMs } from './retries.ts'

const hourMs = 3_600_000

test('a delivery is tried ten times within about three days, ever more slowly', () => {
  const delays = Array.from({ length: 9 }, (_, at) => delayAfter(at + 1, undefined, () => 0) ?? 0)
  expect(delays).toEqual([...delays].sort((one, other) => one - other))
  expect(delays[0]).toBe(5_000)
  const total = delays.reduce((sum, one) => sum + one, 0)
  expect(total / hourMs).toBeCloseTo(75.6, 1)
  expect(delayAfter(10, undefined)).toBeUndefined()
  expect(delayAfter(10, hourMs)).toBeUndefined()
})

test('what failed together does not come back together', () => {
  expect(delayAfter(2, undefined, () => 0)).toBe(300_000)
  expect(delayAfter(2, undefined, () => 1)).toBe(360_000)
})

test('an endpoint may ask for longer, within a day, and not for less', () => {
  expect(delayAfter(1, 60_000, () => 0)).toBe(60_000)
  expect(delayAfter(3, 1_000, () => 0)).toBe(1_800_000)
  expect(delayAfter(1, 1_000 * hourMs, () => 0)).toBe(24 * hourMs)
})

test('Retry-After is read as seconds and as a date', () => {
  const nowMs = Date.parse('2026-11-21T09:30:00.000Z')
  expect(retryAfterMs('120', nowMs)).toBe(120_000)
  expect(retryAfterMs('Sat, 21 Nov 2026 09:31:00 GMT', nowMs)).toBe(60_000)
  expect(retryAfterMs('Sat, 21 Nov 2026 09:00:00 GMT', nowMs)).toBe(0)
  for (const header of ['soon', '', undefined, ['1', '2']])
    expect(retryAfterMs(header, nowMs)).toBeUndefined()
})
