import { expect, test } from 'vitest'
import { fromStripe, toStripe } from './amounts.ts'

test.each([
  ['EUR', 1_234, 1_234],
  ['JPY', 1_234, 1_234],
  ['ISK', 1_234, 123_400],
  ['UGX', 5, 500],
  ['KWD', 12_340, 12_340],
])('%s are counted as Stripe counts them', (currency, ours, stripes) => {
  expect(toStripe(ours, currency)).toBe(stripes)
  expect(fromStripe(stripes, currency.toLowerCase())).toBe(ours)
})

test.each([
  ['KWD', 12_345],
  ['TND', 1],
  ['MGA', 100],
])('what Stripe cannot count is not rounded: %s', (currency, ours) => {
  expect(() => toStripe(ours, currency)).toThrow(
    expect.objectContaining({ code: 'payment.amount_unfit' }),
  )
})
