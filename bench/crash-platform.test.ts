import { expect, test } from 'vitest'
import { crashPlatform } from './crash-platform.ts'

test('a platform killed at random loses nothing it acknowledged and heals by itself', async () => {
  const report = await crashPlatform({ rounds: 3, seed: 20_261_121, say: () => {} })
  expect(report.lost).toEqual([])
  expect(report.doubled).toEqual([])
  expect(report.acknowledged.signUps).toBeGreaterThan(0)
  expect(report.acknowledged.products).toBeGreaterThan(0)
  expect(report.events).toBeGreaterThan(report.acknowledged.products)
}, 120_000)
