import type { AnyDefinition } from '@prognetwork/shared-infrastructure/host'
import { readConfiguration } from './configuration.ts'
import { print, say } from './speech.ts'

const timeoutMs = 5_000

/** `prog status`: what a running platform says of itself. Fails when it is not ready. */
export async function showStatus(
  definitions: readonly AnyDefinition[],
  directory: string,
  options: { json?: boolean },
): Promise<void> {
  const { platform, services } = readConfiguration(definitions, directory)
  const url = `http://${platform.host}:${services.get('api-gateway')?.port}/readiness`
  let response: Response
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) })
  } catch {
    say(`Nothing answers at ${url}; is the platform running?`)
    process.exitCode = 1
    return
  }
  const state: unknown = await response.json()
  print(options.json ? JSON.stringify(state) : JSON.stringify(state, null, 2))
  if (!response.ok) process.exitCode = 1
}
