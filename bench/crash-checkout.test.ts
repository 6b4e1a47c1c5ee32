import { expect, test } from 'vitest'
import { crashCheckout } from './crash-checkout.ts'

test('a checkout killed at any of its steps ends in one paid order or in none', async () => {
  const report = await crashCheckout({ rounds: 4, seed: 20_261_125, say: () => {} })
  expect(report.lost).toEqual([])
  expect(report.doubled).toEqual([])
  expect(report.oversold).toEqual([])
  expect(report.acknowledged).toBeGreaterThan(0)
  expect(report.resumed).toBeGreaterThan(0)
}, 300_000)
