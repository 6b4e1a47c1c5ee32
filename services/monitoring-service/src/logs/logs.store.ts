import type { Output } from '@prognetwork/contracts'
import type { monitoringContract } from '@prognetwork/contracts/monitoring'
import { statement } from '@prognetwork/shared-infrastructure'

export type Line = Output<typeof monitoringContract.operations.listLogLines>['items'][number]

const columns = `l.at, l.service, replace(l.trace_id::text, '-', '') as "traceId",
  case when l.level >= 50 then 'error' when l.level >= 40 then 'warn'
    when l.level >= 30 then 'info' else 'debug' end as level,
  l.sentence, l.fields`

export const findLines = statement<
  Line & { seq: number },
  [
    words: string | null,
    lowest: number | null,
    service: string | null,
    traceId: string | null,
    from: string | null,
    to: string | null,
    before: string | null,
    beforeSeq: number | null,
    limit: number,
  ]
>(
  'log_line.find',
  `select ${columns}, l.seq
   from find_log_lines($1, $2, $3, $4, $5, $6, $7, $8, $9) found
   join log_line l on l.at = found.at and l.seq = found.seq
   order by l.at desc, l.seq desc`,
)

export const linesOfTrace = statement<Line, [traceId: string, limit: number]>(
  'log_line.of_trace',
  `select ${columns} from log_line l where l.trace_id = $1 order by l.at, l.seq limit $2`,
)
