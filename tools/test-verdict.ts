import type { TestReport } from './test-report.ts'

export interface Verdict {
  /** What a person has to know, ending with the one line that is counted by. */
  readonly lines: readonly string[]
  readonly exitCode: number
}

export interface Run {
  /** Absent when the run ended before its end. */
  readonly report: TestReport | undefined
  /** With which code vitest ended. */
  readonly code: number
  /** In continuous integration a test that is left out is a failure. */
  readonly isStrict: boolean
  /** The arguments chose tests by name, so that the others are left out on purpose. */
  readonly isByName: boolean
  /** What the tests should have exercised and did not; empty unless all of them ran. */
  readonly gaps: readonly string[]
}

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`

/** Judges one run of the tests. The last line and the exit code always agree. */
export function judge({ report, code, isStrict, isByName, gaps }: Run): Verdict {
  const lines: string[] = []
  let failed = report?.failed ?? 0
  const fail = (text: string) => {
    failed += 1
    lines.push(text)
  }
  for (const name of report?.otherFailures ?? []) fail(`Failed outside of a test: ${name}`)
  for (const gap of gaps) fail(gap)
  const leftOut = isByName ? [] : (report?.skipped ?? [])
  if (leftOut.length > 0) {
    const rule = isStrict ? ', which is a failure where CI is set' : ''
    lines.push(`${plural(leftOut.length, 'test')} left out${rule}:`)
    for (const { name, reason } of leftOut) lines.push(`  ${name}${reason ? ` (${reason})` : ''}`)
    if (isStrict) failed += leftOut.length
  }
  const passed = report?.passed ?? 0
  if (!report) fail('The tests ended before they could be counted.')
  else if (report.isInterrupted) fail('The tests were interrupted.')
  else if (passed + failed === 0) fail('No test ran.')
  if (code !== 0 && failed === 0) fail(`vitest ended with code ${code}.`)
  lines.push(`${passed} passed, ${failed} failed`)
  return { lines, exitCode: failed > 0 ? Math.max(1, code) : 0 }
}
