import type { Statement } from '@prognetwork/contracts'
import type { ConsumerDatabase } from '../consumer-database.ts'
import { type LogPage, logName } from '../log-reader.ts'
import type { LoggedEvent } from '../logged-event.ts'
import type { Replay } from './replays.ts'

type Row = Omit<LoggedEvent, 'log' | 'incarnation' | 'id' | 'replaying'> & {
  readonly id: string | null
}

const readWindow = (replay: Replay, after: number, most: number): Statement<Row> => ({
  name: 'log.replay',
  text: `select "position", tenant_id as "tenantId", topic as source, partition, id, type,
      schema_version as version, key, aggregate_version as "aggregateVersion", "time", traceparent,
      causation_id as "causationId", correlation_id as "correlationId", data
    from event_streaming_service.replay_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
  values: [
    ...[logName, replay.incarnation, replay.types, after, replay.upTo],
    ...[replay.tenantId, replay.key, replay.since, replay.before, most],
  ],
})

/** What cannot be read now and never will, by the state in which the log says so. */
const lastingFailures: Readonly<Record<string, string>> = {
  PNLOG: 'The log began anew since the replay was asked for',
  PNOLD: 'The log does not keep what is left of the window any more',
  '42501': 'The service does not consume a type of the replay any more',
}

/** The sentence of a failure that waiting does not help against; undefined for any other. */
export function lastingFailure(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error)) return undefined
  return lastingFailures[String(error.code)]
}

/** Reads on in a replay's window from the log itself, whatever the transport is. */
export async function readOn(
  database: Pick<ConsumerDatabase, 'read'>,
  replay: Replay,
  after: number,
  most: number,
): Promise<LogPage> {
  const rows = await database.read(readWindow(replay, after, most))
  const end = rows.pop()
  if (!end) throw new Error('the log answered without its end')
  const events = rows.map((row): LoggedEvent => {
    if (row.id === null) throw new Error(`an event without an id at ${row.position}`)
    const { incarnation } = replay
    return { log: logName, incarnation, ...row, id: row.id, replaying: true }
  })
  const last = events.at(-1)
  return { events, upTo: last && events.length >= most ? last.position : end.position }
}
