import type { LogName, Statement } from '@prognetwork/contracts'
import type { ConsumerDatabase } from './consumer-database.ts'
import type { LoggedEvent } from './logged-event.ts'
import { allPartitions } from './partitions.ts'

/** The log that is kept, and that brokers have copies of. */
export const logName = 'domain'

/** A place in one life of a log, such as its end. */
export interface LogHead {
  readonly log: LogName
  readonly incarnation: string
  readonly position: number
}

/** Where a log ends now. */
export interface LogEnd extends LogHead {
  /** Everything after it is still there. */
  readonly floor: number
}

/** Events in order, and the position up to which nothing that was asked for is missing. */
export interface LogPage {
  readonly events: readonly LoggedEvent[]
  readonly upTo: number
}

/** Reads what this service may read of the log; the database decides by the login role. */
export interface LogReader {
  head(): Promise<LogEnd>
  /** Each partition after a position of its own. */
  read(head: LogHead, after: ReadonlyMap<number, number>, most: number): Promise<LogPage>
}

type Row = Omit<LoggedEvent, 'log' | 'incarnation' | 'id'> & { readonly id: string | null }

const functions = {
  domain: `read_events('domain', $1, $2, $3, $4, $5)`,
  volatile: 'read_volatile_events($1, $2, $3, $4, $5)',
}

const readEvents = (
  head: LogHead,
  types: readonly string[],
  after: ReadonlyMap<number, number>,
  most: number,
): Statement<Row> => ({
  name: `${head.log}_log.read`,
  text: `select "position", tenant_id as "tenantId", topic as source, partition, id, type,
      schema_version as version, key, aggregate_version as "aggregateVersion", "time", traceparent,
      causation_id as "causationId", correlation_id as "correlationId", data, replaying
    from event_streaming_service.${functions[head.log]}`,
  values: [
    head.incarnation,
    types,
    Math.min(...after.values()),
    allPartitions.map((partition) => after.get(partition) ?? afterEverything),
    most,
  ],
})

/** A partition that is not wanted; the database's positions go further than safe integers. */
const afterEverything = Number.MAX_SAFE_INTEGER

const readHeads: Statement<LogEnd> = {
  name: 'log.heads',
  text: 'select log, incarnation, "position", floor from event_streaming_service.log_heads()',
  values: [],
}

export function createLogReader(options: {
  readonly database: Pick<ConsumerDatabase, 'read'>
  readonly types: readonly string[]
  readonly log?: LogName
}): LogReader {
  const { database, types, log = logName } = options
  return {
    async head() {
      const head = (await database.read(readHeads)).find((one) => one.log === log)
      if (!head) throw new Error(`there is no log ${log}`)
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
