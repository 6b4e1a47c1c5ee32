import { type EventContract, versionsOf } from '@prognetwork/contracts'
import type { SchemaVersion } from '@prognetwork/contracts/event-streaming'
import type { LogAccess } from '@prognetwork/shared-infrastructure'
import { z } from 'zod'

/** The schemas of the platform's own events, as every tenant may read them. */
export interface PlatformSchemas {
  /** All types, in the order of their names. */
  readonly types: readonly string[]
  /** Versions of a type, newest first; none of a type that is not the platform's. */
  versions(type: string): readonly SchemaVersion[]
  /** Whether a service publishes events of the aggregate that the type begins with. */
  isReserved(type: string): boolean
}

export function createPlatformSchemas(publishers: LogAccess['publishers']): PlatformSchemas {
  const versions = new Map(
    publishers.flatMap(({ name, publishes }) =>
      publishes.map((event) => [
        event.type,
        versionsOf(event).map((one) => schemaVersion(name, one)),
      ]),
    ),
  )
  const aggregates = new Set([...versions.keys()].map(aggregateOf))
  return {
    types: [...versions.keys()].sort(),
    versions: (type) => versions.get(type) ?? [],
    isReserved: (type) => aggregates.has(aggregateOf(type)),
  }
}

const aggregateOf = (type: string) => type.split('.')[0] ?? ''

function schemaVersion(service: string, event: EventContract): SchemaVersion {
  const { type, version, data, example } = event
  return {
    ...{ type, version, service, owner: 'platform', compatibility: null, registeredAt: null },
    schema: z.toJSONSchema(data, { io: 'output', reused: 'inline' }),
    example,
  }
}
