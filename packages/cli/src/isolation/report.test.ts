import { expect, test } from 'vitest'
import type { IsolationProof } from './proof.ts'
import { isolationReport } from './report.ts'

const proof: IsolationProof = {
  holds: true,
  findings: [],
  schema: { tables: 3, policies: 4 },
  rows: { tried: ['shop.thing'], empty: ['shop.lease'] },
  routes: { operations: 5, places: 6, attempts: 70, forOperators: ['shop.close'], showNothing: [] },
  exceptions: [{ table: 'shop.thing', role: 'shop_platform', reason: 'old ones are swept' }],
  bugs: [],
}

test('a proof that holds says how much was tried, and what speaks for less', () => {
  const report = isolationReport(proof)
  expect(report).toContain('3 tables, 4 policies')
  expect(report).toContain('5 operations, 6 places that take an id, 70 attempts')
  expect(report).toContain('nobody has rows in them:\n  shop.lease')
  expect(report).toContain('shop.thing to shop_platform: old ones are swept')
  expect(report).not.toContain('nothing of its own')
  expect(report.split('\n').at(-1)).toMatch(/^No finding/)
})

test('every finding is told with its place, last, where a terminal shows it', () => {
  const findings = [{ where: 'shop.read, GET /v1/things/{thingId}', what: 'answers 500' }]
  const report = isolationReport({ ...proof, holds: false, findings })
  expect(report).toMatch(/1 finding:\n {2}shop\.read, GET \/v1\/things\/\{thingId\}: answers 500$/)
})
