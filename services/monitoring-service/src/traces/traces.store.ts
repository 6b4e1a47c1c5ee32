import type { Output, Statement } from '@prognetwork/contracts'
import type { monitoringContract } from '@prognetwork/contracts/monitoring'
import { dynamicStatement, statement } from '@prognetwork/shared-infrastructure'

type Operations = typeof monitoringContract.operations
export type Trace = Output<Operations['listTraces']>['items'][number]
type TraceInFull = Output<Operations['readTrace']>
export type Span = Omit<TraceInFull['spans'][number], 'depth'>

/** What one span of a trace has to fit. */
export interface SpanFilter {
  readonly object?: { readonly type: string; readonly id: string } | undefined
  readonly service?: string | undefined
  readonly operation?: string | undefined
  readonly status?: Span['status'] | undefined
  readonly minDurationUs?: number | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** Where a page ended: at the newest fitting span of its last trace. */
export interface TracePlace {
  readonly atUs: number
  readonly spanId: string
}

const summary = `replace(min(x.trace_id::text), '-', '') as "traceId", min(x.at) as "startedAt",
  (extract(epoch from max(x.at + x.duration_us * interval '1 us') - min(x.at)) * 1000000)::bigint
    as "durationUs",
  (array_agg(x.service order by x.parent_span_id is not null, x.at))[1] as service,
  (array_agg(x.name order by x.parent_span_id is not null, x.at))[1] as operation,
  case when bool_or(x.status = 'error') then 'error' when bool_or(x.status = 'problem') then 'problem'
    else 'ok' end as status,
  count(*)::int as "spanCount", array_agg(distinct x.service order by x.service) as services`

const microseconds = (at: string) => `(extract(epoch from ${at}) * 1000000)::bigint`

/**
 * Each trace once, where its newest fitting span is. Of an object all traces are found first; there
 * are few of them, whereas any other way would pass over most of the spans there are.
 */
export function findTraces(
  filter: SpanFilter,
  after: TracePlace | undefined,
  limit: number,
): Statement<Trace & TracePlace> {
  const values: unknown[] = []
  const given = (value: unknown): string => `$${values.push(value)}`
  const { object } = filter
  const ofObject = object
    ? `of_object as materialized (select distinct trace_id from touched_object
         where object_type = ${given(object.type)} and object_id = ${given(object.id)}),`
    : ''
  const conditions: ((span: string) => string)[] = []
  const where = (value: unknown, condition: (span: string, place: string) => string) => {
    if (value === undefined) return
    const place = given(value)
    conditions.push((span) => condition(span, place))
  }
  where(filter.service, (s, value) => `${s}.service = ${value}`)
  where(filter.operation, (s, value) => `${s}.name = ${value}`)
  where(filter.status, (s, value) => `${s}.status = ${value}`)
  where(filter.minDurationUs, (s, value) => `${s}.duration_us >= ${value}`)
  where(filter.from, (s, value) => `${s}.at >= ${value}`)
  where(filter.to, (s, value) => `${s}.at < ${value}`)
  const fits = (span: string) => conditions.map((one) => ` and ${one(span)}`).join('')
  const older = after
    ? ` and (s.at, s.span_id) < (timestamptz 'epoch' + ${given(after.atUs)} * interval '1 us',
         ${given(after.spanId)})`
    : ''
  return dynamicStatement(
    `with ${ofObject} hit as (
       select s.trace_id, s.at, s.span_id
       from span s ${object ? 'join of_object using (trace_id)' : ''}
       where true${fits('s')}${older}
         and not exists (select from span o where o.trace_id = s.trace_id
           and (o.at, o.span_id) > (s.at, s.span_id)${fits('o')})
       order by s.at desc, s.span_id desc limit ${given(limit)})
     select t.*, ${microseconds('hit.at')} as "atUs", hit.span_id as "spanId"
     from hit cross join lateral (
       select ${summary} from span x where x.trace_id = hit.trace_id) t
     order by hit.at desc, hit.span_id desc`,
    values,
  )
}

/** A row even of a trace that nothing is kept of; its count is 0 then. */
export const summariseTrace = statement<Trace, [traceId: string]>(
  'span.summarise',
  `select ${summary} from span x where x.trace_id = $1`,
)

export const spansOfTrace = statement<Span, [traceId: string, limit: number]>(
  'span.of_trace',
  `select span_id as "spanId", parent_span_id as "parentSpanId", service, name as operation, kind,
     status, at as "startedAt", ${microseconds('at - min(at) over ()')} as "offsetUs",
     duration_us as "durationUs", attributes
   from span where trace_id = $1 order by at, span_id limit $2`,
)

export const objectsOfTrace = statement<{ object: string }, [traceId: string]>(
  'span.objects_of_trace',
  `select distinct object from span, unnest(objects) object
   where trace_id = $1 order by 1 limit 1000`,
)
