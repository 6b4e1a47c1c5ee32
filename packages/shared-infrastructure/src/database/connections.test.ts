import { expect, test } from 'vitest'
import { wireTypes } from './connections.ts'

const parseTimestamp = wireTypes.getTypeParser(1184, 'text') as (value: string) => string
const parseBigint = wireTypes.getTypeParser(20, 'text') as (value: string) => number

test.each([
  ['2026-11-21 09:30:00+00', '2026-11-21T09:30:00.000Z'],
  ['2026-11-21 09:30:00.2+00', '2026-11-21T09:30:00.200Z'],
  ['2026-11-21 09:30:00.123999+00', '2026-11-21T09:30:00.123Z'],
  ['1000-01-01 00:00:00.000001+00', '1000-01-01T00:00:00.000Z'],
  ['2026-11-21 09:30:00.5+02', '2026-11-21T07:30:00.500Z'],
  ['2026-11-21 09:30:00+05:30', '2026-11-21T04:00:00.000Z'],
])('the moment %s is %s', (value, moment) => {
  expect(parseTimestamp(value)).toBe(moment)
  expect(new Date(value).toISOString()).toBe(moment)
})

test('a moment that is none is an error', () => {
  expect(() => parseTimestamp('infinity')).toThrow(RangeError)
})

test('a number beyond the safe integers is an error and not another number', () => {
  expect(parseBigint('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER)
  expect(() => parseBigint('9007199254740993')).toThrow(RangeError)
})
