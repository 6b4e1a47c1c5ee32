import { expect, test } from 'vitest'
import { retryDelayMs } from './parked.ts'
import { chooseForRead, newPartition } from './partitions.ts'
import { partitionCount, partitionOf } from './publisher.ts'

const at = (number: number, readTo: number) => ({ ...newPartition(number), position: 0, readTo })
const numbers = (list: readonly { number: number }[]) => list.map((one) => one.number)

test('a partition far behind takes turns with those in front', () => {
  const candidates = [at(1, 500_000), at(2, 10), at(3, 499_000)]
  const choose = (turn: number) => numbers(chooseForRead(candidates, { turn, hasBacklog: false }))
  expect(choose(0)).toEqual([3, 1])
  expect(choose(1)).toEqual([2])
})

test('with a backlog those furthest behind go first, and not all at once', () => {
  const candidates = Array.from({ length: partitionCount }, (_, n) => at(n, 1_000 - n))
  expect(chooseForRead(candidates, { turn: 0, hasBacklog: false })).toHaveLength(partitionCount)
  const chosen = numbers(chooseForRead(candidates, { turn: 0, hasBacklog: true }))
  expect(chosen).toEqual(Array.from({ length: 16 }, (_, n) => partitionCount - 1 - n))
})

test('a key keeps its partition for ever, and tenants do not share it', () => {
  expect(partitionOf('tenant-a', 'order-1')).toBe(partitionOf('tenant-a', 'order-1'))
  const spread = new Set(Array.from({ length: 5_000 }, (_, n) => partitionOf('tenant', `key-${n}`)))
  expect(spread.size).toBe(partitionCount)
  expect([partitionOf('a', 'x'), partitionOf('b', 'x')]).toEqual([19, 50])
})

test('retries wait twice as long each time, up to ten minutes', () => {
  expect([1, 2, 3].map((attempts) => retryDelayMs(attempts, 1))).toEqual([1_000, 2_000, 4_000])
  expect([1, 2, 3].map((attempts) => retryDelayMs(attempts, 0))).toEqual([500, 1_000, 2_000])
  expect(retryDelayMs(40, 1)).toBe(600_000)
})
