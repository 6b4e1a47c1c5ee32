import { readServiceDirectory, readServiceSecrets } from '@prognetwork/shared-infrastructure/host'
import { freePort } from '@prognetwork/testing'
import type { EventPlatform, ProcessOptions } from './event-platform.ts'

/**
 * Starts some services in a process of their own; the processes know each other by address and key.
 * `stateDirectory` holds what `writeServiceDirectory` has written.
 */
export async function separated(
  platform: Pick<EventPlatform, 'definitions' | 'start'>,
  stateDirectory: string,
) {
  const names = platform.definitions.map((one) => one.name)
  const ports = new Map<string, number>()
  for (const name of names) ports.set(name, await freePort())
  const urls = new Map([...ports].map(([name, port]) => [name, `http://127.0.0.1:${port}`]))
  const directory = await readServiceDirectory(stateDirectory, urls)
  const keys = new Map(
    await Promise.all(
      names.map(async (name) => {
        const { privateKey } = await readServiceSecrets(stateDirectory, name)
        return [name, privateKey] as const
      }),
    ),
  )
  return (only: readonly string[], options: ProcessOptions) =>
    platform.start({
      ...options,
      ports,
      separation: {
        ...{ only, directory },
        privateKeyOf(name) {
          const key = keys.get(name)
          if (!key) throw new Error(`no key of ${name}`)
          return key
        },
      },
    })
}
