import { expect, test } from 'vitest'
import { crashPlatform } from './crash-platform.ts'

test('a platform killed at random loses nothing it acknowledged and heals by itself', async () => {
  const report = await crashPlatform({ rounds: 3, seed: 20_261_121, say: () => {} })
  expect(report.lost).toEqual([])
  expect(report.doubled).toEqual([])
  expect(report.acknowledged).toBeGreaterThan(0)
}, 120_000)
