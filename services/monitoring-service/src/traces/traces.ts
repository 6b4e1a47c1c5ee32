import { type monitoringContract, traceMissing } from '@prognetwork/contracts/monitoring'
import {
  type Database,
  type Handlers,
  listPage,
  Problem,
  readCursor,
} from '@prognetwork/shared-infrastructure'
import { z } from 'zod'
import { linesOfTrace } from '../logs/logs.store.ts'
import { objectsOfLine } from '../telemetry/objects.ts'
import { nested } from './nesting.ts'
import { findTraces, objectsOfTrace, spansOfTrace, summariseTrace } from './traces.store.ts'

type TraceHandlers = Handlers<typeof monitoringContract>

const maxSpans = 2_000
const maxLines = 1_000
const cursor = z.tuple([z.int(), z.string().regex(/^[0-9a-f]{16}$/)])

export function createTraces({ db }: { readonly db: Database }) {
  const list: TraceHandlers['listTraces'] = async (ctx, { query }) => {
    const { limit, object, minDurationMs, ...filter } = query
    const [atUs, spanId] = readCursor(query.after, cursor) ?? []
    const after = atUs !== undefined && spanId !== undefined ? { atUs, spanId } : undefined
    const wanted = {
      ...filter,
      object: object === undefined ? undefined : objectOf(object),
      minDurationUs: minDurationMs === undefined ? undefined : minDurationMs * 1_000,
    }
    const rows = await db.read(ctx, findTraces(wanted, after, limit + 1))
    return listPage(rows, limit, (row) => [row.atUs, row.spanId])
  }

  const read: TraceHandlers['readTrace'] = async (ctx, { params: { traceId } }) => {
    const [[trace], spans, lines, objects] = await db.readAll(ctx, [
      summariseTrace(traceId),
      spansOfTrace(traceId, maxSpans),
      linesOfTrace(traceId, maxLines),
      objectsOfTrace(traceId),
    ])
    if (!trace || trace.spanCount === 0)
      throw new Problem(traceMissing, 'It never was, it was not sampled, or it is too old')
    const named = [
      ...objects.map((one) => one.object),
      ...lines.flatMap(({ fields }) => objectsOfLine(fields)),
    ]
    return {
      ...{ ...trace, spans: nested(spans), lines },
      objects: [...new Set(named)].sort().map(objectOf),
    }
  }

  return { list, read }
}

/** What is written always has a colon. */
function objectOf(written: string): { type: string; id: string } {
  const colon = written.indexOf(':')
  return { type: written.slice(0, colon), id: written.slice(colon + 1) }
}
