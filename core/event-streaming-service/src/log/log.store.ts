import type { LogName } from '@prognetwork/contracts'
import { statement } from '@prognetwork/shared-infrastructure'
import { type LogRow, logRowColumns } from '../cloud-event/cloud-event.ts'
import type { EventFilter } from '../cloud-event/event-match.ts'
import type { Head } from '../cursor/cursor.ts'

/** Where a log ends, and which life of it this is. */
export const readHead = statement<Head, [log: LogName]>(
  'log.head',
  'select log, incarnation, "position", floor from log_heads() where log = $1',
)

/** Up to where the log was dropped, and how old the oldest event is that it keeps. */
export const readStart = statement<{ position: number; oldest: string | null }>(
  'log.start',
  `select "position", oldest from log_start('domain')`,
)

/** Every tenant's events after a position; the last row has no id and says how far was looked. */
const readEveryTenant = (log: LogName) =>
  statement<
    Omit<LogRow, 'id'> & { id: string | null },
    [incarnation: string, after: number, tenants: readonly string[] | null, most: number]
  >(`${log}_log.read_all`, `select ${logRowColumns} from ${readers[log]}($1, $2, $3, $4)`)
const readers = { domain: 'read_log', volatile: 'read_volatile_log' }

/** As many positions of the tenant are looked through by one question. */
const scanned = 5_000

/** How far a question after `$1` looks: at most `scanned` events of the tenant, and `$2`. */
const scanEnd = (
  log: LogName,
) => `select coalesce(max(position) filter (where place = ${scanned}), $2) as "upTo"
  from (select position, row_number() over (order by position) as place from ${log}_log
    where position > $1 and position <= $2 order by position limit ${scanned}) looked`

const readScanEnd = (log: LogName) =>
  statement<{ upTo: number }, [after: number, head: number]>(`${log}_log.scan_end`, scanEnd(log))

export interface ReadFilter extends EventFilter {
  readonly from?: string | undefined
  readonly to?: string | undefined
}

const readFiltered = (log: LogName) =>
  statement<LogRow, unknown[]>(
    `${log}_log.read_own`,
    `select ${logRowColumns} from ${log}_log
     where position > $1 and position <= (${scanEnd(log)})
       and ($3::text[] is null or type like any ($3)) and ($4::text is null or key = $4)
       and ($5::text is null or correlation_id = $5)
       and ($6::timestamptz is null or time >= $6) and ($7::timestamptz is null or time < $7)
     order by position limit $8`,
  )

/** How far back a question looks from `$1`, down to `$2`. */
const scanStart = (
  log: LogName,
) => `select coalesce(min(position) filter (where place = ${scanned}), $2) as "downTo"
  from (select position, row_number() over (order by position desc) as place from ${log}_log
    where position <= $1 and position > $2 order by position desc limit ${scanned}) looked`

const readScanStart = (log: LogName) =>
  statement<{ downTo: number }, [from: number, floor: number]>(
    `${log}_log.scan_start`,
    scanStart(log),
  )

const readBackwards = (log: LogName) =>
  statement<LogRow, unknown[]>(
    `${log}_log.read_own_back`,
    `select ${logRowColumns} from ${log}_log
     where position <= $1 and position > $2 and position >= (${scanStart(log)})
       and ($3::text[] is null or type like any ($3)) and ($4::text is null or key = $4)
       and ($5::text is null or correlation_id = $5)
       and ($6::timestamptz is null or time >= $6) and ($7::timestamptz is null or time < $7)
     order by position desc limit $8`,
  )

function createReading(log: LogName) {
  const filtered = readFiltered(log)
  const backwards = readBackwards(log)
  const valuesOf = (filter: ReadFilter) => {
    const { types, subject = null, correlation = null, from = null, to = null } = filter
    return [types?.map(likePattern) ?? null, subject, correlation, from, to]
  }
  return {
    everyTenant: readEveryTenant(log),
    scanEnd: readScanEnd(log),
    /** The tenant's own events after a position, as far as `scanEnd` says; in their order. */
    own(filter: ReadFilter, after: number, head: number, most: number) {
      return filtered(after, head, ...valuesOf(filter), most)
    },
    scanStart: readScanStart(log),
    /** Those at a position and before it, down to the floor, as far as `scanStart` says; newest first. */
    ownBefore(filter: ReadFilter, from: number, floor: number, most: number) {
      return backwards(from, floor, ...valuesOf(filter), most)
    },
  }
}

/** How each log is read; they are of one shape. */
export const reading = { domain: createReading('domain'), volatile: createReading('volatile') }

/** A pattern of types as SQL writes it. */
function likePattern(pattern: string): string {
  return pattern.replaceAll('_', '\\_').replace(/\*$/, '%')
}
