import { type Allowance, applyAllowances } from './allowance.ts'
import { matchesInCode } from './code.ts'
import { type Finding, isTest, lineAt, type Tree } from './tree.ts'

/** Everything else takes its time from `ctx.now`, which a tenant's test clock can move. */
const realTimeAllowances: readonly Allowance[] = [
  { path: 'packages/shared-infrastructure/', reason: 'leases, audit, telemetry and limits' },
  { path: 'packages/testing/', reason: 'waits and deadlines of tests' },
  { path: 'packages/cli/', reason: 'what an operator sees is real time' },
  { path: 'packages/event-client/', reason: 'runs outside of the platform' },
  { path: 'tools/', reason: 'no business rule runs here' },
  { path: 'services/worker-service/src/queue/', reason: "a table that is a library's" },
  { path: 'core/event-streaming-service/', reason: 'positions and retention of the log' },
]

const inCode = [
  /\bDate\s*\.\s*now\s*\(/g,
  /\bnew\s+Date\b(?!\s*\(\s*[^\s)])/g,
  /\.\s*defaultNow\s*\(/g,
  /\bTemporal\s*\.\s*Now\b/g,
]
const inSql =
  /\b(?:now\s*\(\s*\)|current_timestamp\b|current_date\b|localtimestamp\b|(?:clock|statement|transaction)_timestamp\s*\()/gi

/** No rule reads the clock of the machine or of the database. */
export function findRealTime(
  tree: Tree,
  allowances: readonly Allowance[] = realTimeAllowances,
): Finding[] {
  const findings = tree.files.flatMap(({ path, text, code }) => {
    if (!code || isTest(path)) return []
    const found = [
      ...inCode.flatMap((pattern) => matchesInCode(code, pattern)),
      ...code.strings.matchAll(inSql),
    ]
    return found.map((match) => {
      const message = `${match[0].trim()} reads real time: rules use ctx.now`
      return { file: path, line: lineAt(text, match.index), message }
    })
  })
  return applyAllowances(tree, allowances, findings)
}
