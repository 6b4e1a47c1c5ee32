import type { Output } from '@prognetwork/contracts'
import type { monitoringContract } from '@prognetwork/contracts/monitoring'

export type Trace = Output<typeof monitoringContract.operations.readTrace>
export type Span = Trace['spans'][number]
type Line = Trace['lines'][number]

export type Row =
  | { readonly kind: 'span'; readonly span: Span; readonly hasChildren: boolean }
  | {
      readonly kind: 'line'
      readonly line: Line
      readonly depth: number
      readonly offsetUs: number
    }

/**
 * Spans in their order, and each log line below the span it was written in: the innermost of its
 * service that was under way then, or the last before. What belongs to none stands above all.
 */
export function rowsOf({ spans, lines, startedAt }: Trace): Row[] {
  const startMs = Date.parse(startedAt)
  const written = new Map<Span | undefined, Row[]>()
  for (const line of lines) {
    // Lines are told to the millisecond, so one may seem to be written just before its span began.
    const offsetUs = Math.max(0, (Date.parse(line.at) - startMs) * 1_000)
    const begun = spans.filter(
      (one) => one.service === line.service && one.offsetUs <= offsetUs + 999,
    )
    // What is written of work as it ends comes just after it.
    const span =
      begun.findLast((one) => offsetUs <= one.offsetUs + one.durationUs + 999) ?? begun.at(-1)
    const row = { kind: 'line' as const, line, depth: (span?.depth ?? -1) + 1, offsetUs }
    written.set(span, [...(written.get(span) ?? []), row])
  }
  return [
    ...(written.get(undefined) ?? []),
    ...spans.flatMap((span, index): Row[] => {
      const own = written.get(span) ?? []
      const hasChildren = (spans[index + 1]?.depth ?? 0) > span.depth || own.length > 0
      return [{ kind: 'span', span, hasChildren }, ...own]
    }),
  ]
}

/** Without what is below a closed span. */
export function openRows(rows: readonly Row[], closed: ReadonlySet<string>): Row[] {
  let closedAt = Number.POSITIVE_INFINITY
  return rows.filter((row) => {
    const depth = row.kind === 'span' ? row.span.depth : row.depth
    if (depth > closedAt) return false
    closedAt = row.kind === 'span' && closed.has(row.span.spanId) ? depth : Number.POSITIVE_INFINITY
    return true
  })
}
