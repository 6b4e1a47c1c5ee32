import { type EventContract, versionsOf } from '@prognetwork/contracts'
import type { CloudEvent } from '@prognetwork/contracts/event-streaming'
import { personalFieldsOf } from '@prognetwork/event-based-service-client'
import { cursorOf, type Life } from '../cursor/cursor.ts'

/** One event as the log holds it. */
export interface LogRow {
  readonly position: number
  readonly tenantId: string
  readonly topic: string
  readonly id: string
  /** What an outside publisher called itself; null for a service. */
  readonly source: string | null
  readonly type: string
  readonly version: number
  readonly key: string
  readonly aggregateVersion: number | null
  readonly time: string
  readonly traceparent: string | null
  readonly causationId: string | null
  readonly correlationId: string | null
  /** JSON text. */
  readonly data: string
}

/** The columns of `LogRow`, in SQL. */
export const logRowColumns = `position, tenant_id as "tenantId", topic, source, id, type,
  schema_version as version, key, aggregate_version as "aggregateVersion", time, traceparent,
  causation_id as "causationId", correlation_id as "correlationId", data`

export interface CloudEvents {
  /** The data of an event without what is personal. */
  dataOf(row: Pick<LogRow, 'type' | 'version' | 'data'>): unknown
  of(row: LogRow, life: Life): CloudEvent
  /** The same as JSON text; data without personal fields is copied as it stands. */
  textOf(row: LogRow, life: Life): string
}

/**
 * Events as they leave the platform. Personal fields are encrypted in the log and stay behind: an
 * outsider reads null, and asks the service that owns them, where permissions and erasure apply.
 */
export function createCloudEvents(known: ReadonlyMap<string, EventContract>): CloudEvents {
  // History holds what was personal in the version that was written.
  const personal = new Map(
    [...known.values()]
      .flatMap(versionsOf)
      .map((event) => [placeOf(event), [...personalFieldsOf(event).keys()]] as const),
  )

  function dataOf({ data, ...row }: Pick<LogRow, 'type' | 'version' | 'data'>): unknown {
    const parsed: Record<string, unknown> = JSON.parse(data)
    for (const field of personal.get(placeOf(row)) ?? []) if (field in parsed) parsed[field] = null
    return parsed
  }

  return {
    dataOf,
    of: (row, life) => ({
      ...envelopeOf(row, life),
      data: dataOf(row),
    }),
    textOf(row, life) {
      const hasPersonal = (personal.get(placeOf(row))?.length ?? 0) > 0
      const data = hasPersonal ? JSON.stringify(dataOf(row)) : row.data
      const envelope = JSON.stringify(envelopeOf(row, life))
      return `${envelope.slice(0, -1)},"data":${data}}`
    },
  }
}

const placeOf = ({ type, version }: { readonly type: string; readonly version: number }) =>
  `${type} ${version}`

function envelopeOf(row: LogRow, life: Life): Omit<CloudEvent, 'data'> {
  const { traceparent, causationId, correlationId, aggregateVersion } = row
  return {
    specversion: '1.0',
    id: row.id,
    source: row.source ?? row.topic,
    type: row.type,
    subject: row.key,
    time: row.time,
    datacontenttype: 'application/json',
    dataschema: schemaUri(row.type, row.version),
    tenantid: row.tenantId,
    ...(aggregateVersion !== null && { aggregateversion: aggregateVersion }),
    ...(traceparent !== null && { traceparent }),
    ...(causationId !== null && { causationid: causationId }),
    ...(correlationId !== null && { correlationid: correlationId }),
    cursor: cursorOf({ ...life, position: row.position }),
  }
}

/** Names an event type and a version of its schema (CloudEvents `dataschema`). */
export function schemaUri(type: string, version: number): string {
  return `urn:prognetwork:event:${type}:${version}`
}
