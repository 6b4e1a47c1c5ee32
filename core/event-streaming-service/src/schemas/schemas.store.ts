import type { CompatibilityMode } from '@prognetwork/contracts/event-streaming'
import { command, statement } from '@prognetwork/shared-infrastructure'
import type { JsonObject } from './json-schema.ts'

/** One version of a type of a tenant's own. */
export interface RegisteredSchema {
  readonly type: string
  readonly version: number
  readonly compatibility: CompatibilityMode
  readonly schema: JsonObject
  readonly example: JsonObject
  readonly registeredAt: string
}

const columns = `type, version, compatibility, schema, example, registered_at as "registeredAt"`

/** The newest version of each type, by type. */
export const listTypes = statement<
  Omit<RegisteredSchema, 'schema' | 'example'>,
  [after: string, limit: number]
>(
  'event_schema.list_types',
  `select distinct on (type) type, version, compatibility, registered_at as "registeredAt"
   from event_schema where type > $1 order by type, version desc limit $2`,
)

export const listVersions = statement<
  RegisteredSchema,
  [type: string, before: number, limit: number]
>(
  'event_schema.list_versions',
  `select ${columns} from event_schema where type = $1 and version < $2
   order by version desc limit $3`,
)

export const findVersion = statement<RegisteredSchema, [type: string, version: number]>(
  'event_schema.find',
  `select ${columns} from event_schema where type = $1 and version = $2`,
)

export const findNewest = statement<RegisteredSchema, [type: string]>(
  'event_schema.find_newest',
  `select ${columns} from event_schema where type = $1 order by version desc limit 1`,
)

export const findNewestVersion = statement<{ version: number }, [type: string]>(
  'event_schema.find_newest_version',
  'select version from event_schema where type = $1 order by version desc limit 1',
)

export const countTypes = statement<{ count: number }>(
  'event_schema.count_types',
  'select count(distinct type)::integer as count from event_schema',
)

/** One registration at a time in a tenant: each is compared with the one before. */
export const lockSchemas = command(
  'event_schema.lock',
  `select pg_advisory_xact_lock(hashtextextended('event_schema ' || current_tenant()::text, 0))`,
)

export const insertVersion = command<
  [
    type: string,
    version: number,
    compatibility: CompatibilityMode,
    schema: string,
    example: string,
    now: string,
  ]
>(
  'event_schema.insert',
  `insert into event_schema (type, version, compatibility, schema, example, registered_at)
   values ($1, $2, $3, $4, $5, $6)`,
)
