import {
  type AnyDefinition,
  type ConnectionSettings,
  type DatabaseFindings,
  inspectDatabase,
} from '@prognetwork/shared-infrastructure/host'
import type { Configuration } from '../configuration.ts'
import { findDatabase, reasonOf, requireDirect } from '../database.ts'
import { allDatabases, type ServiceDatabase } from '../own-databases.ts'
import { type Check, failure, fine, warning } from './check.ts'

const leastVersion = 150_000
/** Tokens of other processes are refused beyond some seconds; leases and limits go wrong before. */
const mostSkewMs = 2_000

export async function checkDatabase(
  definitions: readonly AnyDefinition[],
  configuration: Configuration,
  directory: string,
): Promise<Check[]> {
  const database = await findDatabase(configuration, directory)
  if (!database)
    return [
      warning('database', 'the embedded one does not run', 'Start the platform with: npm start'),
    ]
  const [main, ...own] = allDatabases(definitions, configuration, database)
  const checks = main ? await checkOne(main, () => requireDirect(configuration, database)) : []
  for (const one of own) {
    const service = one.definitions.map(({ name }) => name).join()
    for (const check of await checkOne(one))
      checks.push({ ...check, name: `${check.name} of ${service}` })
  }
  return checks
}

async function checkOne(
  { admin, definitions }: ServiceDatabase,
  judgeFirst = async () => {},
): Promise<Check[]> {
  try {
    await judgeFirst()
    const findings = await inspectDatabase(admin, definitions)
    return [reached(admin, findings), ...judge(findings)]
  } catch (error) {
    return [
      failure(
        'database',
        `${admin.host}:${admin.port}: ${reasonOf(error)}`,
        'Look at the keys that end in DATABASE_URL, and whether the server runs',
      ),
    ]
  }
}

function reached({ host, port }: ConnectionSettings, findings: DatabaseFindings): Check {
  const finding = `PostgreSQL ${findings.version} at ${host}:${port}`
  return findings.versionNumber >= leastVersion
    ? fine('database', finding)
    : failure('database', finding, 'Move to PostgreSQL 15 or later')
}

function judge(findings: DatabaseFindings): Check[] {
  const { missingExtensions, pendingMigrations, missingRoles, unboundRoles, clockAheadMs } =
    findings
  const start = 'Start the platform, or run: prog migrate'
  return [
    missingExtensions.length === 0
      ? fine('extensions', 'all there')
      : warning('extensions', `missing: ${missingExtensions.join(', ')}`, start),
    pendingMigrations.length === 0
      ? fine('migrations', 'up to date')
      : warning('migrations', `${pendingMigrations.length} have not run`, start),
    judgeRoles(missingRoles, unboundRoles),
    ...judgeLog(findings.logHome),
    Math.abs(clockAheadMs) <= mostSkewMs
      ? fine('clock', `${clockAheadMs} ms between the database and us`)
      : failure(
          'clock',
          `the database is ${clockAheadMs} ms ahead of us`,
          'Let both machines follow NTP',
        ),
  ]
}

function judgeLog(home: DatabaseFindings['logHome']): Check[] {
  const advice = 'Run: prog log new-incarnation, or prog log same-incarnation if nothing was lost'
  const cases: Record<typeof home, Check[]> = {
    unknown: [],
    same: [fine('log', 'where it was written')],
    promoted: [warning('log', 'the server was promoted or wound back since', advice)],
    elsewhere: [failure('log', 'in a copy of its database; no events are moved', advice)],
  }
  return cases[home]
}

function judgeRoles(missing: readonly string[], unbound: readonly string[]): Check {
  if (unbound.length > 0)
    return failure(
      'roles',
      `row-level security does not bind ${unbound.join(', ')}`,
      `As a superuser: ${unbound.map((role) => `alter role ${role} nosuperuser nobypassrls`).join('; ')}`,
    )
  return missing.length === 0
    ? fine('roles', 'row-level security binds all of them')
    : warning(
        'roles',
        `${missing.length} are missing`,
        'Start the platform, or run: prog bootstrap',
      )
}
