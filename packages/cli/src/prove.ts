import { randomBytes } from 'node:crypto'
import { type AnyDefinition, passwordRoles } from '@prognetwork/shared-infrastructure/host'
import { startTemporaryPostgres } from '@prognetwork/shared-infrastructure/postgres'
import { proveIsolation } from './isolation/proof.ts'
import { isolationReport } from './isolation/report.ts'
import { print, say } from './speech.ts'

/**
 * `prog prove isolation`: proves that no tenant reaches another, on a server of its own that is
 * thrown away; nobody's data is touched, whatever DATABASE_URL names. Exit code 0 when nothing was
 * found, 1 when something was or the proof could not be carried out.
 */
export async function prove(
  definitions: readonly AnyDefinition[],
  what: string,
  options: { json?: boolean },
): Promise<void> {
  if (what !== 'isolation') throw new Error(`there is no proof of ${what}`)
  const server = await startTemporaryPostgres()
  try {
    const passwords = passwordRoles(definitions).map((role) => [
      role,
      randomBytes(24).toString('hex'),
    ])
    const proof = await proveIsolation(definitions, {
      settings: server.connection,
      passwords: Object.fromEntries(passwords),
    })
    for (const line of proof.bugs) say(line.trimEnd())
    print(options.json ? JSON.stringify(proof) : isolationReport(proof))
    if (!proof.holds) process.exitCode = 1
  } finally {
    await server.stop()
  }
}
