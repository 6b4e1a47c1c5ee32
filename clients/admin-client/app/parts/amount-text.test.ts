import { describe, expect, test } from 'vitest'
import { amountIn, amountText } from './amount-text.ts'

describe('an amount', () => {
  test.for([
    ['19.99', 'EUR', 1_999],
    ['19,9', 'EUR', 1_990],
    ['0', 'EUR', 0],
    [' 1200 ', 'JPY', 1_200],
    ['1.234', 'KWD', 1_234],
    ['999999999999.99', 'EUR', 99_999_999_999_999],
  ] as const)('%j of %s is %d', ([text, currency, amountMinor]) => {
    expect(amountIn(text, currency)).toBe(amountMinor)
  })

  test.for([
    ['', 'EUR'],
    ['-1', 'EUR'],
    ['1.234', 'EUR'],
    ['1.5', 'JPY'],
    ['1e3', 'EUR'],
    ['1 000', 'EUR'],
  ] as const)('%j of %s is none', ([text, currency]) => {
    expect(amountIn(text, currency)).toBeUndefined()
  })

  test.for([0, 7, 1_999, 100_000])('%d is read as it was written', (amountMinor) => {
    for (const currency of ['EUR', 'JPY', 'KWD'])
      expect(amountIn(amountText(amountMinor, currency), currency)).toBe(amountMinor)
  })
})
