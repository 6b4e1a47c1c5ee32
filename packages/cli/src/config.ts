import { describeConfiguration } from '@prognetwork/environment-configuration'
import type { AnyDefinition } from '@prognetwork/shared-infrastructure/host'
import { declarations, inspectConfiguration } from './configuration.ts'
import { print, say } from './speech.ts'

/**
 * `prog config`: every key with its effective value and origin, secrets redacted, then what is
 * wrong. Fails when something is.
 */
export function showConfiguration(
  definitions: readonly AnyDefinition[],
  directory: string,
  options: { json?: boolean; reference?: boolean },
): void {
  if (options.reference) {
    print(JSON.stringify(describeConfiguration(declarations(definitions)), null, 2))
    return
  }
  const { entries, errors, unknown } = inspectConfiguration(definitions, directory)
  if (options.json) print(JSON.stringify({ entries, errors, unknown }, null, 2))
  else for (const row of aligned(entries)) print(row)
  for (const { key, origin, expected } of errors) say(`${key} (${origin}): ${expected}`)
  for (const { key, origin, suggestion } of unknown)
    say(`${key} (${origin}) is read by nothing${suggestion ? `; did you mean ${suggestion}?` : ''}`)
  if (errors.length > 0) process.exitCode = 1
}

function aligned(
  entries: readonly { key: string; value: string | undefined; origin: string }[],
): string[] {
  const width = Math.max(...entries.map((one) => one.key.length))
  return entries.map(
    ({ key, value, origin }) => `${key.padEnd(width)}  ${value ?? '-'}  (${origin})`,
  )
}
