import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatAmount, parseAmount } from './amount.ts'

test.each([
  ['9.99', 'EUR', 999],
  ['9.9', 'EUR', 990],
  ['9', 'EUR', 900],
  ['0', 'EUR', 0],
  ['9.990', 'EUR', 999],
  ['1200', 'JPY', 1_200],
  ['1200.0', 'JPY', 1_200],
  ['1.234', 'KWD', 1_234],
])('%s %s is %i minor units', (text, currency, minor) => {
  expect(parseAmount(text, currency)).toBe(minor)
})

test.each([
  ['9.999', 'EUR'],
  ['12.5', 'JPY'],
  ['-1', 'EUR'],
  ['1,50', 'EUR'],
  ['1e3', 'EUR'],
  ['$5', 'EUR'],
  ['.5', 'EUR'],
  ['', 'EUR'],
  ['99999999999999.99', 'EUR'],
  ['1', 'XXZ'],
])('%s %s is no amount', (text, currency) => {
  expect(parseAmount(text, currency)).toBeUndefined()
})

test('every amount is read back exactly, whatever the currency', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1_000_000_000_000 }),
      fc.constantFrom('EUR', 'JPY', 'KWD'),
      (minor, currency) => {
        expect(parseAmount(formatAmount(minor, currency), currency)).toBe(minor)
      },
    ),
  )
})
