// What is kept of every version of every event that was released, so that a later change of its
// contract is noticed: its JSON Schema, and an example of what the log may hold for ever.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type EventContract, versionsOf } from '@prognetwork/contracts'
import type { AnyDefinition } from '@prognetwork/shared-infrastructure/host'
import { z } from 'zod'
import { print } from './speech.ts'

export const releasedFolder = 'packages/contracts/released'

export const release = z.strictObject({
  type: z.string(),
  version: z.int(),
  schema: z.record(z.string(), z.unknown()),
  example: z.record(z.string(), z.unknown()),
})

/** One version as it is kept. */
export type Release = z.infer<typeof release>

export function releaseOf({ type, version, data, example }: EventContract): Release {
  const schema = z.toJSONSchema(data, { io: 'output', reused: 'inline' })
  // Through text, because that is how it will be compared.
  return JSON.parse(JSON.stringify({ type, version, schema, example }))
}

/** `user.email-verified.1.json`; no type has a hyphen, so no two share a name. */
export function releaseFileOf({ type, version }: Pick<EventContract, 'type' | 'version'>): string {
  return `${type.replaceAll('_', '-')}.${version}.json`
}

/** Keeps every version that is not kept yet, and touches no other; answers the new files. */
export function keepReleases(directory: string, events: readonly EventContract[]): string[] {
  const folder = join(directory, releasedFolder)
  mkdirSync(folder, { recursive: true })
  const missing = events
    .flatMap(versionsOf)
    .filter((one) => !existsSync(join(folder, releaseFileOf(one))))
  for (const one of missing)
    writeFileSync(
      join(folder, releaseFileOf(one)),
      `${JSON.stringify(releaseOf(one), null, 2)}\n`,
      { flag: 'wx' },
    )
  return missing.map(releaseFileOf)
}

/** `prog schemas release`: from here on a change of these versions is refused. */
export function releaseSchemas(directory: string, definitions: readonly AnyDefinition[]): void {
  const written = keepReleases(
    directory,
    definitions.flatMap((one) => one.publishes),
  )
  for (const name of written) print(`${releasedFolder}/${name}`)
  print(`${written.length} versions released`)
}
