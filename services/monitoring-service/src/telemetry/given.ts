import type { LineRecord, SpanRecord } from '@prognetwork/shared-infrastructure/telemetry'

type Unknown = 'tenantId' | 'parentSpanId'

/** A span as a process of the platform tells it; handed over, or as it was sent. */
export type GivenSpan = Omit<SpanRecord, Unknown> & Partial<Pick<SpanRecord, Unknown>>

export interface GivenTelemetry {
  readonly spans: readonly GivenSpan[]
  readonly lines: readonly LineRecord[]
}
