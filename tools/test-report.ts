// A reporter for vitest beside the one for people: it writes what tools/test.ts counts by. Vitest's
// own JSON leaves out why a test was skipped and what went wrong outside of every test.
import { writeFileSync } from 'node:fs'
import type { Reporter, TestCase, TestModule, TestRunEndReason } from 'vitest/node'
import { environment } from '../packages/environment-configuration/src/index.ts'

export interface SkippedTest {
  readonly name: string
  readonly reason: string | undefined
}

export interface TestReport {
  readonly passed: number
  readonly failed: number
  readonly skipped: readonly SkippedTest[]
  /** Files and groups that failed outside of their tests, and errors that no test caught. */
  readonly otherFailures: readonly string[]
  readonly isInterrupted: boolean
}

/** Where the report goes; the reporter is loaded by vitest, which can only be told by this. */
export const reportPathKey = 'PROGNETWORK_TEST_REPORT'

function skippedTest(test: TestCase): SkippedTest {
  const result = test.result()
  const reason = result.state === 'skipped' ? result.note : undefined
  return { name: `${test.module.relativeModuleId} > ${test.fullName}`, reason }
}

function failuresIn(module: TestModule): string[] {
  const groups = [...module.children.allSuites()].filter((suite) => suite.errors().length > 0)
  const whole = module.errors().length > 0 ? [module.relativeModuleId] : []
  return [...whole, ...groups.map((suite) => `${module.relativeModuleId} > ${suite.fullName}`)]
}

export function reportOn(
  modules: readonly TestModule[],
  errors: readonly { message: string }[],
  reason: TestRunEndReason,
): TestReport {
  const tests = modules.flatMap((module) => [...module.children.allTests()])
  const countOf = (state: string) => tests.filter((test) => test.result().state === state).length
  return {
    passed: countOf('passed'),
    failed: countOf('failed'),
    skipped: tests.filter((test) => test.result().state === 'skipped').map(skippedTest),
    otherFailures: [...modules.flatMap(failuresIn), ...errors.map(({ message }) => message)],
    // A test without a result never ran to its end.
    isInterrupted: reason === 'interrupted' || countOf('pending') > 0,
  }
}

export default class TestReporter implements Reporter {
  onTestRunEnd(
    modules: readonly TestModule[],
    errors: readonly { message: string }[],
    reason: TestRunEndReason,
  ): void {
    const path = environment[reportPathKey]
    if (path) writeFileSync(path, JSON.stringify(reportOn(modules, errors, reason)))
  }
}
