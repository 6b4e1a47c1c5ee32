import type { Statement } from '@prognetwork/contracts'
import type { ConsumerDatabase } from './consumer-database.ts'
import {
  type LogEnd,
  type LogHead,
  type LogPage,
  type LogSource,
  logName,
  type ReplayWindow,
} from './log-source.ts'
import type { LoggedEvent } from './logged-event.ts'
import { allPartitions } from './partitions.ts'

type Row = Omit<LoggedEvent, 'log' | 'incarnation' | 'id'> & { readonly id: string | null }

const columns = `"position", tenant_id as "tenantId", topic as source, partition, id, type,
  schema_version as version, key, aggregate_version as "aggregateVersion", "time", traceparent,
  causation_id as "causationId", correlation_id as "correlationId", data`

const functions = {
  domain: `read_events('domain', $1, $2, $3, $4, $5, coalesce($6, session_user))`,
  volatile: 'read_volatile_events($1, $2, $3, $4, $5, coalesce($6, session_user))',
}

/** A partition that is not wanted; the database's positions go further than safe integers. */
const afterEverything = Number.MAX_SAFE_INTEGER

/** The role that asks, where it is not the one that is logged in. */
type Reader = string | null

const readEvents = (
  reader: Reader,
  head: LogHead,
  types: readonly string[],
  after: ReadonlyMap<number, number>,
  most: number,
): Statement<Row> => ({
  name: `${head.log}_log.read`,
  text: `select ${columns}, replaying from event_streaming_service.${functions[head.log]}`,
  values: [
    ...[head.incarnation, types, Math.min(...after.values())],
    allPartitions.map((partition) => after.get(partition) ?? afterEverything),
    ...[most, reader],
  ],
})

const readWindow = (
  reader: Reader,
  replay: ReplayWindow,
  after: number,
  most: number,
): Statement<Row> => ({
  name: 'log.replay',
  text: `select ${columns}, true as replaying
    from event_streaming_service.replay_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
      coalesce($11, session_user))`,
  values: [
    ...[logName, replay.incarnation, replay.types, after, replay.upTo],
    ...[replay.tenantId, replay.key, replay.since, replay.before, most, reader],
  ],
})

const readHeads: Statement<LogEnd> = {
  name: 'log.heads',
  text: 'select log, incarnation, "position", floor from event_streaming_service.log_heads()',
  values: [],
}

const readingRights = (
  reader: Reader,
  types: readonly string[],
): Statement<{ type: string; since: number }> => ({
  name: 'log.reading_rights',
  text: 'select type, since from event_streaming_service.reading_rights($1, coalesce($2, session_user))',
  values: [types, reader],
})

/**
 * The logs where they are beside the service's own schema. The login role decides what may be read;
 * that of event-streaming-service alone may read for another one.
 */
export function createDatabaseLogSource(
  database: Pick<ConsumerDatabase, 'read'>,
  reader: Reader = null,
): LogSource {
  return {
    async end(log) {
      const head = (await database.read(readHeads)).find((one) => one.log === log)
      if (!head) throw new Error(`there is no log ${log}`)
      return head
    },
    async read(head, types, after, most) {
      return pageOf(head, await database.read(readEvents(reader, head, types, after, most)), most)
    },
    async rights(types) {
      const rows = await database.read(readingRights(reader, types))
      return new Map(rows.map(({ type, since }) => [type, since]))
    },
    async window(replay, after, most) {
      const { incarnation } = replay
      const rows = await database.read(readWindow(reader, replay, after, most))
      return pageOf({ log: logName, incarnation }, rows, most)
    },
  }
}

/** The last row is no event: it says how far was looked. */
function pageOf(
  { log, incarnation }: Omit<LogHead, 'position'>,
  rows: readonly Row[],
  most: number,
): LogPage {
  const end = rows.at(-1)
  if (!end) throw new Error('the log answered without its end')
  const events = rows.slice(0, -1).map((row): LoggedEvent => {
    if (row.id === null) throw new Error(`an event without an id at ${row.position}`)
    return { log, incarnation, ...row, id: row.id }
  })
  const last = events.at(-1)
  return { events, upTo: last && events.length >= most ? last.position : end.position }
}
