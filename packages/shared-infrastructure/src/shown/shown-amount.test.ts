import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shownAmount } from './shown-amount.ts'

test('amounts are shown with the digits that their currency has', () => {
  const shown = (amountMinor: number, currency: string, locale = 'en') =>
    shownAmount({ amountMinor, currency }, locale)
  expect(shown(3_198, 'GBP')).toBe('£31.98')
  expect(shown(5, 'EUR')).toBe('€0.05')
  expect(shown(-5, 'EUR')).toBe('-€0.05')
  expect(shown(1_500, 'JPY')).toBe('¥1,500')
  expect(shown(1_234_567, 'KWD').replaceAll(/\s/g, ' ')).toBe('KWD 1,234.567')
  expect(shown(123_456, 'EUR', 'de').replaceAll(/\s/g, ' ')).toBe('1.234,56 €')
})

test('no digit of an amount is lost', () => {
  const amounts = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
  fc.assert(
    fc.property(amounts, (amountMinor) => {
      const digits = shownAmount({ amountMinor, currency: 'EUR' }, 'en').replaceAll(/\D/g, '')
      expect(Number(digits)).toBe(amountMinor)
    }),
  )
})
