import { expect, test } from 'vitest'
import type { TestReport } from './test-report.ts'
import { judge, type Run } from './test-verdict.ts'

const skipped = { name: 'a.test.ts > a test', reason: 'no Redis here' }

function judgeRun(report: Partial<TestReport> | undefined, run: Partial<Run> = {}) {
  const whole = { passed: 3, failed: 0, skipped: [], otherFailures: [], isInterrupted: false }
  return judge({
    report: report && { ...whole, ...report },
    code: 0,
    isStrict: false,
    isByName: false,
    gaps: [],
    ...run,
  })
}

test('a clean run says only how many passed', () => {
  expect(judgeRun({})).toEqual({ lines: ['3 passed, 0 failed'], exitCode: 0 })
})

test('a failed test fails the run with the code of vitest', () => {
  expect(judgeRun({ failed: 2 }, { code: 1 })).toEqual({
    lines: ['3 passed, 2 failed'],
    exitCode: 1,
  })
})

test('a file that could not be loaded counts as failed', () => {
  const { lines, exitCode } = judgeRun({ otherFailures: ['a.test.ts'] }, { code: 1 })
  expect(lines).toEqual(['Failed outside of a test: a.test.ts', '3 passed, 1 failed'])
  expect(exitCode).toBe(1)
})

test('what the tests never exercised is a failure', () => {
  const { lines, exitCode } = judgeRun({}, { gaps: ['a.b was never seen to answer ok'] })
  expect(lines).toEqual(['a.b was never seen to answer ok', '3 passed, 1 failed'])
  expect(exitCode).toBe(1)
})

test('a skipped test is named with its reason, and fails the run only where CI is set', () => {
  const kind = judgeRun({ skipped: [skipped, { name: 'b', reason: undefined }] })
  expect(kind).toEqual({
    lines: [
      '2 tests left out:',
      '  a.test.ts > a test (no Redis here)',
      '  b',
      '3 passed, 0 failed',
    ],
    exitCode: 0,
  })
  const strict = judgeRun({ skipped: [skipped] }, { isStrict: true })
  expect(strict.lines.at(-1)).toBe('3 passed, 1 failed')
  expect(strict.exitCode).toBe(1)
})

test('tests left out by choosing others by name are not told', () => {
  const verdict = judgeRun({ skipped: [skipped] }, { isByName: true, isStrict: true })
  expect(verdict).toEqual({ lines: ['3 passed, 0 failed'], exitCode: 0 })
})

test('a run in which no test ran fails', () => {
  const verdict = judgeRun({ passed: 0, skipped: [skipped] })
  expect(verdict.exitCode).toBe(1)
  expect(verdict.lines.at(-1)).toBe('0 passed, 1 failed')
})

test('a run that was cut short fails, with a report or without', () => {
  expect(judgeRun({ isInterrupted: true }, { code: 130 }).exitCode).toBe(130)
  expect(judgeRun(undefined, { code: 0 }).lines.at(-1)).toBe('0 passed, 1 failed')
})

test('a code of vitest that no test explains is a failure', () => {
  const verdict = judgeRun({}, { code: 1 })
  expect(verdict).toEqual({
    lines: ['vitest ended with code 1.', '3 passed, 1 failed'],
    exitCode: 1,
  })
})
