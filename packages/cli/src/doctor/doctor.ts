import { resolve } from 'node:path'
import type { ReadingOfAll } from '@prognetwork/environment-configuration'
import { type AnyDefinition, besidePlatform, isEdge } from '@prognetwork/shared-infrastructure/host'
import { newSetUpLink } from '@prognetwork/user-service/set-up-link'
import { connectionsBeside } from '../beside.ts'
import { inspectConfiguration, readConfiguration } from '../configuration.ts'
import { print } from '../speech.ts'
import { type Check, failure, fine, warning } from './check.ts'
import { checkDatabase } from './database.ts'
import { checkMachine, checkPort, checkState } from './machine.ts'

/**
 * `prog doctor`: a line for each thing that must be right, and what to do where it is not. Exit code
 * 1 when one failed. With `setupLink` it makes a link for the first operator instead.
 */
export async function diagnose(
  definitions: readonly AnyDefinition[],
  directory: string,
  options: { setupLink?: boolean; json?: boolean },
): Promise<void> {
  if (options.setupLink) return renewSetUpLink(definitions, directory, options)
  const checks = await checkAll(definitions, directory)
  if (options.json) print(JSON.stringify(checks, null, 2))
  else
    for (const { name, state, finding, advice } of checks)
      print(`${state.padEnd(7)}  ${name}: ${finding}${advice ? `. ${advice}` : ''}`)
  if (checks.some((one) => one.state === 'failed')) process.exitCode = 1
}

async function checkAll(
  definitions: readonly AnyDefinition[],
  directory: string,
): Promise<Check[]> {
  const reading = inspectConfiguration(definitions, directory)
  const checks = [...checkMachine(), ...judgeConfiguration(reading)]
  // Without a configuration nobody knows which database or port is meant.
  if (reading.errors.length > 0) return checks
  const configuration = readConfiguration(definitions, directory)
  const { platform, services } = configuration
  checks.push(...(await checkState(resolve(directory, platform.stateDirectory))))
  checks.push(...(await checkDatabase(definitions, configuration, directory)))
  for (const { name } of definitions.filter(isEdge))
    checks.push(await checkPort(name, platform.host, Number(services.get(name)?.port)))
  return checks
}

function judgeConfiguration({ errors, unknown }: ReadingOfAll): Check[] {
  const name = 'configuration'
  const checks = [
    ...errors.map(({ key, origin, expected }) =>
      failure(name, `${key} (${origin}): ${expected}`, 'See: prog config --reference'),
    ),
    ...unknown.map(({ key, origin, suggestion }) =>
      warning(
        name,
        `nothing reads ${key} (${origin})`,
        suggestion ? `Did you mean ${suggestion}?` : 'Remove it',
      ),
    ),
  ]
  return checks.length > 0 ? checks : [fine(name, 'every key is read and valid')]
}

async function renewSetUpLink(
  definitions: readonly AnyDefinition[],
  directory: string,
  { json }: { json?: boolean },
): Promise<void> {
  const configuration = readConfiguration(definitions, directory)
  const { service, staffPages } = await connectionsBeside(
    'user-service',
    definitions,
    configuration,
    directory,
  )
  const link = await besidePlatform('user-service', service, ({ db, ctx, realTime }) =>
    newSetUpLink(ctx, { db, staffPages, realTime }),
  )
  if (link === undefined)
    throw new Error('There is an operator already, who can give others the role')
  print(json ? JSON.stringify({ link, validMinutes: 60 }) : link)
}
