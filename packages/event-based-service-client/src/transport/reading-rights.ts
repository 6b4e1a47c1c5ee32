import type { Statement } from '@prognetwork/contracts'
import type { ConsumerDatabase } from '../consumer-database.ts'

/** For each type where the history ends that a service gets as a replay. */
export type ReadingRights = ReadonlyMap<string, number>

const readingRights = (types: readonly string[]): Statement<{ type: string; since: number }> => ({
  name: 'log.reading_rights',
  text: 'select type, since from event_streaming_service.reading_rights($1)',
  values: [types],
})

/**
 * A broker knows no login roles: PostgreSQL is asked what this service may read, and refuses when a
 * type is not listed for it.
 */
export async function readRights(
  database: Pick<ConsumerDatabase, 'read'>,
  types: readonly string[],
): Promise<ReadingRights> {
  const rows = await database.read(readingRights(types))
  return new Map(rows.map(({ type, since }) => [type, since]))
}
