// Spans and lines in the JSON of OTLP 1.x: ids in hex, times as decimal text, enums as numbers.
import type { LineRecord } from '@prognetwork/shared-infrastructure/telemetry'
import type { GivenSpan } from '../telemetry/given.ts'

const scope = { name: 'prognetwork' }
const kinds = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const
const severities = { debug: 5, info: 9, warn: 13, error: 17 } as const
/** A problem is the caller's, and no error of what was done. */
const statuses = { ok: {}, problem: {}, error: { code: 2 } } as const

interface Attribute {
  readonly key: string
  readonly value: object
}

export function tracesOf(spans: readonly GivenSpan[]) {
  return {
    resourceSpans: byService(spans).map(([service, list]) => ({
      resource: resourceOf(service),
      scopeSpans: [{ scope, spans: list.map(spanOf) }],
    })),
  }
}

export function logsOf(lines: readonly LineRecord[]) {
  return {
    resourceLogs: byService(lines).map(([service, list]) => ({
      resource: resourceOf(service),
      scopeLogs: [{ scope, logRecords: list.map(recordOf) }],
    })),
  }
}

function byService<One extends { readonly service: string }>(list: readonly One[]) {
  return [...Map.groupBy(list, (one) => one.service)]
}

function resourceOf(service: string) {
  const attributes = attributesOf({ 'service.name': service, 'service.namespace': 'prognetwork' })
  return { attributes }
}

function spanOf(span: GivenSpan) {
  const { traceId, spanId, parentSpanId, name, kind, startMs, durationUs, status } = span
  const startUs = Math.round(startMs * 1_000)
  return {
    ...{ traceId, spanId, name, kind: kinds[kind], status: statuses[status] },
    ...(parentSpanId !== undefined && { parentSpanId }),
    startTimeUnixNano: `${startUs}000`,
    endTimeUnixNano: `${startUs + durationUs}000`,
    attributes: attributesOf({
      ...span.attributes,
      ...(span.tenantId !== undefined && { 'prognetwork.tenant': span.tenantId }),
      ...(span.objects.length > 0 && { 'prognetwork.objects': [...new Set(span.objects)] }),
      ...(status === 'problem' && { 'prognetwork.problem': true }),
    }),
  }
}

function recordOf({ timeMs, level, sentence, fields }: LineRecord) {
  const { traceId, ...others } = fields
  return {
    timeUnixNano: `${Math.round(timeMs * 1_000)}000`,
    severityNumber: severities[level],
    severityText: level.toUpperCase(),
    body: { stringValue: sentence },
    ...(typeof traceId === 'string' && { traceId }),
    attributes: attributesOf(others),
  }
}

function attributesOf(fields: Readonly<Record<string, unknown>>): Attribute[] {
  return Object.entries(fields).flatMap(([key, value]) =>
    value === undefined || value === null ? [] : [{ key, value: anyValue(value) }],
  )
}

function anyValue(value: unknown): object {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? { intValue: `${value}` } : { doubleValue: value }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } }
  if (typeof value !== 'object' || value === null) return {}
  return { kvlistValue: { values: attributesOf({ ...value }) } }
}
