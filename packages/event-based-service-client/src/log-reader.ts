import type { Statement } from '@prognetwork/contracts'
import type { ConsumerDatabase } from './consumer-database.ts'
import type { LoggedEvent } from './logged-event.ts'
import { allPartitions } from './partitions.ts'

/** The log that services write to and consume. */
export const logName = 'domain'

/** Where a log ends, and which life of it this is. */
export interface LogHead {
  readonly log: string
  readonly incarnation: string
  readonly position: number
}

/** Events in order, and the position up to which nothing that was asked for is missing. */
export interface LogPage {
  readonly events: readonly LoggedEvent[]
  readonly upTo: number
}

/** Reads what this service may read of the log; the database decides by the login role. */
export interface LogReader {
  head(): Promise<LogHead>
  /** Each partition after a position of its own. */
  read(head: LogHead, after: ReadonlyMap<number, number>, most: number): Promise<LogPage>
}

type Row = Omit<LoggedEvent, 'log' | 'incarnation' | 'id'> & { readonly id: string | null }

const readEvents = (
  head: LogHead,
  types: readonly string[],
  after: ReadonlyMap<number, number>,
  most: number,
): Statement<Row> => ({
  name: 'log.read',
  text: `select "position", tenant_id as "tenantId", topic as source, partition, id, type,
      schema_version as version, key, aggregate_version as "aggregateVersion", "time", traceparent,
      causation_id as "causationId", correlation_id as "correlationId", data, replaying
    from event_streaming_service.read_events($1, $2, $3, $4, $5, $6)`,
  values: [
    head.log,
    head.incarnation,
    types,
    Math.min(...after.values()),
    allPartitions.map((partition) => after.get(partition) ?? afterEverything),
    most,
  ],
})

/** A partition that is not wanted; the database's positions go further than safe integers. */
const afterEverything = Number.MAX_SAFE_INTEGER

const readHeads: Statement<LogHead> = {
  name: 'log.heads',
  text: 'select log, incarnation, "position" from event_streaming_service.log_heads()',
  values: [],
}

export function createLogReader(options: {
  readonly database: Pick<ConsumerDatabase, 'read'>
  readonly types: readonly string[]
}): LogReader {
  const { database, types } = options
  return {
    async head() {
      const head = (await database.read(readHeads)).find((one) => one.log === logName)
      if (!head) throw new Error(`there is no log ${logName}`)
      return head
    },
    async read(head, after, most) {
      const rows = await database.read(readEvents(head, types, after, most))
      const end = rows.pop()
      if (!end) throw new Error('the log answered without its end')
      const events = rows.map((row) => fromRow(head, row))
      const last = events.at(-1)
      return { events, upTo: last && events.length >= most ? last.position : end.position }
    },
  }
}

function fromRow({ log, incarnation }: LogHead, row: Row): LoggedEvent {
  if (row.id === null) throw new Error(`an event without an id at ${row.position}`)
  return { log, incarnation, ...row, id: row.id }
}
