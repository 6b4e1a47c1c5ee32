// Spans and lines as the columns of multi-row inserts.
import { platformTenantId, type Statement } from '@prognetwork/contracts'
import type { LineRecord } from '@prognetwork/shared-infrastructure/telemetry'
import { arrayText } from './array-text.ts'
import type { GivenSpan } from './given.ts'
import { objectsOfLine, touchedIn } from './objects.ts'
import { jsonText, plainText } from './storable.ts'
import { insertLines, insertSpans, insertTouched } from './telemetry.store.ts'

const levels = { debug: 20, info: 30, warn: 40, error: 50 } as const
const traceForm = /^[0-9a-f]{32}$/
const tenantForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

const maxNameLength = 200
const maxSentenceLength = 4_000

export function spanStatements(spans: readonly GivenSpan[]): Statement[] {
  if (spans.length === 0) return []
  const tenants = spans.map(({ tenantId }) => tenantId ?? platformTenantId)
  return [
    insertSpans(
      arrayText(tenants),
      arrayText(spans.map((one) => one.traceId)),
      arrayText(spans.map((one) => one.startMs / 1_000)),
      arrayText(spans.map((one) => one.spanId)),
      arrayText(spans.map((one) => one.parentSpanId ?? null)),
      arrayText(spans.map((one) => one.service)),
      arrayText(spans.map((one) => plainText(one.name, maxNameLength))),
      arrayText(spans.map((one) => one.kind)),
      arrayText(spans.map((one) => one.status)),
      arrayText(spans.map((one) => one.durationUs)),
      arrayText(spans.map((one) => jsonText(one.attributes))),
      arrayText(spans.map((one) => arrayText([...new Set(one.objects)]))),
    ),
    ...touchedStatements(
      spans.map(({ traceId, startMs, objects }, at) => ({
        ...{ tenantId: tenants[at] ?? platformTenantId, traceId, atMs: startMs, objects },
      })),
    ),
  ]
}

export function lineStatements(lines: readonly LineRecord[]): Statement[] {
  if (lines.length === 0) return []
  const rows = lines.map(({ fields: { traceId, tenantId, ...fields }, ...line }) => ({
    ...line,
    tenantId: fits(tenantId, tenantForm) ? tenantId : platformTenantId,
    traceId: fits(traceId, traceForm) ? traceId : null,
    fields,
  }))
  return [
    insertLines(
      arrayText(rows.map((one) => one.tenantId)),
      arrayText(rows.map((one) => one.timeMs / 1_000)),
      arrayText(rows.map((one) => one.traceId)),
      arrayText(rows.map((one) => one.service)),
      arrayText(rows.map((one) => levels[one.level])),
      arrayText(rows.map((one) => plainText(one.sentence, maxSentenceLength))),
      arrayText(rows.map((one) => jsonText(one.fields))),
    ),
    ...touchedStatements(
      rows.flatMap(({ tenantId, traceId, timeMs, fields }) =>
        traceId === null
          ? []
          : [{ tenantId, traceId, atMs: timeMs, objects: objectsOfLine(fields) }],
      ),
    ),
  ]
}

function touchedStatements(told: Parameters<typeof touchedIn>[0]): Statement[] {
  const rows = touchedIn(told)
  if (rows.length === 0) return []
  return [
    insertTouched(
      arrayText(rows.map((one) => one.tenantId)),
      arrayText(rows.map((one) => one.type)),
      arrayText(rows.map((one) => plainText(one.id, maxNameLength))),
      arrayText(rows.map((one) => one.traceId)),
      arrayText(rows.map((one) => one.day)),
    ),
  ]
}

function fits(value: unknown, form: RegExp): value is string {
  return typeof value === 'string' && form.test(value)
}
