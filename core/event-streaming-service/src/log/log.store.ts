import { statement } from '@prognetwork/shared-infrastructure'
import { type LogRow, logRowColumns } from '../cloud-event/cloud-event.ts'
import type { EventFilter } from '../cloud-event/event-match.ts'
import type { Place } from '../cursor/cursor.ts'

/** Where the log ends, and which life of it this is. */
export const readHead = statement<Place>(
  'log.head',
  `select incarnation, "position" from log_heads() where log = 'domain'`,
)

/** Up to where the log was dropped, and how old the oldest event is that it keeps. */
export const readStart = statement<{ position: number; oldest: string | null }>(
  'log.start',
  `select "position", oldest from log_start('domain')`,
)

/** Every tenant's events after a position; the last row has no id and says how far was looked. */
export const readEveryTenant = statement<
  Omit<LogRow, 'id'> & { id: string | null },
  [incarnation: string, after: number, tenants: readonly string[] | null, most: number]
>('log.read_all', `select ${logRowColumns} from read_log($1, $2, $3, $4)`)

/** As many positions of the tenant are looked through by one question. */
const scanned = 5_000

/** How far a question after `$1` looks: at most `scanned` events of the tenant, and `$2`. */
const scanEnd = `select coalesce(max(position) filter (where place = ${scanned}), $2) as "upTo"
  from (select position, row_number() over (order by position) as place from domain_log
    where position > $1 and position <= $2 order by position limit ${scanned}) looked`

export const readScanEnd = statement<{ upTo: number }, [after: number, head: number]>(
  'log.scan_end',
  scanEnd,
)

export interface ReadFilter extends EventFilter {
  readonly from?: string | undefined
  readonly to?: string | undefined
}

const readFiltered = statement<LogRow, unknown[]>(
  'log.read_own',
  `select ${logRowColumns} from domain_log
   where position > $1 and position <= (${scanEnd})
     and ($3::text[] is null or type like any ($3)) and ($4::text is null or key = $4)
     and ($5::text is null or correlation_id = $5)
     and ($6::timestamptz is null or time >= $6) and ($7::timestamptz is null or time < $7)
   order by position limit $8`,
)

/** The tenant's own events after a position, as far as `readScanEnd` says; in their order. */
export function readOwn(filter: ReadFilter, after: number, head: number, most: number) {
  const { types, subject = null, correlation = null, from = null, to = null } = filter
  const likes = types?.map(likePattern) ?? null
  return readFiltered(after, head, likes, subject, correlation, from, to, most)
}

/** A pattern of types as SQL writes it. */
function likePattern(pattern: string): string {
  return pattern.replaceAll('_', '\\_').replace(/\*$/, '%')
}
