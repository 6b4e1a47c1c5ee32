// Runs the tests, with what is given here passed on to `vitest run`, and ends with the one line
// that others count by.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  environment,
  isContinuousIntegration,
} from '../packages/environment-configuration/src/index.ts'
import { services } from '../platform.ts'
import { binary, root, runCommand } from './command.ts'
import { exercisedFolderKey, unexercised } from './operation-coverage.ts'
import { reportPathKey, type TestReport } from './test-report.ts'
import { judge } from './test-verdict.ts'

function readReport(path: string): TestReport | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    // No report is a result of its own: vitest ended before it could write one.
    return undefined
  }
}

/** Only a run of everything can show what nothing exercises. */
function gapsIn(exercised: string, report: TestReport | undefined): string[] {
  if (given.length > 0 || !report || report.failed > 0 || report.otherFailures.length > 0) return []
  const seen = readdirSync(exercised).flatMap((name) =>
    readFileSync(join(exercised, name), 'utf8').split('\n'),
  )
  return unexercised(
    services.flatMap((one) => Object.values(one.contract.operations)),
    new Set(seen),
  )
}

const given = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'prognetwork-test-'))
const path = join(folder, 'report.json')
const exercised = join(folder, 'exercised')
mkdirSync(exercised)
const reporters = ['--reporter=default', `--reporter=${join(root, 'tools', 'test-report.ts')}`]
const { code } = await runCommand(
  process.execPath,
  [binary('vitest'), 'run', ...reporters, ...given],
  {
    isShown: true,
    env: {
      // Each file has a process of its own, which loads the same libraries again.
      NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'prognetwork'),
      ...environment,
      [reportPathKey]: path,
      [exercisedFolderKey]: exercised,
    },
  },
)
const report = readReport(path)
const gaps = gapsIn(exercised, report)
rmSync(folder, { recursive: true })
const isByName = given.some((word) => /^(-t|--testNamePattern)\b/.test(word))
const verdict = judge({ report, code, isStrict: isContinuousIntegration, isByName, gaps })
process.stdout.write(`${verdict.lines.join('\n')}\n`)
process.exitCode = verdict.exitCode
